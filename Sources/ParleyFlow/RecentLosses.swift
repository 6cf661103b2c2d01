public import ParleyTypes

/// Finds losses by time: RACK (RFC 8985, section 6). A packet is lost when one that was sent later has been
/// delivered and the reordering window has passed since.
///
/// The window is 0 while no reordering was seen and three packets have been reported or losses are being
/// repaired; otherwise a quarter of the least round trip, more with every round trip in which the receiver
/// reports a duplicate (a loss that was none), at most the smoothed round trip, for 16 recoveries. Lost
/// repetitions are found as well.
///
/// ```swift
/// window.acknowledge(run) { losses.delivered($0, by: roundTrip, at: now) }
/// window.findLosses(by: &losses, roundTrip: roundTrip, at: now) { packet in … }
/// // and again at losses.deadline
/// ```
///
/// Deviation: section 6.2 sets its timer to when all packets within the reordering window are lost, here it
/// is the first one's time, so that each is found when it is due; and the search ends there, because the
/// flight is kept by time of sending. Where several numbers travel in one packet, packets are counted, and none of a
/// packet's numbers makes another one lost.
public struct RecentLosses: Sendable, Hashable {
    /// RACK.reordering_seen: packets have overtaken each other.
    public private(set) var hasSeenReordering = false
    /// When ``findLosses(in:roundTrip:at:_:)`` may find more by itself; nil for not.
    public private(set) var deadline: MonotonicInstant?
    /// Where the recovery ends that is going on: when all packets before this one are acknowledged; nil for
    /// none.
    public private(set) var recoveryEnd: UInt64?

    /// RACK.segment: the packet that was sent last of those delivered.
    private var sentAt: Int64 = .min
    private var index: UInt64 = 0
    private var packet: UInt32 = 0
    /// RACK.rtt, and that of the acknowledgement whose packets are being told: its packet sent last.
    private var roundTrip: Int64 = 0
    private var newRoundTrip: Int64 = .max
    /// RACK.fack: one more than the greatest number delivered, before and with this acknowledgement.
    private var forward: UInt64 = 0
    private var newForward: UInt64 = 0
    /// RACK.reo_wnd_mult and reo_wnd_persist.
    private var multiplier: Int64 = 1
    private var persistence = 16
    /// RACK.dsack_round.
    private var duplicateRound: UInt64?

    /// DupThresh.
    public static let reportsMax = 3
    private static let recoveriesMax = 16

    public init() {}

    /// A packet was delivered that was not known to be (6.2, steps 2 and 3). Of the packets of one
    /// acknowledgement the order does not matter.
    public mutating func delivered(
        _ packet: SentPacket,
        by estimator: borrowing RoundTripEstimator,
        at now: MonotonicInstant
    ) {
        forgetFuture(at: now)
        newForward = Swift.max(newForward, packet.index &+ 1)
        if packet.index &+ 1 < forward, packet.transmissions == 1 { hasSeenReordering = true }
        let sent = packet.sentAt.nanoseconds
        let time = now.nanoseconds.subtractingSaturated(sent)
        guard time >= 0 else { return }
        // Sooner than any packet has come back: it is the first transmission that was acknowledged.
        if packet.transmissions > 1, time < estimator.minimumNanoseconds ?? 0 { return }
        newRoundTrip = Swift.min(newRoundTrip, time)
        // Of the numbers of one packet the greatest, so that it stands for all of them.
        let isNewer = packet.isSent(after: (sentAt, index, self.packet))
        guard isNewer || (packet.packet == self.packet && packet.index > index) else { return }
        sentAt = sent
        index = packet.index
        self.packet = packet.packet
    }

    /// The receiver reports that a packet came twice (DSACK; SCTP's duplicate TSNs): a loss may have been
    /// none. Counts once a round trip.
    public mutating func duplicateReported(in flight: borrowing Flight) {
        endDuplicateRound(flight)
        guard duplicateRound == nil else { return }
        duplicateRound = flight.endIndex
        multiplier = Swift.min(multiplier &+ 1, 1 << 20)
        persistence = Self.recoveriesMax
    }

    /// Takes to be lost what must be by now (6.2, steps 4 and 5): after each acknowledgement, and at
    /// ``deadline``.
    ///
    /// - Parameter body: is told of each packet, as it was before.
    /// - Returns: how many that were.
    @discardableResult
    public mutating func findLosses(
        in flight: inout Flight,
        roundTrip estimator: borrowing RoundTripEstimator,
        at now: MonotonicInstant,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> Int {
        forward = newForward
        if newRoundTrip < .max {
            roundTrip = newRoundTrip
            newRoundTrip = .max
        }
        endDuplicateRound(flight)
        if let end = recoveryEnd, flight.startIndex >= end { endRecovery() }
        deadline = nil
        var count = 0
        while let packet = flight.oldestOutstanding {
            guard packet.isSent(before: (sentAt, index, self.packet)) else { break }
            let window = reorderingWindow(of: flight, by: estimator)
            let due = packet.sentAt.nanoseconds.addingSaturated(roundTrip).addingSaturated(window)
            guard due <= now.nanoseconds else {
                deadline = MonotonicInstant(nanoseconds: due)
                break
            }
            flight.lose(packet.index)
            body(packet)
            count &+= 1
        }
        if count > 0, recoveryEnd == nil { recoveryEnd = flight.endIndex }
        return count
    }

    /// The retransmission timer expired (6.3): the oldest packet is lost, and of the others those that were
    /// sent a round trip and the reordering window ago.
    @discardableResult
    public mutating func timedOut(
        in flight: inout Flight,
        roundTrip estimator: borrowing RoundTripEstimator,
        at now: MonotonicInstant,
        _ body: (SentPacket) -> Void = { _ in }
    ) -> Int {
        var count = flight.loseOldest(body)
        let window = reorderingWindow(of: flight, by: estimator)
        while let packet = flight.oldestOutstanding {
            let due = packet.sentAt.nanoseconds.addingSaturated(roundTrip).addingSaturated(window)
            guard due <= now.nanoseconds else { break }
            flight.lose(packet.index)
            body(packet)
            count &+= 1
        }
        recoveryEnd = flight.endIndex
        deadline = nil
        return count
    }

    /// RACK_update_reo_wnd in nanoseconds.
    private func reorderingWindow(
        of flight: borrowing Flight,
        by estimator: borrowing RoundTripEstimator
    ) -> Int64 {
        if !hasSeenReordering, recoveryEnd != nil || flight.deliveredPackets >= Self.reportsMax { return 0 }
        let quarter = (estimator.minimumNanoseconds ?? 0) / 4
        let (grown, overflow) = quarter.multipliedReportingOverflow(by: multiplier)
        return Swift.min(overflow ? .max : grown, estimator.smoothedNanoseconds)
    }

    /// After a clock was set back, packets that are sent from then on would look older than those delivered before.
    private mutating func forgetFuture(at now: MonotonicInstant) {
        if sentAt > now.nanoseconds { sentAt = .min }
    }

    private mutating func endDuplicateRound(_ flight: borrowing Flight) {
        if let round = duplicateRound, flight.startIndex >= round { duplicateRound = nil }
    }

    private mutating func endRecovery() {
        recoveryEnd = nil
        persistence &-= 1
        guard persistence <= 0 else { return }
        persistence = Self.recoveriesMax
        multiplier = 1
    }
}
