import CParleyLinux
import Glibc
import ParleyTypes
import Synchronization

/// A network namespace for one thread or one process, with `lo` alone, which goes with it.
enum OwnNetwork {
    /// Enters a network of this thread's own.
    ///
    /// - Returns: `false` without the right (CAP_SYS_ADMIN).
    static func enter() -> Bool {
        parley_unshare(newNetwork) == 0 && raiseLoopback()
    }

    /// What this program passes itself to run in a user namespace. Only a process of a single thread may enter
    /// one, so it is the first thing that the program does.
    static let argument = "--in-own-network"

    /// Starts this program anew, in the same process, so that it enters a user and a network namespace. Returns only
    /// where that cannot be done.
    static func restart() {
        guard !Program.arguments.contains(argument) else { return }
        var arguments = unsafe (Program.arguments + [argument]).map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        _ = unsafe execv("/proc/self/exe", &arguments)
        for index in unsafe arguments.indices { unsafe free(arguments[index]) }
    }

    /// Whether this is the restarted program: no other command is ever moved.
    static func isRestarted(_ arguments: [String]) -> Bool {
        arguments.last == argument && arguments.contains("--matrix")
    }

    /// Enters what `restart` is for, if this is the restarted program; goes on without where the host forbids it.
    ///
    /// - Returns: Why the program cannot go on: it has left its network, and the new one is of no use.
    static func enterIfRestarted() -> Ending? {
        guard isRestarted(Program.arguments) else { return nil }
        let (user, group) = (geteuid(), getegid())
        guard parley_unshare(newUser | newNetwork) == 0 else { return nil }
        let isMapped =
            put("deny", to: "/proc/self/setgroups") && put("0 \(user) 1", to: "/proc/self/uid_map")
            && put("0 \(group) 1", to: "/proc/self/gid_map")
        guard isMapped, raiseLoopback() else {
            return Ending(
                .failed,
                "the network namespace for the trials could not be set up: "
                    + (isMapped ? "its lo stays down" : "/proc/self/uid_map cannot be written"),
                remedy: "Run it as root, or where /proc can be written."
            )
        }
        isEntered.store(true, ordering: .relaxed)
        return nil
    }

    /// Whether the whole process is in a network of its own.
    static var isInUserNamespace: Bool { isEntered.load(ordering: .relaxed) }

    private static let isEntered = Atomic(false)

    /// SIOCSIFFLAGS: a new network's lo is down.
    private static func raiseLoopback() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var request = unsafe ifreq()
        unsafe withUnsafeMutableBytes(of: &request) { bytes in
            unsafe bytes.copyBytes(from: "lo".utf8)
        }
        guard unsafe ioctl(descriptor, UInt(SIOCGIFFLAGS), &request) == 0 else { return false }
        unsafe request.ifr_ifru.ifru_flags |= interfaceIsUp
        return unsafe ioctl(descriptor, UInt(SIOCSIFFLAGS), &request) == 0
    }

    private static func put(_ text: String, to path: String) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Console.write(Array(text.utf8), to: descriptor) == nil
    }

    /// CLONE_NEWUSER, CLONE_NEWNET, IFF_UP
    private static let newUser: Int32 = 0x1000_0000
    private static let newNetwork: Int32 = 0x4000_0000
    private static let interfaceIsUp: Int16 = 1
}
