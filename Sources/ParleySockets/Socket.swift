internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// A socket that its owner alone holds: closed when the value ends, never inherited by exec, never blocking.
///
/// One method is one system call; none waits. Every method retries EINTR by itself and tells "would have to
/// wait" apart from failure (nil or `false`). Failures are ``SocketError`` with both addresses as far as they
/// are known.
///
/// A value may be used from several threads at once, as the kernel serialises the calls.
public struct Socket: ~Copyable, Sendable {
    /// The descriptor, still owned by this value: who closes it elsewhere hits whoever gets the number next.
    public let fileDescriptor: Int32
    /// The family that addresses are written for.
    public let family: SocketFamily

    /// Makes a socket with SOCK_CLOEXEC and SOCK_NONBLOCK.
    ///
    /// The corresponding C function is `socket`.
    public init(
        _ family: SocketFamily,
        _ kind: SocketKind,
        protocolNumber: Int32 = 0
    ) throws(SocketError) {
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = StandardStreams.avoid(
            Glibc.socket(family.rawValue, kind.rawValue | flags, protocolNumber)
        )
        guard descriptor >= 0 else {
            let shape = SocketShape(family, kind, protocolNumber: protocolNumber)
            throw SocketError(.open, ErrorCode(errno), subject: shape.description)
        }
        fileDescriptor = descriptor
        self.family = family
    }

    /// Takes over a descriptor that nobody else closes: inherited from a service manager, received in a
    /// message. Sets FD_CLOEXEC and O_NONBLOCK. If this fails, the descriptor stays with the caller.
    ///
    /// The corresponding C functions are `getsockopt` (SO_DOMAIN) and `fcntl`.
    public init(takingOver descriptor: Int32) throws(SocketError) {
        var domain: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0,
            case let status = fcntl(descriptor, F_GETFL), status >= 0,
            fcntl(descriptor, F_SETFL, status | O_NONBLOCK) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw SocketError(.open, ErrorCode(errno)) }
        self.init(owned: descriptor, SocketFamily(rawValue: domain))
    }

    init(owned descriptor: Int32, _ family: SocketFamily) {
        fileDescriptor = descriptor
        self.family = family
    }

    deinit {
        // Never again on EINTR: Linux has released the number by then, and another thread may have it.
        _ = Glibc.close(fileDescriptor)
    }

    /// Closes the socket now. Data that was received and not read makes TCP send a reset.
    ///
    /// The corresponding C function is `close`.
    public consuming func close() {}

    /// Gives up the descriptor: the caller closes it.
    public consuming func take() -> Int32 {
        let descriptor = fileDescriptor
        discard self
        return descriptor
    }

    /// Two connected Unix sockets.
    ///
    /// The corresponding C function is `socketpair`.
    public static func pair(_ kind: SocketKind) throws(SocketError) -> SocketPair {
        var descriptors: (Int32, Int32) = (-1, -1)
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let result = unsafe withUnsafeMutableBytes(of: &descriptors) { bytes in
            unsafe socketpair(
                AF_UNIX,
                kind.rawValue | flags,
                0,
                bytes.baseAddress?.assumingMemoryBound(to: Int32.self)
            )
        }
        guard result == 0 else { throw SocketError(.open, ErrorCode(errno)) }
        let first = StandardStreams.avoid(descriptors.0)
        let firstCode = errno
        let second = StandardStreams.avoid(descriptors.1)
        guard first >= 0, second >= 0 else {
            let code = first < 0 ? firstCode : errno
            for end in [first, second] where end >= 0 { _ = Glibc.close(end) }
            throw SocketError(.open, ErrorCode(code))
        }
        return SocketPair(first: Socket(owned: first, .unix), second: Socket(owned: second, .unix))
    }
}

/// Both ends of ``Socket/pair(_:)``. Frozen, so that each end can be taken out by itself.
@frozen public struct SocketPair: ~Copyable, Sendable {
    public var first: Socket
    public var second: Socket
}

extension Socket {
    /// The one place that knows EINTR (again) and EAGAIN (nil). `call` returns what the system call does: -1
    /// for a failure, with the reason in errno.
    @inline(__always)
    func attempt(
        _ operation: SocketError.Operation,
        remote: SocketAddress? = nil,
        _ call: () -> Int
    ) throws(SocketError) -> Int? {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code == EINTR { continue }
            if code == EAGAIN { return nil }
            throw failure(operation, ErrorCode(code), remote: remote)
        }
    }

    /// The error of an operation on this socket; asks for our own address, which nobody needs while all is
    /// well.
    @inline(never)
    func failure(
        _ operation: SocketError.Operation,
        _ code: ErrorCode,
        remote: SocketAddress? = nil,
        subject: String? = nil
    ) -> SocketError {
        var error = SocketError(
            operation,
            code,
            local: currentName,
            remote: remote ?? currentPeer,
            subject: subject
        )
        switch operation {
        case .bind, .listen, .connect, .send, .receive, .join: error.traits = traits
        default: break
        }
        return error
    }

    /// An address as this socket takes it.
    @inline(__always)
    func systemAddress(
        _ address: SocketAddress,
        _ operation: SocketError.Operation
    ) throws(SocketError) -> SystemAddress {
        guard let system = SystemAddress(address, for: family) else {
            let code = SystemAddress.refusal(of: address, for: family)
            guard operation != .bind else { throw SocketError(.bind, code, local: address) }
            throw failure(operation, code, remote: address)
        }
        return system
    }
}
