internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// Many datagrams that leave in one system call. Made once and used again: nothing is allocated per datagram.
@safe public struct OutgoingBatch: ~Copyable, @unchecked Sendable {
    // Safe and Sendable by hand: the pointers lead to memory that this value alone owns, and indices are
    // checked.

    /// How many datagrams fit.
    public let capacity: Int
    /// How many bytes fit, of all datagrams together.
    public let byteCapacity: Int
    /// The family of the sockets that this batch is for.
    public let family: SocketFamily

    let headers: UnsafeMutablePointer<parley_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<SystemAddress>
    private let control: UnsafeMutableRawPointer
    private let bytes: UnsafeMutableRawPointer
    /// The first datagram that has not left.
    private(set) var first = 0
    private var end = 0
    private var usedBytes = 0

    /// - Parameters:
    ///   - capacity: 1 to ``DatagramBatch/capacityMax``.
    ///   - byteCapacity: 1 byte to 64 MiB.
    ///   - family: As ``Socket/family`` of the socket that will send.
    public init(capacity: Int, byteCapacity: Int, family: SocketFamily) {
        precondition((1...DatagramBatch.capacityMax).contains(capacity), "a batch holds 1 to 1024 datagrams")
        precondition((1...64 << 20).contains(byteCapacity), "a batch holds 1 byte to 64 MiB")
        self.capacity = capacity
        self.byteCapacity = byteCapacity
        self.family = family
        unsafe headers = .allocate(capacity: capacity)
        unsafe vectors = .allocate(capacity: capacity)
        unsafe names = .allocate(capacity: capacity)
        unsafe control = .allocate(byteCount: capacity * ControlMessages.sentBytesMax, alignment: 16)
        unsafe bytes = .allocate(byteCount: byteCapacity, alignment: 64)
        unsafe vectors.initialize(repeating: iovec(), count: capacity)
        unsafe names.initialize(repeating: SystemAddress(), count: capacity)
        unsafe headers.initialize(repeating: parley_mmsghdr(), count: capacity)
        for index in 0..<capacity {
            unsafe headers[index].msg_hdr.msg_iov = vectors + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe vectors.deallocate()
        unsafe names.deallocate()
        unsafe control.deallocate()
        unsafe bytes.deallocate()
    }

    /// How many datagrams wait to leave.
    public var count: Int { end - first }
    /// Whether nothing waits.
    public var isEmpty: Bool { end == first }

    /// What became of a datagram that was to join the batch.
    public enum Outcome: Sendable, Hashable {
        case added
        /// No room for one more datagram or for its bytes: send first.
        case full
        /// No socket of the batch's family can send to that recipient or from that source.
        case refused(ErrorCode)
    }

    /// Adds a datagram.
    ///
    /// - Parameters:
    ///   - recipient: nil on a connected socket.
    ///   - source: The address of this host to send from; nil lets the system choose.
    public mutating func append(
        _ datagram: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress? = nil
    ) -> Outcome {
        append(reserving: datagram.byteCount, to: recipient, from: source) { output in
            unsafe datagram.withUnsafeBytes { bytes in
                unsafe output.withUnsafeMutableBytes { room, count in
                    unsafe room.copyMemory(from: bytes)
                    count = bytes.count
                }
            }
        }
    }

    /// Adds a datagram that `write` puts straight into the batch's memory. If it throws, nothing was added.
    ///
    /// - Parameter byteCount: How many bytes `write` may use; what it leaves is free for the next datagram.
    public mutating func append<E: Error>(
        reserving byteCount: Int,
        to recipient: SocketAddress?,
        from source: SocketAddress? = nil,
        _ write: (inout OutputRawSpan) throws(E) -> Void
    ) throws(E) -> Outcome {
        precondition(byteCount >= 0, "a datagram has no negative size")
        guard end < capacity, byteCount <= byteCapacity - usedBytes else { return .full }
        if let code = address(end, to: recipient, from: source) { return .refused(code) }
        let room = unsafe UnsafeMutableRawBufferPointer(start: bytes + usedBytes, count: byteCount)
        var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        try write(&output)
        let size = unsafe output.finalize(for: room)
        unsafe vectors[end] = iovec(iov_base: bytes + usedBytes, iov_len: size)
        usedBytes += size
        end += 1
        return .added
    }

    /// Takes the datagram at the front out without sending it.
    public mutating func dropFirst() {
        precondition(!isEmpty, "the batch is empty")
        removeFirst(1)
    }

    /// Takes everything out.
    public mutating func removeAll() {
        removeFirst(count)
    }

    mutating func removeFirst(_ sent: Int) {
        first += sent
        guard first == end else { return }
        first = 0
        end = 0
        usedBytes = 0
    }

    /// The recipient of the datagram at the front, for an error.
    var firstRecipient: SocketAddress? {
        unsafe isEmpty || headers[first].msg_hdr.msg_name == nil ? nil : names[first].value
    }

    /// Writes both addresses of the datagram at `index`, or says why not.
    private mutating func address(
        _ index: Int,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) -> ErrorCode? {
        unsafe headers[index].msg_hdr.msg_name = nil
        unsafe headers[index].msg_hdr.msg_namelen = 0
        unsafe headers[index].msg_hdr.msg_control = nil
        unsafe headers[index].msg_hdr.msg_controllen = 0
        if let recipient {
            guard let system = SystemAddress(recipient, for: family) else {
                return SystemAddress.refusal(of: recipient, for: family)
            }
            unsafe names[index] = system
            unsafe headers[index].msg_hdr.msg_name = UnsafeMutableRawPointer(names + index)
            unsafe headers[index].msg_hdr.msg_namelen = system.length
        }
        if let source {
            let memory = unsafe control + index * ControlMessages.sentBytesMax
            guard let length = unsafe ControlMessages.write(source: source, to: memory, family: family) else {
                return .addressFamilyNotSupported
            }
            unsafe headers[index].msg_hdr.msg_control = memory
            unsafe headers[index].msg_hdr.msg_controllen = length
        }
        return nil
    }
}
