public import ParleyTypes

/// Room for a burst of datagrams, filled in one go and used again.
///
/// Not for two tasks at once: its owner (a mailbox's reader) is the only one that touches it.
@safe public final class ReceiveBatch: @unchecked Sendable {
    /// How many datagrams fit.
    public let slots: Int
    /// The largest datagram that is kept whole, in bytes; the rest of a larger one is lost, and it is marked.
    public let slotBytes: Int
    /// How many are there. The network that fills the batch sets it.
    public var count = 0
    /// Whether the peer sends nothing more after these: set by a port that ``Port/hasEnd``.
    public var isAtEnd = false

    /// `slots` times `slotBytes` bytes. Pages that were never written to cost no memory.
    public let slab: UnsafeMutableRawBufferPointer
    /// What is known about each datagram; the network that fills the batch writes the first `count`.
    public let entries: UnsafeMutableBufferPointer<Entry>
    /// Whatever the network wants to keep with the batch, such as prepared system call arguments.
    public var attachment: AnyObject?

    /// What is known about one datagram.
    public struct Entry: Sendable {
        /// Its bytes, at most `slotBytes`.
        public var byteCount: Int
        /// How many bytes it had when it was sent.
        public var sentByteCount: Int
        public var sender: SocketAddress
        /// The local address that it was sent to, where the network tells.
        public var recipient: SocketAddress?

        /// Whether more was sent than fitted: the rest is lost.
        public var isTruncated: Bool { sentByteCount > byteCount }

        public init(byteCount: Int, sentByteCount: Int, sender: SocketAddress, recipient: SocketAddress?) {
            self.byteCount = byteCount
            self.sentByteCount = sentByteCount
            self.sender = sender
            self.recipient = recipient
        }
    }

    public init(slots: Int, slotBytes: Int) {
        precondition(slots > 0 && slotBytes > 0, "a batch holds at least one datagram of one byte")
        self.slots = slots
        self.slotBytes = slotBytes
        unsafe slab = UnsafeMutableRawBufferPointer.allocate(byteCount: slots * slotBytes, alignment: 64)
        unsafe entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: slots)
        unsafe entries.initialize(
            repeating: Entry(byteCount: 0, sentByteCount: 0, sender: .unix(.unnamed), recipient: nil)
        )
    }

    deinit {
        unsafe entries.deinitialize()
        unsafe entries.deallocate()
        unsafe slab.deallocate()
    }

    /// The bytes of datagram `index`.
    @inlinable
    @_lifetime(borrow self)
    public func bytes(_ index: Int) -> RawSpan {
        precondition(index < count, "the batch holds \(count) datagrams")
        let start = index * slotBytes
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: slab[start..<start + entries[index].byteCount])
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// What is known about datagram `index`.
    @inlinable
    public func entry(_ index: Int) -> Entry {
        precondition(index < count, "the batch holds \(count) datagrams")
        return unsafe entries[index]
    }
}
