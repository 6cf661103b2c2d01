internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Sends one datagram to one recipient.
    ///
    /// Errors for which ``ErrorCode/isDatagramLoss`` is true lost this datagram (or an earlier one, on a
    /// connected socket) and leave the socket as good as before.
    ///
    /// - Returns: `false`: nothing was sent, wait until the socket is writable. A Unix socket whose
    ///   *recipient's* queue is full counts as writable all the same: wait a little instead.
    ///
    /// The corresponding C function is `sendto`.
    public func send(
        _ bytes: RawSpan,
        to recipient: SocketAddress,
        flags: MessageFlags = []
    ) throws(SocketError) -> Bool {
        if let name = InternetName(recipient, for: family) {
            return try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) in
                try attempt(.send, remote: recipient) {
                    unsafe name.withPointer { address, length in
                        let flags = Int32(MSG_NOSIGNAL) | flags.rawValue
                        return unsafe sendto(
                            fileDescriptor,
                            buffer.baseAddress,
                            buffer.count,
                            flags,
                            address,
                            length
                        )
                    }
                } != nil
            }
        }
        let system = try systemAddress(recipient, .send)
        return try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) in
            try attempt(.send, remote: recipient) {
                unsafe system.withPointer { address, length in
                    unsafe sendto(
                        fileDescriptor,
                        buffer.baseAddress,
                        buffer.count,
                        Int32(MSG_NOSIGNAL) | flags.rawValue,
                        address,
                        length
                    )
                }
            } != nil
        }
    }

    /// Sends one datagram from one of this host's addresses, so that an answer leaves from the address that
    /// was asked.
    ///
    /// - Parameters:
    ///   - recipient: nil means the peer of a connected socket.
    ///   - source: An address of this host; its port is ignored, its zone picks the interface. An address that is not
    ///     ours is `.invalidArgument` or `.networkUnreachable`, one of another family than the recipient's
    ///     `.addressFamilyNotSupported`.
    ///
    /// The corresponding C function is `sendmsg`.
    public func send(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress,
        flags: MessageFlags = []
    ) throws(SocketError) -> Bool {
        var system = SystemAddress()
        if let recipient { system = try systemAddress(recipient, .send) }
        var isOrder = true
        if family == .ipv6 {
            switch ControlMessages.fitness(of: source, to: recipient ?? currentPeer) {
            case .fits: break
            case .isNone: isOrder = false
            case .isOfOtherFamily:
                throw failure(.send, .addressFamilyNotSupported, from: source, to: recipient)
            }
        }
        // Five words: ControlMessages.sentBytesMax.
        var control: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
        let result = unsafe withUnsafeMutableBytes(of: &control) { control -> Result<Int?, SocketError> in
            guard let memory = control.baseAddress,
                let length = unsafe ControlMessages.write(source: source, to: memory, family: family)
            else { return .failure(failure(.send, .addressFamilyNotSupported, from: source, to: recipient)) }
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe system.withMutablePointer { address, addressLength in
                    var vector = unsafe iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                        iov_len: buffer.count
                    )
                    return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                        var message = unsafe msghdr()
                        if recipient != nil {
                            unsafe message.msg_name = UnsafeMutableRawPointer(address)
                            unsafe message.msg_namelen = addressLength.pointee
                        }
                        unsafe message.msg_iov = vector
                        unsafe message.msg_iovlen = 1
                        if isOrder {
                            unsafe message.msg_control = memory
                            unsafe message.msg_controllen = length
                        }
                        return Result { () throws(SocketError) in
                            try attempt(.send, remote: recipient) {
                                unsafe sendmsg(fileDescriptor, &message, Int32(MSG_NOSIGNAL) | flags.rawValue)
                            }
                        }
                    }
                }
            }
        }
        return try result.get() != nil
    }

    /// The error of sending from an address that was asked for: where it is of another family than the recipient's, it
    /// is the address that the error is about, not the one that the socket has.
    @inline(never)
    func failure(
        _ operation: SocketError.Operation,
        _ code: ErrorCode,
        from source: SocketAddress?,
        to recipient: SocketAddress?
    ) -> SocketError {
        var error = failure(operation, code, remote: recipient)
        if let source, let ours = source.unmapped.ip, let theirs = error.remote?.unmapped.ip,
            ours.isIPv4 != theirs.isIPv4
        {
            error.local = source
        }
        return error
    }

    /// One datagram as ``receiveDatagram(into:)`` tells of it.
    public struct Datagram: Sendable, Hashable {
        /// How many bytes of the buffer it filled. 0 is a datagram too, not an end.
        public var byteCount: Int
        /// How many bytes it had: more than `byteCount` if the buffer was too short, and then the rest is
        /// lost.
        public var sentByteCount: Int
        /// Who sent it; `.unix(.unnamed)` where the sender has no address.
        public var sender: SocketAddress
        public var arrival: Arrival

        /// Whether bytes were lost because the buffer was too short.
        public var isTruncated: Bool { sentByteCount > byteCount }
    }

    /// Receives one datagram.
    ///
    /// - Returns: nil: wait until the socket is readable.
    ///
    /// The corresponding C function is `recvmsg`.
    public func receiveDatagram(
        into bytes: inout MutableRawSpan,
        flags: MessageFlags = []
    ) throws(SocketError) -> Datagram? {
        var address = SystemAddress()
        var control: InlineArray<16, UInt64> = .init(repeating: 0)
        let capacity = bytes.byteCount
        return try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(SocketError) -> Datagram? in
            var vector = unsafe iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            var message = unsafe msghdr()
            var count: Int?
            var arrival = Arrival()
            var code: ErrorCode?
            unsafe withUnsafeMutablePointer(to: &vector) { vector in
                unsafe withUnsafeMutableBytes(of: &control) { control in
                    unsafe address.withMutablePointer { pointer, length in
                        unsafe message.msg_name = UnsafeMutableRawPointer(pointer)
                        unsafe message.msg_namelen = length.pointee
                        unsafe message.msg_iov = vector
                        unsafe message.msg_iovlen = 1
                        unsafe message.msg_control = control.baseAddress
                        unsafe message.msg_controllen = family == .unix ? 0 : control.count
                        let result = Result { () throws(SocketError) in
                            try attempt(.receive) {
                                unsafe recvmsg(fileDescriptor, &message, Self.receiveFlags | flags.rawValue)
                            }
                        }
                        switch result {
                        case .success(let received): count = received
                        case .failure(let error): code = error.code
                        }
                        unsafe length.pointee = message.msg_namelen
                        if count != nil { arrival = unsafe Arrival(&message) }
                    }
                }
            }
            if let code { throw failure(.receive, code) }
            guard let count else { return nil }
            return Datagram(
                byteCount: min(count, capacity),
                sentByteCount: count,
                sender: address.value ?? .unix(.unnamed),
                arrival: arrival
            )
        }
    }

    /// Fills a batch with what is there, up to its ``DatagramBatch/capacity``, in one call.
    ///
    /// - Returns: How many datagrams came; nil: wait until the socket is readable. In both cases what the
    ///   batch held before is gone.
    ///
    /// The corresponding C function is `recvmmsg`.
    public func receive(into batch: inout DatagramBatch) throws(SocketError) -> Int? {
        batch.rearm(for: family)
        let count = try attempt(.receive) {
            unsafe Int(
                parley_recvmmsg(fileDescriptor, batch.headers, UInt32(batch.capacity), Self.receiveFlags)
            )
        }
        batch.finish(count ?? 0)
        return count
    }

    /// MSG_TRUNC as a wish: the call then returns the datagram's real size, however short the buffer was.
    private static var receiveFlags: Int32 { Int32(MSG_TRUNC) }
}
