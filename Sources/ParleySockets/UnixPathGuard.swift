internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// The duty to remove a Unix socket's file: done when the value ends, and only if the path still leads to the
/// very file that the socket made. Another process may have replaced it in the meantime; then it is no longer
/// ours.
public struct UnixPathGuard: ~Copyable, Sendable {
    /// The file, from the root, so that a change of directory does not matter.
    public let path: String
    private let identity: FileIdentity

    /// The guard of a bound socket; nil if its address has no file.
    public init?(of socket: borrowing Socket) throws(SocketError) {
        guard case .unix(.path(let path)) = try socket.localAddress else { return nil }
        guard let identity = FileIdentity(path) else { throw socket.failure(.inspect, ErrorCode(errno)) }
        self.path = path.hasPrefix("/") ? path : Self.currentDirectory + "/" + path
        self.identity = identity
    }

    deinit {
        if FileIdentity(path) == identity { _ = unsafe unlink(path) }
    }

    /// Removes the file now.
    ///
    /// The corresponding C function is `unlink`.
    public consuming func remove() {}

    private static var currentDirectory: String {
        guard let directory = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(directory) }
        return unsafe String(cString: directory)
    }
}

/// Which file a path leads to, symbolic links not followed.
struct FileIdentity: Equatable {
    var device: UInt
    var inode: UInt
    var owner: UInt32
    var isSocket: Bool

    init?(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        owner = status.st_uid
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}

extension Socket {
    /// Binds to a path. A file that a dead process left there is taken over if it is a socket, is ours, and
    /// nobody is bound to it any more; a symbolic link never is. Otherwise EADDRINUSE, as the system says.
    public func bind(takingOver path: String) throws(SocketError) {
        let address = SocketAddress.unix(.path(path))
        let refusal: SocketError
        do throws(SocketError) {
            return try bind(to: address)
        } catch {
            refusal = error
        }
        guard refusal.code == .addressInUse else { throw refusal }
        // Two processes that start at once must not take the path from each other: one of them holds the
        // directory.
        let lock = DirectoryLock(of: path)
        defer { lock.release() }
        guard let file = FileIdentity(path), file.isSocket, file.owner == geteuid(), Self.isDead(path),
            FileIdentity(path) == file
        else { throw refusal }
        _ = unsafe unlink(path)
        try bind(to: address)
    }

    /// Whether no socket is bound to the file. Asked with a datagram socket, because that disturbs nobody: a
    /// live stream socket answers EPROTOTYPE, listening or not, and its queue gets no connection out of it.
    private static func isDead(_ path: String) -> Bool {
        do throws(SocketError) {
            _ = try Socket(.unix, .datagram).connect(to: .unix(.path(path)))
            return false
        } catch {
            return error.code == .connectionRefused
        }
    }
}

/// A lock on the directory that holds a path. Leaves nothing behind in the file system.
private struct DirectoryLock {
    private let descriptor: Int32

    /// Waits 20 milliseconds at most: a stranger who holds the directory for ever must not hold us.
    init(of path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        for _ in 0..<10 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            usleep(2000)
        }
    }

    func release() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}
