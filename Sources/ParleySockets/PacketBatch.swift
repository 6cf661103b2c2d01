internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// Room for many messages of one connection of sequenced packets that one system call fills. Made once and
/// used again: nothing is allocated per message.
@safe public struct PacketBatch: ~Copyable, @unchecked Sendable {
    // Safe and Sendable by hand: the pointers lead to memory that this value alone owns or was lent, and
    // indices are checked.

    /// How many messages fit.
    public let capacity: Int
    /// How many bytes of each message fit; the rest would be lost.
    public let slotBytes: Int
    /// How many messages the last ``Socket/receive(into:)-(PacketBatch)`` brought.
    public private(set) var count = 0
    /// Whether the peer sends nothing more after them.
    public private(set) var isAtEnd = false

    let headers: UnsafeMutablePointer<parley_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let control: UnsafeMutableRawPointer

    /// A batch that fills somebody else's memory, each message at a multiple of `slotBytes`.
    ///
    /// - Parameters:
    ///   - capacity: 1 to ``DatagramBatch/capacityMax``.
    ///   - memory: `capacity` × `slotBytes` bytes that outlive the batch.
    @unsafe public init(capacity: Int, slotBytes: Int, lending memory: UnsafeMutableRawBufferPointer) {
        precondition((1...DatagramBatch.capacityMax).contains(capacity), "a batch holds 1 to 1024 messages")
        precondition(slotBytes > 0 && memory.count >= capacity * slotBytes, "too little memory is lent")
        self.capacity = capacity
        self.slotBytes = slotBytes
        unsafe headers = .allocate(capacity: capacity)
        unsafe vectors = .allocate(capacity: capacity)
        unsafe control = .allocate(byteCount: capacity * ControlMessages.packetMarkBytes, alignment: 16)
        for index in 0..<capacity {
            let slot = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[(index * slotBytes)...])
            unsafe vectors.advanced(by: index).initialize(
                to: iovec(iov_base: slot.baseAddress, iov_len: slotBytes)
            )
            unsafe headers.advanced(by: index).initialize(to: parley_mmsghdr())
            unsafe headers[index].msg_hdr.msg_iov = vectors + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
            unsafe headers[index].msg_hdr.msg_control = control + index * ControlMessages.packetMarkBytes
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe vectors.deallocate()
        unsafe control.deallocate()
    }

    /// How many bytes the message had when it was sent; the slot holds the first ``slotBytes`` of them.
    public func sentByteCount(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "the batch has no such message")
        return unsafe Int(headers[index].msg_len)
    }

    /// Gives back to each header the length that the kernel took. There is room for the mark and for nothing
    /// else: descriptors that a peer passes are closed by the kernel.
    fileprivate mutating func rearm() {
        for index in 0..<capacity {
            unsafe headers[index].msg_hdr.msg_controllen = ControlMessages.packetMarkBytes
        }
        count = 0
        isAtEnd = false
    }

    /// Notes how many headers the kernel wrote: at the end it fills all that are left, without a mark.
    fileprivate mutating func finish(_ filled: Int) {
        while count < filled, unsafe headers[count].msg_hdr.msg_controllen > 0 { count += 1 }
        isAtEnd = count < filled
    }
}

extension Socket {
    /// Fills a batch with the messages that are there, up to its ``PacketBatch/capacity``, in one call. The
    /// socket is a connection of sequenced packets that tells its end (``setTellsEnd(_:)``).
    ///
    /// - Returns: false: nothing has come, wait until the socket is readable.
    /// - Throws: `.connectionReset` when the peer closed before it had read everything; its own last messages
    ///   can be received all the same, by further calls.
    ///
    /// The corresponding C function is `recvmmsg`.
    public func receive(into batch: inout PacketBatch) throws(SocketError) -> Bool {
        batch.rearm()
        let filled = try attempt(.receive) {
            unsafe Int(
                parley_recvmmsg(
                    fileDescriptor,
                    batch.headers,
                    UInt32(batch.capacity),
                    Int32(MSG_TRUNC)
                )
            )
        }
        guard let filled else { return false }
        batch.finish(filled)
        return true
    }
}
