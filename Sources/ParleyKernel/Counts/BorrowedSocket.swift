internal import CParleyLinux
internal import Glibc
internal import ParleySockets
public import ParleyTypes

/// Another process's socket, looked at: a descriptor of our own for it, closed when the value ends.
///
/// Only getsockopt(2) and fstat(2) are used on it. Descriptor flags are ours, but file status flags, queues and options
/// are the other process's as well, so nothing is set, read or shut down here.
struct BorrowedSocket: ~Copyable {
    private let descriptor: Int32

    /// Takes a descriptor of a process; of this process as well.
    ///
    /// - Throws: EPERM without rights over the process (ptrace(2): the same user and not hardened, or CAP_SYS_PTRACE),
    ///   ESRCH and EBADF when it is gone, ENOSYS before Linux 5.6.
    ///
    /// The corresponding C functions are `pidfd_open` and `pidfd_getfd`.
    init(process: Int32, descriptor: Int32) throws(SocketError) {
        let handle = parley_pidfd_open(process)
        guard handle >= 0 else {
            throw SocketError(.inspect, ErrorCode(rawValue: errno), subject: "pid \(process)")
        }
        let copy = StandardStreams.avoid(parley_pidfd_getfd(handle, descriptor))
        let code = errno
        _ = Glibc.close(handle)
        guard copy >= 0 else {
            throw SocketError(.inspect, ErrorCode(rawValue: code), subject: "pid \(process)")
        }
        self.descriptor = copy
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Whether it is the socket that sock_diag(7) listed: a descriptor's number may have been given anew since.
    func isSame(inode: UInt64, cookie: UInt64) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK,
            inode == 0 || UInt64(status.st_ino) == inode
        else { return false }
        guard cookie != 0 else { return inode != 0 }
        var value: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        // SO_COOKIE
        guard unsafe getsockopt(descriptor, SOL_SOCKET, 57, &value, &length) == 0 else { return inode != 0 }
        return value == cookie
    }

    /// Its reuse options.
    var reuse: ReuseFlags {
        ReuseFlags(
            address: option(SOL_SOCKET, SO_REUSEADDR).map { $0 != 0 },
            port: option(SOL_SOCKET, SO_REUSEPORT).map { $0 != 0 }
        )
    }

    /// Whether it listens. (SO_ACCEPTCONN)
    var listens: Bool? { option(SOL_SOCKET, SO_ACCEPTCONN).map { $0 != 0 } }

    private func option(_ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, level, name, &value, &length) == 0 else { return nil }
        return value
    }
}

extension ReuseFlags {
    /// The options of a socket that a process holds, read by pidfd_getfd(2) and getsockopt(2): nothing is changed, and
    /// no descriptor stays open.
    ///
    /// - Parameters:
    ///   - socket: As it was listed. A socket with another inode or cookie under the same descriptor is not it.
    ///   - process: Who holds it; this process too.
    ///   - descriptor: Its number there.
    /// - Throws: `.notPermitted` without rights over the process (CAP_SYS_PTRACE); `.badDescriptor` where it is
    ///   another socket by now, or gone.
    public static func read(
        of socket: KernelSocket,
        process: Int32,
        descriptor: Int32
    ) throws(SocketError) -> ReuseFlags {
        let borrowed = try BorrowedSocket(process: process, descriptor: descriptor)
        guard borrowed.isSame(inode: socket.inode, cookie: socket.cookie) else {
            throw SocketError(.inspect, .badDescriptor, subject: "pid \(process)")
        }
        return borrowed.reuse
    }
}
