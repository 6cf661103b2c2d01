/// What a ``Link`` does to packets. Without anything said it does nothing: no limit, no delay, no fault.
///
/// ```swift
/// var dsl = LinkConditions(rate: 16_000_000, delay: .constant(.milliseconds(12)))
/// dsl.loss = .bursts(loss: 0.01, length: 4)
/// dsl.queue = LinkQueue(.coDel(), marks: true)
/// ```
public struct LinkConditions: Sendable, Hashable {
    /// Bits of IP packets a second, nil for no limit. With 0 or less nothing ever leaves the queue.
    public var rate: Int?
    public var delay: Delay
    public var queue: LinkQueue
    public var loss: LossModel
    /// The probability that a packet arrives twice, held to 0...1. The copy takes no rate and comes right
    /// after.
    public var duplication: Double
    public var reordering: Reordering
    /// The probability that one bit of a packet, or of a copy, is flipped, held to 0...1.
    public var corruption: Double
    /// Bytes of the largest IP packet that the link carries, nil for any. Larger ones are dropped unless they
    /// come in fragments (``LinkPacket/fragments``); to make them is the caller's part.
    public var mtu: Int?
    public var spells: BadSpells?

    public init(
        rate: Int? = nil,
        delay: Delay = .zero,
        queue: LinkQueue = LinkQueue(),
        loss: LossModel = .none,
        duplication: Double = 0,
        reordering: Reordering = .none,
        corruption: Double = 0,
        mtu: Int? = nil,
        spells: BadSpells? = nil
    ) {
        self.rate = rate
        self.delay = delay
        self.queue = queue
        self.loss = loss
        self.duplication = duplication
        self.reordering = reordering
        self.corruption = corruption
        self.mtu = mtu
        self.spells = spells
    }

    /// Packets arrive at once, all of them.
    public static let ideal = LinkConditions()
    /// 100 µs and packets of up to 1,500 bytes; faster than who sends on it.
    public static let lan = LinkConditions(
        delay: .constant(.microseconds(100)),
        mtu: 1500
    )
}
