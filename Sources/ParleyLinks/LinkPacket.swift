public import ParleyTypes

/// A packet as a ``Link`` sees it: how large it is and what it says of congestion. Its bytes stay with the
/// caller.
public struct LinkPacket: Sendable, Hashable {
    /// The caller's name for it, free to be used again after its last ``LinkOutcome``.
    public var id: UInt32
    /// Its size on the wire in bytes, from the IP header to its end; of all its fragments together, if it has
    /// many. Held to 0...``Link/packetBytesMax``.
    public var byteCount: Int
    public var ecn: ECN
    /// How many IP fragments carry it, at least 1: loss is drawn for each, and one that is lost loses the
    /// packet. Held to 1...``Link/fragmentsMax``.
    public var fragments: Int
    /// A rule of the caller drops it, as soon as it has passed what ``Passage`` says: it takes no room and no
    /// rate.
    public var isCondemned: Bool

    public init(
        id: UInt32,
        byteCount: Int,
        ecn: ECN = .notCapable,
        fragments: Int = 1,
        isCondemned: Bool = false
    ) {
        self.id = id
        self.byteCount = byteCount
        self.ecn = ecn
        self.fragments = fragments
        self.isCondemned = isCondemned
    }
}
