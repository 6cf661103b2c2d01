/// What a ``Link`` has done since it was made. All numbers count packets where they do not say bytes.
///
/// At every moment ``received`` is ``arrived`` + ``dropped`` + ``Link/packetsInside``; copies count apart.
public struct LinkStatistics: Sendable, Hashable {
    /// Packets that came, whatever became of them.
    public internal(set) var received = 0
    public internal(set) var receivedBytes = 0
    /// Originals that arrived, corrupted ones included. An arrival counts when ``Link/nextOutcome()`` tells
    /// it.
    public internal(set) var arrived = 0
    public internal(set) var arrivedBytes = 0
    /// Copies that arrived beside their originals.
    public internal(set) var copies = 0
    /// Arrivals with a flipped bit, copies included.
    public internal(set) var corrupted = 0
    /// Packets that left the order, and the wire; they may have met nobody to overtake.
    public internal(set) var reordered = 0
    /// Packets that the queue marked instead of dropping them, those included that were marked before.
    public internal(set) var marked = 0
    /// Packets that were dropped, for whatever reason. A drop counts when it happens.
    public internal(set) var dropped = 0
    /// By raw value. A vector, because an array would be copied by whoever reads the statistics.
    private var causes = SIMD16<Int>()

    public init() {}

    /// How many were dropped for a reason.
    public subscript(cause: LinkDrop) -> Int { causes[Int(cause.rawValue)] }

    mutating func count(_ cause: LinkDrop) {
        dropped &+= 1
        causes[Int(cause.rawValue)] &+= 1
    }
}

extension LinkStatistics {
    /// Adds what another link has done.
    public static func += (sum: inout LinkStatistics, other: LinkStatistics) {
        sum.received &+= other.received
        sum.receivedBytes &+= other.receivedBytes
        sum.arrived &+= other.arrived
        sum.arrivedBytes &+= other.arrivedBytes
        sum.copies &+= other.copies
        sum.corrupted &+= other.corrupted
        sum.reordered &+= other.reordered
        sum.marked &+= other.marked
        sum.dropped &+= other.dropped
        sum.causes &+= other.causes
    }
}
