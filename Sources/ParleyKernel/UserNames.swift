internal import Glibc

/// The names of users, each asked for once.
public struct UserNames: Sendable {
    private var names: [UInt32: String] = [:]

    public init() {}

    /// The user's name, or the number in digits for one without a name.
    ///
    /// The corresponding C function is `getpwuid_r`.
    public mutating func name(of user: UInt32) -> String {
        if let name = names[user] { return name }
        let name = Self.local(user) ?? Self.ask(user) ?? String(user)
        names[user] = name
        return name
    }

    /// The name of a user of this host, nil for none: no directory service is asked, which might take long.
    static func local(_ user: UInt32) -> String? {
        guard let bytes = KernelFile.bytes("/etc/passwd", limit: 1 << 20) else { return nil }
        let number = "\(user)"
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count > 2, fields[2] == number { return String(fields[0]) }
        }
        return nil
    }

    private static func ask(_ user: UInt32) -> String? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var memory = [CChar](repeating: 0, count: 16384)
        return unsafe memory.withUnsafeMutableBufferPointer { memory in
            guard unsafe getpwuid_r(user, &entry, memory.baseAddress!, memory.count, &found) == 0,
                unsafe found != nil, let name = unsafe entry.pw_name
            else { return nil }
            return unsafe String(cString: name)
        }
    }
}
