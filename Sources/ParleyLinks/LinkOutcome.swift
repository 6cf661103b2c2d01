public import ParleyTypes

/// What became of a packet.
public struct LinkOutcome: Sendable, Hashable {
    /// The packet's ``LinkPacket/id``.
    public var id: UInt32
    public var kind: Kind
    /// Nothing more will be said of this packet: the caller may forget it.
    public var isLast: Bool
    /// When it came about: never later than the time the link was told last, earlier when that was late.
    public var time: MonotonicInstant

    public init(id: UInt32, kind: Kind, isLast: Bool, time: MonotonicInstant) {
        self.id = id
        self.kind = kind
        self.isLast = isLast
        self.time = time
    }

    public enum Kind: Sendable, Hashable {
        /// It is at the other end, with one bit flipped if there is a corruption, for the caller to flip. A
        /// copy comes right after its original.
        case arrived(ecn: ECN, corruption: Corruption?, isCopy: Bool)
        /// It will not arrive.
        case dropped(LinkDrop)
    }
}
