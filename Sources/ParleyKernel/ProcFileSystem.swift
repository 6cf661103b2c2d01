internal import Glibc

/// /proc (proc(5)), which tells what no system call does: who holds which socket, the members of groups, counters of
/// the network, settings of the system. A root directory of its own (chroot(2)) may lack it.
public enum ProcFileSystem {
    /// Whether it is mounted at /proc, and knows this process. A directory there that is empty, or holds other files,
    /// is not it.
    ///
    /// The corresponding C function is `access`.
    public static var isMounted: Bool { unsafe access("/proc/self/stat", F_OK) == 0 }
}
