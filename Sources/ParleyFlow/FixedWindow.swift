/// Always the same window: for a path whose capacity is known. Efficiency min(1, n · L / (L + RTT · B)) for
/// n packets that take L at rate B. Nothing makes it slower: do not send so over networks of others.
public struct FixedWindow: CongestionController, Hashable {
    public let window: Int

    /// - Parameters:
    ///   - packets: how many may be on their way, at least 1.
    ///   - packetBytes: the size of the largest one, 1 to 65,536.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(packets: Int, packetBytes: Int) throws(FlowError) {
        let packet = try FlowError.Setting.packetBytes.checked(packetBytes, in: 1...Congestion.packetBytesMax)
        let count = try FlowError.Setting.windowCount.checked(packets, in: 1...Congestion.windowMax / packet)
        window = count * packet
    }

    public mutating func acknowledged(
        _ event: AcknowledgementEvent,
        by roundTrip: borrowing RoundTripEstimator
    ) {}
    public mutating func lost(_ event: CongestionEvent) {}
    public mutating func timedOut(_ event: CongestionEvent) {}
}
