/// One packet on its way: a question, its answer, the next question. Efficiency L / (L + RTT · B); with a
/// loss of p each way a packet takes 1 / (1 − p)² tries.
public struct StopAndWait: CongestionController, Hashable {
    public let window: Int

    /// - Parameter packetBytes: the size of the largest packet, 1 to 65,536. Of smaller ones more than one
    ///   would fit; a sender that must have one alone asks whether its flight is empty.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(packetBytes: Int) throws(FlowError) {
        window = try FlowError.Setting.packetBytes.checked(packetBytes, in: 1...Congestion.packetBytesMax)
    }

    public mutating func acknowledged(
        _ event: AcknowledgementEvent,
        by roundTrip: borrowing RoundTripEstimator
    ) {}
    public mutating func lost(_ event: CongestionEvent) {}
    public mutating func timedOut(_ event: CongestionEvent) {}
}
