internal import Glibc

/// Who may do what with a file, as far as a sentence tells it.
struct FileFacts {
    var mode: UInt32
    var owner: UInt32
    var group: UInt32

    /// Of what a path leads to, nil where it cannot be seen.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        mode = UInt32(status.st_mode)
        owner = UInt32(status.st_uid)
        group = UInt32(status.st_gid)
    }

    var isSocket: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFSOCK) }

    /// `a directory`, `a regular file`.
    var kind: String {
        switch mode_t(mode) & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFREG: "a regular file"
        case S_IFSOCK: "a socket"
        case S_IFIFO: "a pipe"
        default: "a special file"
        }
    }

    /// `mode 0755, owner root`
    var description: String {
        let digits = String(mode & 0o7777, radix: 8)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "mode \(padded), owner \(UserName.of(owner))"
    }

    /// Whether this process may do something with what a path leads to. (access(2), with the effective user)
    static func allows(_ path: String, _ right: Int32) -> Bool {
        unsafe faccessat(AT_FDCWD, path, right, AT_EACCESS) == 0
    }

    /// The directories on the way to a path, from the root or from `.`.
    static func directories(of path: String) -> [String] {
        var found = [path.hasPrefix("/") ? "/" : "."]
        var walked = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            walked += "/" + part
            found.append(walked)
        }
        return found
    }
}

/// Names of users of this host, for a sentence or two.
enum UserName {
    static func of(_ user: UInt32) -> String { UserNames.local(user) ?? "\(user)" }

    /// The effective user of this process.
    static var own: String { of(geteuid()) }
}
