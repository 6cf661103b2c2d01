internal import Glibc
internal import ParleyTypes

// Pieces of sentences about this host.

extension Phrase {
    /// What this process lacks to look into others: root of a container often has not the capability.
    static var withoutRights: String {
        guard ProcFileSystem.isMounted else { return "without /proc" }
        return geteuid() == 0 ? "without CAP_SYS_PTRACE" : "without root"
    }

    /// The first letter as at the start of a sentence.
    static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// A name that another process chose, as it may stand in a sentence, and not endless: `limit` is in characters.
    static func printable(_ text: String, limit: Int = 64) -> String {
        let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
        return SafeText.line(start) + (start.unicodeScalars.count < text.unicodeScalars.count ? "…" : "")
    }

    /// A path as a shell reads it back, within a suggested line: quoted where it must be, `PATH` where it holds what is
    /// not printable or is endless.
    static func shellWord(_ path: String) -> String {
        guard !path.isEmpty, path.utf8.count <= 200, printable(path, limit: 256) == path else {
            return "PATH"
        }
        let word = path.hasPrefix("-") ? "./" + path : path
        let isPlain = word.utf8.allSatisfy { byte in
            48...57 ~= byte || 97...122 ~= (byte | 0x20) || "/._-+@:,".utf8.contains(byte)
        }
        if isPlain { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }
}
