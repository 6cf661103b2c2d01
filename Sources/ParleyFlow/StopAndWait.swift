/// One packet on its way: a question, its answer, the next question. Efficiency L / (L + RTT · B); with a
/// loss of p each way a packet takes 1 / (1 − p)² tries.
///
/// A ``FixedWindow`` of one packet. Of smaller ones more than one would fit; a sender that must have one alone asks
/// whether its flight is empty.
public typealias StopAndWait = FixedWindow

extension StopAndWait {
    /// - Parameter packetBytes: the size of the largest packet, 1 to 65,536.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(packetBytes: Int) throws(FlowError) {
        try self.init(packets: 1, packetBytes: packetBytes)
    }
}
