internal import ParleyTypes

/// CUBIC: RFC 9438, in bytes and integers.
///
/// After a loss the window is 0.7 of what it was, and then W(t) = C · (t − K)³ + Wmax, with C = 0.4 packets a
/// second cubed: back to Wmax in K seconds, slowly around it, faster again beyond. Where Reno would be faster
/// it is as Reno (4.3). Slow start ends by HyStart++ (RFC 9406) before it has filled the queue, or by a loss.
///
/// As 4.6 allows, the window itself is reduced instead of what is on its way, and so it does not grow while
/// it is not used; that time does not count for t (4.2). Fast convergence (4.7) is on by default.
public struct Cubic: CongestionController, Hashable {
    public private(set) var window: Int
    /// ssthresh: slow start up to it.
    public private(set) var threshold: Int
    /// The size of the largest packet: the RFC's segment.
    public let packetBytes: Int
    /// The window is never larger.
    public let windowMax: Int
    private let convergesFast: Bool

    private var course = Congestion.Course()
    /// Until slow start has ended once.
    private var slowStart: HyStart?
    private var epoch = Epoch()
    /// Before the last loss; its window is 0 if there is nothing to go back to.
    private var undo = Before()

    /// What is set at the beginning of congestion avoidance, and its variables.
    private struct Epoch: Sendable, Hashable {
        /// t_epoch in nanoseconds; nil before the first acknowledgement of congestion avoidance.
        var start: Int64?
        /// W_max.
        var windowMax = 0
        /// Begins at a plateau: K is 0, and W_max the window (4.8, 4.10).
        var isFlat = true
        /// K in parts of a second.
        var time: Int64 = 0
        /// W_est · 1024.
        var reno = 0
        /// cwnd_prior.
        var prior = 0
        /// The rest of a growth: bytes · window.
        var rest = 0
        /// The acknowledgement before.
        var lastTime: Int64 = 0
    }

    private struct Before: Sendable, Hashable {
        var window = 0
        var threshold = 0
        var epoch = Epoch()
    }

