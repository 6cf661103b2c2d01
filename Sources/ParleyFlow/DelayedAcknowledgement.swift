public import ParleyTypes

/// When a receiver acknowledges: with the next packet that goes back anyway, after so many packets, after so
/// much time, or at once where the sender must know (RFC 5681, section 4.2; RFC 9260, section 6.2).
///
/// ```swift
/// acknowledgement.received(.inOrder, at: now)             // for each packet of a burst
/// if acknowledgement.isDue(at: now) { transmit(report) }  // once, after the burst
/// acknowledgement.acknowledged()                          // one left, alone or on a packet of data
/// ```
///
/// Asked once a burst it acknowledges a burst once, as many packets as it may have had.
public struct DelayedAcknowledgement: Sendable, Hashable {
    /// What a packet was to its receiver.
    public enum Arrival: Sendable, Hashable {
        /// The one that was expected, and no other is missing.
        case inOrder
        /// One before it is missing, or still another one is: the sender needs every report to find it.
        case gap
        /// It was missing: the sender may go on.
        case gapFilled
        /// It came before: an acknowledgement was lost, or the sender repeats without need.
        case duplicate
        /// The sender asks for an acknowledgement (SCTP's I bit).
        case requested
        /// It marks congestion, newly or no more (ECN), which the sender should hear at once.
        case markChanged
    }

    /// An acknowledgement is due after so many packets.
    public let packetsMax: Int
    /// And so long after the first one that is not acknowledged.
    public let delayMax: Duration
    /// When ``isDue(at:)`` becomes true by itself; nil while nothing is to be acknowledged. In the past when
    /// it is due at once.
    public private(set) var deadline: MonotonicInstant?
    private var packets = 0
    private var start: Int64 = 0
    private let delay: Int64

    /// - Parameters:
    ///   - packetsMax: at least 1; the RFCs say 2.
    ///   - delayMax: 0 to 500 ms, the RFCs' limit. The default is Linux's.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)`` or ``FlowError/timeOutOfRange(_:_:allowed:)``.
    public init(packetsMax: Int = 2, delayMax: Duration = .milliseconds(40)) throws(FlowError) {
        self.packetsMax = try FlowError.Setting.acknowledgedCount.checked(packetsMax, in: 1...Int.max)
        let range = Duration.zero ... .milliseconds(500)
        delay = try FlowError.Setting.acknowledgementDelay.checked(delayMax, in: range)
        self.delayMax = delayMax
    }

    /// A packet came that wants to be acknowledged.
    public mutating func received(_ arrival: Arrival, at now: MonotonicInstant) {
        packets = packets.addingSaturated(1)
        guard arrival == .inOrder, packets < packetsMax else {
            deadline = MonotonicInstant(nanoseconds: .min)
            return
        }
        guard deadline == nil else { return }
        start = now.nanoseconds
        deadline = MonotonicInstant(nanoseconds: start.addingSaturated(delay))
    }

    /// Whether an acknowledgement must leave now. A clock before the first packet's time was set back: then
    /// it must, too.
    public func isDue(at now: MonotonicInstant) -> Bool {
        guard let deadline else { return false }
        return now >= deadline || now.nanoseconds < start
    }

    /// Whether there is something to acknowledge: take it along with whatever goes back.
    public var isPending: Bool { deadline != nil }

    /// An acknowledgement of all that came has left, for whatever reason.
    public mutating func acknowledged() {
        packets = 0
        deadline = nil
    }
}
