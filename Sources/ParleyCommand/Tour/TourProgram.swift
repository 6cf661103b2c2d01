import Glibc

/// This program as a file, and as a word of the reader's shell.
enum TourProgram {
    /// The file itself: under /proc/self/exe it would run as "exe", and be called so where holders of ports are
    /// named. Without /proc what the shell said.
    static let path: String = {
        let link = "/proc/self/exe"
        if let target = unsafe realpath(link, nil) {
            defer { unsafe free(target) }
            return unsafe String(cString: target)
        }
        if unsafe access(link, X_OK) == 0 { return link }
        let given = Program.arguments.first ?? "parley"
        return given.contains("/") ? given : found(given) ?? given
    }()

    /// The line after which a shell that is told "parley" runs this program; nil where it does already.
    static var line: TourLine? {
        if let found = found("parley"), isSame(found, path) { return nil }
        guard path.hasSuffix("/parley") else { return nil }
        return .shell("PATH=\(TourLine.quoted(String(path.dropLast(7)))):$PATH")
    }

    /// The program that a shell takes for a name.
    private static func found(_ name: String) -> String? {
        let folders = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":", omittingEmptySubsequences: false)
            .map { ($0.isEmpty ? "." : String($0)) + "/" + name }
            .first { unsafe access($0, X_OK) == 0 && Files.isRegular($0) }
    }

    private static func isSame(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        guard unsafe stat(first, &one) == 0, unsafe stat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }
}
