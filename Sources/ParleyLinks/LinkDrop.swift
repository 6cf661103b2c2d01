/// Why a packet did not arrive.
public enum LinkDrop: UInt8, Sendable, Hashable, CaseIterable {
    /// Lost on the wire by chance: a random loss, or one of the good times between bursts.
    case loss
    /// Lost on the wire in a burst (``LossModel/gilbertElliott(toBad:toGood:lossInGood:lossInBad:)``).
    case burst
    /// Lost on the wire in a bad spell (``BadSpells``).
    case spell
    /// Condemned by a rule of the caller (``LinkPacket/isCondemned``).
    case rule
    /// Larger than ``LinkConditions/mtu``, and not in fragments.
    case tooLarge
    /// The queue had no room (``LinkQueue/limit``).
    case queueFull
    /// Dropped by RED or CoDel before the queue was full (``LinkQueue/discipline``).
    case earlyDrop
    /// It came while the way was partitioned, or was held when the partition began (``Passage/partitioned``).
    case partitioned
    /// So many packets were held that there was no room for it (``Link/heldPacketsMax``).
    case heldFull
    /// So many packets were inside of the link that there was no room for it (``Link/packetsInsideMax``).
    case linkFull
}
