internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Gives the socket its local address. Port 0 and `.unnamed` let the system choose.
    ///
    /// The corresponding C function is `bind`.
    public func bind(to address: SocketAddress) throws(SocketError) {
        let system = try systemAddress(address, .bind)
        let result = unsafe system.withPointer { unsafe Glibc.bind(fileDescriptor, $0, $1) }
        guard result == 0 else {
            throw SocketError(.bind, ErrorCode(errno), local: address, traits: traits)
        }
    }

    /// Starts to take connections.
    ///
    /// - Parameter backlog: How many established connections may wait; Linux admits one more, and caps it at
    ///   net.core.somaxconn.
    ///
    /// The corresponding C function is `listen`.
    public func listen(backlog: Int32 = Endpoint.backlogDefault) throws(SocketError) {
        guard Glibc.listen(fileDescriptor, backlog) == 0 else { throw failure(.listen, ErrorCode(errno)) }
    }

    /// How far a connection is.
    public enum ConnectOutcome: Sendable, Hashable {
        /// Both ends know each other; a datagram socket is always there at once.
        case connected
        /// The handshake runs: once the socket is writable, ``finishConnecting(to:)`` tells how it ended.
        case inProgress
    }

    /// Starts a connection, or fixes the peer of a datagram socket.
    ///
    /// A Unix listener whose queue is full is EAGAIN here, an error: nothing is in progress, and nothing will
    /// wake us.
    ///
    /// The corresponding C function is `connect`.
    public func connect(to address: SocketAddress) throws(SocketError) -> ConnectOutcome {
        let system = try systemAddress(address, .connect)
        guard unsafe system.withPointer({ unsafe Glibc.connect(fileDescriptor, $0, $1) }) != 0 else {
            return .connected
        }
        let code = errno
        // After EINTR the handshake goes on by itself; a second call would only say EALREADY.
        if code == EINPROGRESS || code == EINTR { return .inProgress }
        throw failure(.connect, ErrorCode(code), remote: address)
    }

    /// Ends what ``connect(to:)`` left in progress, once the socket is writable. Fails if the connection did,
    /// and if the socket has met itself: connecting to a local port where nobody listens can get that very
    /// port (RFC 9293, 3.5).
    ///
    /// The corresponding C function is `getsockopt` (SO_ERROR).
    public func finishConnecting(to address: SocketAddress) throws(SocketError) {
        if let code = try pendingError { throw failure(.connect, code, remote: address) }
        if isConnectedToItself {
            throw SocketError(.connect, .connectionAborted, local: currentName, remote: currentName)
        }
    }

    /// What accept(2) came back with.
    public enum AcceptOutcome: ~Copyable, Sendable {
        /// A connection, not blocking and not inherited. Its first read may say that the peer has reset it
        /// already.
        case accepted(Socket, from: SocketAddress)
        /// The queue is empty: wait until the socket is readable.
        case wouldBlock
        /// One connection died in the queue: try again at once.
        case transient(ErrorCode)
        /// Descriptors or memory have run out. The listener stays readable: pause, or the loop spins.
        case exhausted(ErrorCode)
    }

    /// Takes the next connection from the queue.
    ///
    /// The corresponding C function is `accept4`.
    public func accept() throws(SocketError) -> AcceptOutcome {
        var address = SystemAddress()
        var descriptor: Int32
        repeat {
            address.length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            descriptor = unsafe address.withMutablePointer { pointer, length in
                unsafe parley_accept4(
                    fileDescriptor,
                    pointer,
                    length,
                    Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
                )
            }
        } while descriptor < 0 && errno == EINTR
        descriptor = StandardStreams.avoid(descriptor)
        guard descriptor < 0 else {
            return .accepted(Socket(owned: descriptor, family), from: address.value ?? .unix(.unnamed))
        }
        let code = ErrorCode(errno)
        if code == .wouldBlock { return .wouldBlock }
        if code.isTransientForAccept { return .transient(code) }
        // EPERM is a security module's no, which may well come again for every connection.
        if code.isExhaustion || code == .notPermitted { return .exhausted(code) }
        throw failure(.accept, code)
    }

    /// The half of a connection that ends.
    public enum Direction: Sendable, Hashable {
        case receiving, sending, both
    }

    /// Ends one or both halves; the peer reads to the end of what was sent.
    ///
    /// The corresponding C function is `shutdown`.
    public func shutdown(_ direction: Direction) throws(SocketError) {
        let how =
            switch direction {
            case .receiving: SHUT_RD
            case .sending: SHUT_WR
            case .both: SHUT_RDWR
            }
        guard Glibc.shutdown(fileDescriptor, Int32(how)) == 0 else {
            throw failure(.shutdown, ErrorCode(errno))
        }
    }

    /// Our address.
    ///
    /// The corresponding C function is `getsockname`.
    public var localAddress: SocketAddress {
        get throws(SocketError) {
            guard let address = currentName else { throw SocketError(.inspect, ErrorCode(errno)) }
            return address
        }
    }

    /// The peer's address.
    ///
    /// The corresponding C function is `getpeername`.
    public var remoteAddress: SocketAddress {
        get throws(SocketError) {
            guard let address = currentPeer else {
                throw SocketError(.inspect, ErrorCode(errno), local: currentName)
            }
            return address
        }
    }

    /// Whether both ends are this very socket. Never true of Unix sockets, whose ends may all be unnamed.
    public var isConnectedToItself: Bool {
        guard family != .unix, let name = currentName else { return false }
        return name == currentPeer
    }

    var currentName: SocketAddress? {
        var address = SystemAddress()
        let result = unsafe address.withMutablePointer { unsafe getsockname(fileDescriptor, $0, $1) }
        return result == 0 ? address.value : nil
    }

    var currentPeer: SocketAddress? {
        var address = SystemAddress()
        let result = unsafe address.withMutablePointer { unsafe getpeername(fileDescriptor, $0, $1) }
        return result == 0 ? address.value : nil
    }
}
