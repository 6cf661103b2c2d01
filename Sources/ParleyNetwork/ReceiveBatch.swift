public import ParleyTypes

/// Room for a burst of datagrams, filled in one go and used again.
///
/// A slot holds one datagram, or several of one sender that the system has joined (``Entry/segmentBytes``).
///
/// Not for two tasks at once: its owner (a mailbox's reader) is the only one that touches it.
@safe public final class ReceiveBatch: @unchecked Sendable {
    /// How many slots there are.
    public let slots: Int
    /// The largest datagram that is kept whole, in bytes; the rest of a larger one is lost, and it is marked.
    public let slotBytes: Int
    /// How many slots are filled, at most `slots`. The network that fills the batch sets it.
    public var count = 0 {
        didSet { precondition(count >= 0 && count <= slots, "the batch has \(slots) slots") }
    }

    /// `slots` times `slotBytes` bytes. Pages that were never written to cost no memory.
    public let slab: UnsafeMutableRawBufferPointer
    /// What is known about each slot; the network that fills the batch writes the first `count`.
    public let entries: UnsafeMutableBufferPointer<Entry>
    /// Whatever the network wants to keep with the batch, such as prepared system call arguments.
    public var attachment: AnyObject?

    /// What is known about the datagrams of one slot.
    public struct Entry: Sendable {
        /// The bytes in the slot, at most `slotBytes`.
        public var byteCount: Int
        /// How many bytes were sent.
        public var sentByteCount: Int
        /// Several datagrams stand in the slot one after another, each of so many bytes, the last one perhaps
        /// of fewer; 0 for a single one.
        public var segmentBytes: Int
        public var sender: SocketAddress
        /// The local address that they were sent to, with the port, where the network tells.
        public var recipient: SocketAddress?
        /// When they came, where the network was asked to tell.
        public var arrival: WallTime?
        /// The index of the interface that they came in by; 0 where the network does not tell.
        public var interface: UInt32
        /// What their packets said of congestion, where the port was asked to tell (``MessageServices/ecn``).
        public var ecn: ECN?

        /// Whether more was sent than fitted: the rest is lost.
        public var isTruncated: Bool { sentByteCount > byteCount }

        /// How many datagrams stand in the slot. An empty one is one as well.
        public var datagramCount: Int {
            guard segmentBytes > 0, byteCount > segmentBytes else { return 1 }
            return (byteCount + segmentBytes - 1) / segmentBytes
        }

        public init(
            byteCount: Int,
            sentByteCount: Int,
            segmentBytes: Int = 0,
            sender: SocketAddress,
            recipient: SocketAddress?,
            arrival: WallTime? = nil,
            interface: UInt32 = 0,
            ecn: ECN? = nil
        ) {
            self.byteCount = byteCount
            self.sentByteCount = sentByteCount
            self.segmentBytes = segmentBytes
            self.sender = sender
            self.recipient = recipient
            self.arrival = arrival
            self.interface = interface
            self.ecn = ecn
        }
    }

    /// How many datagrams the filled slots hold.
    public var datagramCount: Int {
        var sum = 0
        for index in 0..<count { sum += entry(index).datagramCount }
        return sum
    }

    public init(slots: Int, slotBytes: Int) {
        precondition(slots > 0 && slotBytes > 0, "a batch holds at least one datagram of one byte")
        self.slots = slots
        self.slotBytes = slotBytes
        // What is aligned to more than 16 the C library's allocator rarely finds room for among what was freed:
        // large batches that come and go would take new memory each.
        let byteCount = slots * slotBytes
        unsafe slab = .allocate(byteCount: byteCount, alignment: byteCount > 32 << 10 ? 16 : 64)
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

    /// Adds a message: what a network does that has its bytes already. What does not fit into a slot is lost, and
    /// the message marked (``Entry/isTruncated``).
    ///
    /// - Precondition: a slot is free.
    public func append(_ bytes: RawSpan, from sender: SocketAddress, to recipient: SocketAddress? = nil) {
        let kept = min(bytes.byteCount, slotBytes)
        precondition(count < slots, "the batch is full")
        unsafe bytes.withUnsafeBytes { bytes in
            let slot = unsafe UnsafeMutableRawBufferPointer(rebasing: slab[(count * slotBytes)...])
            unsafe slot.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<kept]))
        }
        unsafe entries[count] = Entry(
            byteCount: kept,
            sentByteCount: bytes.byteCount,
            sender: sender,
            recipient: recipient
        )
        count += 1
    }

    /// The bytes of slot `index`.
    @inlinable
    @_lifetime(borrow self)
    public func bytes(_ index: Int) -> RawSpan {
        precondition(index >= 0 && index < count, "the batch has \(count) filled slots")
        precondition(unsafe entries[index].byteCount <= slotBytes, "a slot has \(slotBytes) bytes")
        let start = index * slotBytes
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: slab[start..<start + entries[index].byteCount])
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// What is known about slot `index`.
    @inlinable
    public func entry(_ index: Int) -> Entry {
        precondition(index >= 0 && index < count, "the batch has \(count) filled slots")
        return unsafe entries[index]
    }
}
