/// The packets of one sender to one receiver, in the order in which they were sent. The caller keeps one per
/// flow and link.
///
/// What chance does to a packet follows from the link's seed, the flow's key and the packet's number in its
/// flow: not from the time, nor from other flows, nor from which other faults are asked for. So a
/// conversation meets the same fates when another one starts beside it.
public struct LinkFlow: Sendable, Hashable {
    /// What tells this flow from others of the link: a hash of its addresses, or a number that the caller
    /// counts.
    public let key: UInt64
    /// How many of its packets the link has received, those included that it has dropped.
    public internal(set) var index: UInt64 = 0
    /// Where the flow is between good times and bursts of loss
    /// (``LossModel/gilbertElliott(toBad:toGood:lossInGood:lossInBad:)``).
    var burst: Burst = .unknown

    public init(key: UInt64) {
        self.key = key
    }

    enum Burst: UInt8, Sendable {
        /// No packet has met such a model yet: the first one draws where the flow is.
        case unknown
        case good, bad
    }
}
