/// The congestion control of RFC 9260, section 7.2, in bytes; TCP's (RFC 5681, RFC 6582) but for its floor of
/// four packets.
///
/// Slow start up to the threshold: each acknowledgement adds what it acknowledges, at most a packet.
/// Avoidance beyond it: a packet a window. A loss makes threshold and window max(window / 2, 4 packets), once
/// a flight, and nothing grows until that flight is acknowledged; a time-out makes the window one packet.
///
/// Deviations: a loss never makes the window larger, though the formula's four packets would after a
/// time-out; the same for idleness, which lowers no threshold. A window counts as used when no further packet
/// fits into it, because a sender that does not overbook never has quite all of it on its way.
public struct NewReno: CongestionController, Hashable {
    public private(set) var window: Int
    /// ssthresh: slow start up to it.
    public private(set) var threshold: Int
    /// PMDCS: the size of the largest packet.
    public let packetBytes: Int
    /// The window is never larger.
    public let windowMax: Int
    /// L of RFC 3465: an acknowledgement adds at most so many packets in slow start.
    public let growthPackets: Int
    private var course = Congestion.Course()
    /// partial_bytes_acked.
    private var partial = 0
    /// Window and threshold before the last loss; 0 for nothing to go back to.
    private var undoWindow = 0
    private var undoThreshold = 0

    /// - Parameters:
    ///   - packetBytes: the size of the largest packet, 1 to 65,536.
    ///   - initial: the window to begin with.
    ///   - windowMax: the window's cap, a packet to 1 GiB.
    ///   - growthPackets: RFC 9260's L, which should be 1; larger where one acknowledgement answers a burst.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(
        packetBytes: Int,
        initial: InitialWindow = .rfc9260,
        windowMax: Int = 1 << 30,
        growthPackets: Int = 1
    ) throws(FlowError) {
        let packet = try FlowError.Setting.packetBytes.checked(packetBytes, in: 1...Congestion.packetBytesMax)
        let most = try FlowError.Setting.windowBytes.checked(windowMax, in: packet...Congestion.windowMax)
        self.packetBytes = packet
        self.windowMax = most
        self.growthPackets = try FlowError.Setting.acknowledgedCount.checked(growthPackets, in: 1...1024)
        window = initial.bytes(packet: packet, windowMax: most)
        threshold = most
    }

    public var isInSlowStart: Bool { window <= threshold }

    /// Twice the window a round trip in slow start, 1.25 times in avoidance.
    public var pacingRate: Int? {
        course.pacingRate(window: window, isInSlowStart: isInSlowStart)
    }

    public mutating func acknowledged(
        _ event: AcknowledgementEvent,
        by estimator: borrowing RoundTripEstimator
    ) {
        let wasRepairing = course.acknowledged(event, by: estimator)
        // RFC 9260, section 7.2.1: not in fast recovery, and only if the window is used.
        let isUsed = event.uses(window, packetBytes: packetBytes)
        if !wasRepairing {
            if isInSlowStart {
                if isUsed { grow(by: Swift.min(event.bytes, growthPackets &* packetBytes)) }
            } else {
                avoid(event.bytes, isUsed: isUsed)
            }
        }
        // 7.2.2, last rule: all is acknowledged.
        if event.startIndex == event.endIndex { partial = 0 }
    }

    /// 7.2.2: a packet a window.
    private mutating func avoid(_ bytes: Int, isUsed: Bool) {
        partial = partial.addingSaturated(bytes)
        guard partial >= window else { return }
        guard isUsed else {
            partial = window
            return
        }
        partial = Swift.min(partial &- window, window)
        grow(by: packetBytes)
    }

    private mutating func grow(by bytes: Int) {
        window = Swift.min(windowMax, window &+ bytes)
    }

    public mutating func lost(_ event: CongestionEvent) {
        guard course.mustAnswer(event) else { return }
        (undoWindow, undoThreshold) = (window, threshold)
        threshold = Swift.min(windowMax, Swift.max(window / 2, 4 &* packetBytes))
        window = Swift.min(window, threshold)
        partial = 0
        course.recovery = .losses(end: event.endIndex)
    }

    public mutating func timedOut(_ event: CongestionEvent) {
        if course.timedOut(event) {
            threshold = Swift.min(windowMax, Swift.max(window / 2, 4 &* packetBytes))
        }
        undoWindow = 0
        window = packetBytes
        partial = 0
    }

    /// 7.2.1, last rule: max(window / 2, 4 packets) for each time-out.
    public mutating func idled(timeouts: Int) {
        guard timeouts > 0 else { return }
        // The way back is slow start. Never a lower threshold: nothing was lost.
        threshold = Swift.max(threshold, window)
        window = Congestion.idleWindow(window, timeouts: timeouts, packetBytes: packetBytes)
        partial = 0
        undoWindow = 0
    }

    public mutating func lossesWereNone() {
        // Known often only after all was acknowledged: whether that recovery goes on does not count.
        guard undoWindow > 0 else { return }
        window = Swift.max(window, undoWindow)
        threshold = Swift.max(threshold, undoThreshold)
        undoWindow = 0
        course.recovery = .none
    }
}
