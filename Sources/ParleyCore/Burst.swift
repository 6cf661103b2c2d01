internal import ParleyTypes
public import ParleyWire
internal import Synchronization

/// Encoded messages one after another, on their way into as few system calls as possible.
///
/// Owned by one sender at a time, who takes it from a ``BurstPool`` and gives it back.
@safe @usableFromInline
final class Burst: @unchecked Sendable {
    /// Behind a pointer, because the language checks each access to a class's variable at run time.
    @usableFromInline let filling: UnsafeMutablePointer<BurstFilling>

    /// A burst of small messages is bounded by their number: about a millisecond of the receiver's time.
    @usableFromInline static var messagesMax: Int { 1024 }
    /// One of large messages by its bytes, unless a single message has more. What a processor's cache holds.
    @usableFromInline static var bytesMax: Int { 256 << 10 }

    /// How much a burst takes at most; a single message always.
    @usableFromInline
    struct Bounds {
        @usableFromInline var messages: Int
        @usableFromInline var bytes: Int

        @usableFromInline
        init(messages: Int = Burst.messagesMax, bytes: Int = .max) {
            self.messages = max(1, min(messages, Burst.messagesMax))
            self.bytes = bytes
        }
    }

    init() {
        unsafe filling = .allocate(capacity: 1)
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 64)
        unsafe filling.initialize(to: BurstFilling(storage: storage))
    }

    deinit {
        unsafe storage.deallocate()
        unsafe filling.deinitialize(count: 1)
        unsafe filling.deallocate()
    }

    /// The encoded messages.
    @usableFromInline
    var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let taken = unsafe UnsafeRawBufferPointer(rebasing: storage[..<byteCount])
            return unsafe _overrideLifetime(RawSpan(_unsafeBytes: taken), borrowing: self)
        }
    }

    /// Encodes messages until the burst is full or there are no more.
    ///
    /// - Parameters:
    ///   - waiting: a message that had no room in the last burst; begins this one.
    ///   - bounds: how much it takes, where that is less than fits.
    /// - Throws: why a message has no bytes. Those before it are in the burst.
    @inlinable
    func fill<Coder: MessageCoder>(
        from messages: inout some IteratorProtocol<Coder.Message>,
        waiting: inout Coder.Message?,
        by coder: Coder,
        framing: Framing?,
        within bounds: Bounds = Bounds()
    ) throws(ParleyError) {
        byteCount = 0
        // A variable of this function is not checked at each access, as a class's is.
        var ends = self.ends
        self.ends = []
        ends.removeAll(keepingCapacity: true)
        defer { self.ends = ends }
        var message = waiting ?? messages.next()
        waiting = nil
        while message != nil {
            try encode(&message, from: &messages, &ends, by: coder, framing: framing, within: bounds)
            guard let next = message, ends.count < bounds.messages else { break }
            let needed = coder.size(of: next) &+ (framing?.overhead ?? 0)
            // What is left had no room: in a larger storage it may have some.
            guard ends.isEmpty || byteCount &+ needed <= bounds.bytes, grow(by: needed) else { break }
        }
        waiting = message
    }

    /// Encodes messages as long as the storage has room.
    ///
    /// - Parameter message: the first one, and then the one that had no room, nil when there are no more.
    @inlinable
    func encode<Coder: MessageCoder>(
        _ message: inout Coder.Message?,
        from messages: inout some IteratorProtocol<Coder.Message>,
        _ ends: inout [Int],
        by coder: Coder,
        framing: Framing?,
        within bounds: Bounds
    ) throws(ParleyError) {
        let overhead = framing?.overhead ?? 0
        let before = byteCount
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[before...])
        var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        var end = before
        // Half of a message that could not be encoded does not count.
        defer { byteCount = end }
        while message != nil, ends.count < bounds.messages {
            // Used where it is: a large message is not copied into a variable of its own.
            let size = coder.size(of: message!)
            // Before a larger storage is made for it.
            try check(messageBytes: size, framing: framing)
            guard size &+ overhead <= output.freeCapacity else { return }
            let total = before &+ output.byteCount &+ size &+ overhead
            guard total <= bounds.bytes || ends.isEmpty else { return }
            try append(message!, bytes: size, to: &output, by: coder, framing: framing)
            end = before &+ output.byteCount
            ends.append(end)
            message = messages.next()
        }
    }

    /// Makes room for so many bytes more, as long as the burst stays within its bounds.
    ///
    /// - Returns: false when the burst is full instead.
    @usableFromInline
    func grow(by needed: Int) -> Bool {
        guard byteCount == 0 || byteCount + needed <= Self.bytesMax else { return false }
        makeRoom(for: needed)
        return true
    }

    /// Makes room for so many bytes more, whatever the bounds say.
    @usableFromInline
    func makeRoom(for needed: Int) {
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(byteCount + needed, min(storage.count * 4, Self.bytesMax)),
            alignment: 64
        )
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<byteCount]))
        unsafe storage.deallocate()
        unsafe storage = larger
    }
}

extension Burst {
    @inlinable var storage: UnsafeMutableRawBufferPointer {
        get { unsafe filling.pointee.storage }
        set { unsafe filling.pointee.storage = newValue }
    }

    /// How many bytes of `storage` are taken.
    @inlinable var byteCount: Int {
        get { unsafe filling.pointee.byteCount }
        set { unsafe filling.pointee.byteCount = newValue }
    }

    /// Where each message ends.
    @inlinable var ends: [Int] {
        get { unsafe filling.pointee.ends }
        set { unsafe filling.pointee.ends = newValue }
    }

    /// The messages as they are given to a port with borders.
    var trains: [Transmit] { unsafe filling.pointee.trains }

    /// The messages from one on, all to one recipient.
    ///
    /// - Parameter recipient: nil for the port's peer.
    func trains(from first: Int = 0, to recipient: SocketAddress?) -> [Transmit] {
        unsafe filling.pointee.trains.removeAll(keepingCapacity: true)
        unsafe filling.pointee.trains.append(endingAt: filling.pointee.ends, from: first, to: recipient)
        return trains
    }
}

/// What a burst holds.
@unsafe @usableFromInline
struct BurstFilling {
    @usableFromInline var storage: UnsafeMutableRawBufferPointer
    @usableFromInline var byteCount = 0
    @usableFromInline var ends: [Int] = []
    var trains: [Transmit] = []

    init(storage: UnsafeMutableRawBufferPointer) {
        unsafe self.storage = storage
    }
}

/// Keeps a burst for the next sender, so that a loop of sends allocates nothing. Senders that meet make a
/// second one, which goes with its sender.
@usableFromInline
final class BurstPool: Sendable {
    private let kept = Mutex<Burst?>(nil)

    init() {}

    @usableFromInline
    func take() -> Burst { kept.withLock { $0.take() } ?? Burst() }

    /// A burst that one huge message has grown is not kept.
    @usableFromInline
    func giveBack(_ burst: Burst) {
        guard unsafe burst.storage.count <= Burst.bytesMax else { return }
        kept.withLock { $0 = burst }
    }
}
