import Glibc
import Testing

/// Namespaces of their own for exit tests that need another network or other files than the host's.
///
/// A namespace belongs to a thread. Such a test stays on the main actor, hence on one thread, and so do the
/// system calls that open sockets and start threads on its behalf.
@MainActor
enum Namespace {
    private static let newFiles: Int32 = 0x0002_0000
    private static let newNetwork: Int32 = 0x4000_0000

    /// Why a test is skipped.
    nonisolated static let reason: Comment = "needs root, unshare(2) and ip(8)"
    nonisolated static let isPossible = geteuid() == 0 && run("unshare -mn ip link > /dev/null 2>&1")

    /// A network with `lo` alone.
    static func enterNewNetwork() -> Bool {
        unshare(newNetwork) && run("ip link set lo up")
    }

    /// The host's files, with other contents of /etc/hosts.
    static func enterNewFiles(hosts: String) -> Bool {
        let file = "/tmp/\(Fresh.name)"
        let put = "mount --make-rprivate / && printf '\(hosts)' > \(file) && mount --bind \(file) /etc/hosts"
        return unshare(newFiles) && run("\(put); rm \(file)")
    }

    /// Runs a command in the namespaces of this thread.
    nonisolated static func run(_ command: String) -> Bool { unsafe system(command) == 0 }

    /// unshare(2), which the Glibc module does not show.
    private static func unshare(_ flags: Int32) -> Bool {
        guard let symbol = unsafe dlsym(nil, "unshare") else { return false }
        return unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(flags) == 0
    }
}
