public import ParleyTypes

/// One direction of a way between two places: decides what becomes of packets and when they arrive.
///
/// It does no input or output: packets are numbers that the caller knows, their bytes stay with it. The order
/// of calls is: ``receive(_:of:at:)`` as packets come; ``advance(to:)`` when ``nextDeadline`` has come; after
/// either, ``nextOutcome()`` until it is nil. Time goes forward only: an earlier time than the last one
/// counts as that.
///
/// A packet passes, in this order: ``passage``; the caller's rule and the MTU; the queue; serialisation at
/// the rate, which starts without credit; loss on the wire; its delay, in order unless it is reordered;
/// duplication; corruption. What chance says of it is drawn when it is received, by the conditions of that
/// moment (``LinkFlow``). Packets on the wire do not count against the queue.
///
/// ```swift
/// var link = Link(LinkConditions(rate: 10_000_000, delay: .constant(.milliseconds(20))), seed: 1)
/// var flow = LinkFlow(key: 0)
/// link.receive(LinkPacket(id: 0, byteCount: 1500), of: &flow, at: now)
/// while let outcome = link.nextOutcome() { … }
/// // at link.nextDeadline, 21.2 ms later
/// link.advance(to: later)
/// while let outcome = link.nextOutcome() { … }   // arrived
/// ```
public struct Link: Sendable {
    /// May be changed at any time. Rate, queue and its limit hold at once for all that has not begun to leave
    /// the queue; what is drawn (loss, delay and the like) and the MTU hold for packets that are received
    /// from now on.
    ///
    /// "Now" is the time that the link was told last: call ``advance(to:)`` first. A change of the queue's
    /// discipline begins a new one that remembers nothing.
    public var conditions: LinkConditions {
        didSet {
            conditionsChanged(from: oldValue)
            settle()
        }
    }

    /// Whether packets may enter. A change holds from the time that the link was told last.
    public var passage: Passage = .open {
        didSet {
            passageChanged()
            settle()
        }
    }

    public internal(set) var statistics = LinkStatistics()

    let seed: UInt64
    var plan: Plan
    var spells: SpellProcess?
    var discipline: DisciplineState
    /// The time that the link was told last, in nanoseconds.
    var clock: Int64 = .min
    /// Before the queue, while the passage is held.
    var held = Ring<Inside>()
    var transmitter = Transmitter()
    var queue = Ring<Inside>()
    /// On the wire, in the order of their arrivals.
    var wire = Ring<Inside>()
    var reordered = ArrivalHeap()
    /// The last arrival of those that keep their order.
    var lastArrival: Int64 = .min
    /// ``nextDeadline`` in nanoseconds, `max` for never. Kept, because a computed property of another module
    /// may have the whole link copied before it is asked.
    @usableFromInline var deadline: Int64 = .max
    /// ``packetsInsideMax``, unless a test says less.
    var insideMax = Link.packetsInsideMax
    /// Drops that ``nextOutcome()`` has not told.
    var drops = Ring<Dropped>()
    /// The original has been told, its copy has not.
    var copy: Inside?

    /// - Parameter seed: what all chance on this link follows from, together with the flows' keys.
    public init(_ conditions: LinkConditions = .ideal, seed: UInt64) {
        self.conditions = conditions
        self.seed = Draw.mix(seed)
        plan = Plan(conditions)
        spells = conditions.spells.map { SpellProcess($0, seed: Draw.mix(seed)) }
        discipline = DisciplineState(conditions.queue.discipline)
    }
}

// MARK: - Limits

extension Link {
    /// Packets that ``Passage/held`` keeps; later ones are dropped. About a second of 100 Mbit/s.
    public static let heldPacketsMax = 8192
    /// Packets inside of a link, those on the wire included; later ones are dropped. Two seconds of two
    /// million a second.
    public static let packetsInsideMax = 1 << 22
    /// The bytes of a packet, at most: a gigabyte. IP knows no more than 64 KiB without jumbograms.
    public static let packetBytesMax = 1 << 30
    /// The fragments of a packet, at most: as many as IPv4 can tell apart by 13 bits of offset (RFC 791,
    /// section 3.1).
    public static let fragmentsMax = 8192
}

// MARK: - Queries

extension Link {
    /// When ``advance(to:)`` has something to do; nil never, as far as is known now. Costs the same whatever
    /// is inside.
    @inlinable
    public var nextDeadline: MonotonicInstant? {
        deadline == .max ? nil : MonotonicInstant(nanoseconds: deadline)
    }

    /// Packets that wait in the queue. The one that is being serialised does not, nor do those that are held.
    public var queuedPackets: Int { queue.count }

    /// Bytes that wait in the queue.
    public var queuedBytes: Int { transmitter.queuedBytes }

    /// Packets that were received and have neither arrived nor been dropped: held, queued, being serialised
    /// or on the wire.
    public var packetsInside: Int {
        held.count &+ queue.count &+ (transmitter.packet == nil ? 0 : 1) &+ wire.count &+ reordered.count
    }
}
