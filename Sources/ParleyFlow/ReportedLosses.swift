/// Finds losses by reports: a packet is lost when so many that were sent after it have been delivered
/// (RFC 6675, section 4; "three duplicate acknowledgements").
///
/// Only a packet's first transmission is judged so, because a repeated one has its old number; if that is
/// lost too, ``RecentLosses`` or the time-out finds it. Packets are counted, not acknowledgements: splitting
/// an acknowledgement finds nothing sooner, and numbers that travelled in one packet count once. Each packet is looked
/// at once.
///
/// ```swift
/// window.acknowledge(run) { losses.delivered($0) }
/// window.findLosses(by: &losses) { packet in … }
/// ```
public struct ReportedLosses: Sendable, Hashable {
    /// How many must have come after a packet. The less, the sooner; the more, the more reordering is borne.
    public let threshold: Int
    /// The greatest numbers that were delivered, of a packet one, greatest first; each plus one, 0 for none.
    private var highest = SIMD8<UInt64>()
    /// The packets that they came in.
    private var packets = SIMD8<UInt32>()
    /// All before it have been judged.
    private var judged: UInt64 = 0

    /// - Parameter threshold: 1 to 8; the RFCs say 3.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(threshold: Int = 3) throws(FlowError) {
        self.threshold = try FlowError.Setting.threshold.checked(threshold, in: 1...8)
    }

    /// A packet was delivered that was not known to be.
    public mutating func delivered(_ packet: SentPacket) {
        let number = packet.index &+ 1
        guard number > highest[threshold &- 1] else { return }
        // Up to its place, and over the number of its packet that was there.
        var place = 0
        while place < threshold, highest[place] > number, packets[place] != packet.packet { place &+= 1 }
        guard place < threshold, highest[place] < number else { return }
        var (next, nextPacket) = (number, packet.packet)
        while place < threshold {
            let (smaller, smallerPacket) = (highest[place], packets[place])
            highest[place] = next
            packets[place] = nextPacket
            if smaller == 0 || smallerPacket == packet.packet { return }
            (next, nextPacket) = (smaller, smallerPacket)
            place &+= 1
        }
    }

    /// Takes to be lost what must be, by all that was delivered.
    ///
    /// - Parameter body: is told of each packet, as it was before.
    /// - Returns: how many that were.
    @discardableResult
    public mutating func findLosses(in flight: inout Flight, _ body: (SentPacket) -> Void = { _ in }) -> Int {
        let end = highest[threshold &- 1]
        guard end > 0, judged < end &- 1 else { return 0 }
        var count = 0
        var next = flight.firstUndelivered(from: judged)
        while let index = next, index < end &- 1, let packet = flight[index] {
            if packet.transmissions == 1, flight.lose(index) {
                body(packet)
                count &+= 1
            }
            next = flight.firstUndelivered(from: index &+ 1)
        }
        judged = end &- 1
        return count
    }
}