    /// - Parameters:
    ///   - packetBytes: the size of the largest packet, 1 to 65,536.
    ///   - initial: the window to begin with.
    ///   - windowMax: the window's cap, two packets to 1 GiB.
    ///   - convergesFast: gives up more when a loss comes sooner than the last time, for flows that begin;
    ///     off where there is no other flow.
    ///   - leavesSlowStartEarly: by HyStart++.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(
        packetBytes: Int,
        initial: InitialWindow = .rfc6928,
        windowMax: Int = 1 << 30,
        convergesFast: Bool = true,
        leavesSlowStartEarly: Bool = true
    ) throws(FlowError) {
        let packet = try FlowError.Setting.packetBytes.checked(packetBytes, in: 1...Congestion.packetBytesMax)
        let least = 2 * packet
        self.packetBytes = packet
        self.windowMax = try FlowError.Setting.windowBytes.checked(
            windowMax,
            in: least...Congestion.windowMax
        )
        self.convergesFast = convergesFast
        window = initial.bytes(packet: packet, windowMax: windowMax)
        threshold = windowMax
        slowStart = leavesSlowStartEarly ? HyStart() : nil
    }

    public var isInSlowStart: Bool { window < threshold }

    /// Twice the window a round trip in slow start, 1.25 times in avoidance.
    public var pacingRate: Int? {
        course.pacingRate(window: window, isInSlowStart: isInSlowStart)
    }

    // MARK: Growth

    public mutating func acknowledged(
        _ event: AcknowledgementEvent,
        by estimator: borrowing RoundTripEstimator
    ) {
        let wasRepairing = course.acknowledged(event, by: estimator)
        defer { epoch.lastTime = event.time.nanoseconds }
        let isUsed = event.uses(window, packetBytes: packetBytes)
        guard isUsed, !wasRepairing else {
            // 4.2: time in which the window could not grow is none.
            if let start = epoch.start {
                let pause = event.time.nanoseconds.elapsed(since: epoch.lastTime)
                epoch.start = start.addingSaturated(pause)
            }
            return
        }
        if isInSlowStart {
            growFast(event, sample: event.hasSample ? estimator.latestNanoseconds : nil)
        } else {
            avoid(event)
        }
    }

    private mutating func growFast(_ event: AcknowledgementEvent, sample: Int64?) {
        // RFC 9406, section 4.2: at most 8 packets an acknowledgement.
        var growth = Swift.min(event.bytes, 8 &* packetBytes)
        switch slowStart?.acknowledged(event, sample: sample) {
        case nil, .grow: break
        case .growLess: growth /= HyStart.growthDivisor
        case .end:
            // 4.10: no loss has said what W_max is.
            threshold = window
            slowStart = nil
            epoch.isFlat = true
            epoch.start = nil
            epoch.prior = window
            return
        }
        window = Swift.min(windowMax, window &+ growth)
    }

    private mutating func avoid(_ event: AcknowledgementEvent) {
        let now = event.time.nanoseconds
        if epoch.start == nil { beginEpoch(at: now) }
        let elapsed = now.elapsed(since: epoch.start ?? now)
        let bytes = Swift.min(event.bytes, window)
        // 4.3: W_est += α · acked / cwnd, α = 9/17 up to the window before the loss, then 1.
        let work = bytes &* packetBytes &* 1024
        epoch.reno = epoch.reno.addingSaturated(
            epoch.reno >= epoch.prior &* 1024 ? work / window : work &* 9 / (17 &* window)
        )
        epoch.reno = Swift.min(epoch.reno, windowMax &* 1024)
        if cubic(at: elapsed) < epoch.reno / 1024 {
            window = Swift.min(windowMax, Swift.max(window, epoch.reno / 1024))
            epoch.rest = 0
            return
        }
        // 4.4, 4.5: by (target − cwnd) / cwnd an acknowledged packet, what is left of it kept.
        let limit = window &+ window / 2
        let target = Swift.min(
            limit,
            Swift.max(window, cubic(at: elapsed.addingSaturated(course.roundTripNanoseconds)))
        )
        let growth = bytes &* (target &- window) &+ Swift.min(epoch.rest, window &- 1)
        let step = growth / window
        epoch.rest = growth &- step &* window
        window = Swift.min(windowMax, window &+ step)
    }

    private mutating func beginEpoch(at now: Int64) {
        epoch.start = now
        epoch.reno = window &* 1024
        epoch.rest = 0
        if epoch.isFlat || epoch.windowMax <= window {
            epoch.windowMax = window
            epoch.time = 0
        } else {
            epoch.time = CubicFunction.time(for: epoch.windowMax &- window, packetBytes: packetBytes)
        }
        epoch.isFlat = false
    }

    /// W_cubic so long after the epoch's begin, at least 0.
    @inline(__always)
    private func cubic(at elapsed: Int64) -> Int {
        let time = CubicFunction.units(nanoseconds: elapsed) &- epoch.time
        return Swift.max(0, epoch.windowMax &+ CubicFunction.growth(over: time, packetBytes: packetBytes))
    }

    // MARK: Reduction

    public mutating func lost(_ event: CongestionEvent) {
        reduce(for: event, packetsMin: 2)
    }

    /// 4.6: after marks a window of one packet is possible.
    public mutating func marked(_ event: CongestionEvent) {
        reduce(for: event, packetsMin: 1)
    }

    private mutating func reduce(for event: CongestionEvent, packetsMin: Int) {
        guard course.mustAnswer(event) else { return }
        undo = Before(window: window, threshold: threshold, epoch: epoch)
        rememberWindow()
        window = Swift.min(window, Swift.max(threshold, packetsMin &* packetBytes))
        threshold = Swift.max(threshold, 2 &* packetBytes)
        epoch.isFlat = false
        course.recovery = .losses(end: event.endIndex)
    }

    public mutating func timedOut(_ event: CongestionEvent) {
        if course.timedOut(event) {
            rememberWindow()
            threshold = Swift.max(threshold, 2 &* packetBytes)
        }
        undo.window = 0
        window = packetBytes
        // 4.8: K is 0, and W_max the window at the beginning of congestion avoidance.
        epoch.isFlat = true
        epoch.start = nil
    }

    /// 4.6 and 4.7: W_max, cwnd_prior, and 0.7 of the window as the threshold.
    private mutating func rememberWindow() {
        let isLess = convergesFast && window < epoch.windowMax
        epoch.windowMax = isLess ? window &* 17 / 20 : window
        epoch.prior = window
        epoch.start = nil
        threshold = window &* 7 / 10
        slowStart = nil
    }

    /// RFC 5681, section 4.1, and RFC 9260, section 7.2.1: half for each time-out, not below four packets;
    /// the way back is slow start.
    public mutating func idled(timeouts: Int) {
        guard timeouts > 0 else { return }
        threshold = Swift.max(threshold, window)
        window = Congestion.idleWindow(window, timeouts: timeouts, packetBytes: packetBytes)
        undo.window = 0
        epoch.isFlat = true
        epoch.start = nil
    }

    /// 4.9.2: back to what was, if the window is still below it.
    public mutating func lossesWereNone() {
        // Known often only after all was acknowledged: whether that recovery goes on does not count.
        guard undo.window > window else { return }
        window = undo.window
        threshold = undo.threshold
        epoch = undo.epoch
        undo.window = 0
        course.recovery = .none
    }
}
