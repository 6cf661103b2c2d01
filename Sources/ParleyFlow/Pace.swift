public import ParleyTypes

/// A steady rate for somebody who sleeps between packets and wakes late.
///
/// A ``TokenBucket`` loses whatever does not fit into its burst while its sender oversleeps. A pace knows
/// oversleep from idleness: who was refused and comes later than it was due is owed the difference. As much
/// as a train of packets (``train``) is there at once, so that a clock that wakes a little late each time
/// costs nothing; the rest is credit (at most 250 ms of rate), and is paid back slowly, as a pace of 1.25
/// times the rate. Who was not refused had nothing to send: idleness counts up to the burst and no further,
/// and ends the credit.
///
/// So in any time t no more than ``train`` + 1.25 · rate · t leaves, and a way that carries 1.25 times the
/// rate and queues a train loses nothing after a stall.
///
/// ```swift
/// var pace = try Pace(rate: 1_250_000, packetBytes: 1250)        // bytes: 10 Mbit/s
/// while try pace.take(packet.count, at: now) { transmit(packet) }
/// sleep(until: try pace.dueTime(for: packet.count, at: now))
/// ```
///
/// Integers, and time as an argument; what a ``TokenBucket`` does about clocks a pace does too.
public struct Pace: Sendable, Hashable {
    /// Tokens a second, above 0: bytes, if packets are measured in bytes.
    public private(set) var rate: Int
    /// The most that leaves at once.
    public private(set) var burst: Int
    /// The most that leaves at once of one who wakes late: the burst, if somebody asked for one, and nine
    /// packets otherwise.
    public var train: Int { askedBurst ?? max(burst, Self.packets(packetBytes)) }
    /// The largest packet, which always fits into the burst.
    public private(set) var packetBytes: Int
    /// Tokens that are owed for oversleep.
    public private(set) var credit = 0

    private let askedBurst: Int?
    private var tokens: Int
    private var fraction: UInt64 = 0
    /// Quarters of a token of credit that are to be paid.
    private var quarters = 0
    private var clock = FillingClock()
    /// The last one who asked was refused.
    private var isAwaited = false

    /// The credit is never more than this much of the rate.
    public static let creditMax: Duration = .milliseconds(250)
    /// A burst that nobody has asked for has fewer than ten packets.
    public static let defaultBurstPackets = 9

    /// - Parameters:
    ///   - rate: tokens a second, at least 1.
    ///   - packetBytes: the size of the largest packet, in tokens; 1 where packets are counted.
    ///   - burst: the most that leaves at once, at least a packet; nil for 1 ms of rate, at least one packet
    ///     and at most nine. Who wants larger trains asks for them.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(rate: Int, packetBytes: Int, burst: Int? = nil) throws(FlowError) {
        self.rate = try FlowError.Setting.rate.checked(rate, in: 1...Int.max)
        self.packetBytes = try FlowError.Setting.packetBytes.checked(packetBytes, in: 1...Int.max)
        if let burst { _ = try FlowError.Setting.burst.checked(burst, in: packetBytes...Int.max) }
        askedBurst = burst
        self.burst = burst ?? Self.defaultBurst(rate: rate, packetBytes: packetBytes)
        tokens = self.burst
    }

    /// Takes tokens if they are there: all of them or none. Who is refused waits from now on, and is owed
    /// what comes too late.
    ///
    /// - Throws: ``FlowError/moreThanBurst(asked:burst:)``, because so many are never there;
    ///   ``FlowError/outOfRange(_:_:allowed:)`` for fewer than none.
    public mutating func take(_ count: Int, at now: MonotonicInstant) throws(FlowError) -> Bool {
        if UInt(bitPattern: count) > UInt(bitPattern: burst) { throw refusal(of: count) }
        refill(at: now.nanoseconds)
        isAwaited = count > tokens
        guard !isAwaited else { return false }
        tokens &-= count
        return true
    }

    /// Takes more tokens than the burst holds, for what cannot be cut: as soon as the burst is there, and what it is
    /// short of comes before anything else is taken. No more than the burst is taken as by ``take(_:at:)``.
    ///
    /// - Parameter count: below 0 counts as none.
    /// - Returns: whether they were taken. When to ask again says ``dueTime(for:at:)`` of the burst.
    public mutating func take(owing count: Int, at now: MonotonicInstant) -> Bool {
        refill(at: now.nanoseconds)
        isAwaited = min(count, burst) > tokens
        guard !isAwaited else { return false }
        // A debt that no clock will see paid is as good as any.
        tokens = max(-Int.max / 2, tokens &- min(max(0, count), Int.max / 2))
        return true
    }

    /// Something has left whose time was not this pace's, such as a repeat: so much less leaves afterwards. At most
    /// 250 ms of the rate are owed when it ends; while as much as the rate leaves in this way, nothing else does.
    ///
    /// - Parameter count: below 0 counts as none.
    public mutating func charge(_ count: Int, at now: MonotonicInstant) {
        refill(at: now.nanoseconds)
        tokens = max(min(tokens, -creditMax), tokens &- min(max(0, count), Int.max / 2))
    }

    /// Whoever was refused does not come: no oversleep is owed from now on.
    public mutating func stopWaiting(at now: MonotonicInstant) {
        refill(at: now.nanoseconds)
        isAwaited = false
    }

    /// Goes on with a larger packet, and with a burst that holds it, unless somebody asked for another burst. Tokens
    /// come at the rate, as before: none is there at once.
    public mutating func raisePacket(to bytes: Int, at now: MonotonicInstant) {
        guard bytes > packetBytes, askedBurst == nil else { return }
        refill(at: now.nanoseconds)
        packetBytes = bytes
        burst = Self.defaultBurst(rate: rate, packetBytes: bytes)
    }

    /// How much may leave now, at most the burst. Asking does not wait: to be owed, be refused by
    /// ``take(_:at:)``.
    public func tokens(at now: MonotonicInstant) -> Int {
        var filled = self
        filled.refill(at: now.nanoseconds)
        return max(0, filled.tokens)
    }

    /// When so many tokens are there, if none is taken before: `now` if they are there already.
    ///
    /// - Throws: as ``take(_:at:)``.
    public func dueTime(for count: Int, at now: MonotonicInstant) throws(FlowError) -> MonotonicInstant {
        if UInt(bitPattern: count) > UInt(bitPattern: burst) { throw refusal(of: count) }
        var filled = self
        filled.refill(at: now.nanoseconds)
        return filled.due(for: count, at: now.nanoseconds)
    }

    /// Goes on at another rate; a burst that nobody asked for follows it. Of what is owed as much stays as 250 ms of
    /// the new rate, or a train.
    ///
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``; then nothing has changed.
    public mutating func setRate(_ rate: Int, at now: MonotonicInstant) throws(FlowError) {
        let rate = try FlowError.Setting.rate.checked(rate, in: 1...Int.max)
        change(rate: rate, at: now.nanoseconds)
    }

    mutating func change(rate: Int, at now: Int64) {
        refill(at: now)
        guard rate != self.rate else { return }
        self.rate = rate
        burst = askedBurst ?? Self.defaultBurst(rate: rate, packetBytes: packetBytes)
        credit = min(credit, creditMax)
        // Nor is more owed at another rate than somebody who waits can see paid.
        tokens = max(tokens, -max(creditMax, train))
        // What is more than the burst was brought by oversleep, and goes by itself.
        if tokens >= train {
            tokens = train
            fraction = 0
        }
    }

    /// Takes what is there, up to so many.
    mutating func takeAtMost(_ count: Int, at now: Int64) {
        refill(at: now)
        isAwaited = false
        tokens &-= min(max(0, tokens), max(0, count))
    }

    /// Refuses, if so many or a burst are not there.
    ///
    /// - Returns: when they are.
    mutating func wait(for count: Int, at now: Int64) -> MonotonicInstant {
        let count = min(max(0, count), burst)
        refill(at: now)
        isAwaited = count > tokens
        return due(for: count, at: now)
    }

    /// When so many tokens are there, after ``refill(at:)``.
    private func due(for count: Int, at now: Int64) -> MonotonicInstant {
        let (difference, isVast) = count.subtractingReportingOverflow(tokens)
        let missing = isVast ? .max : difference
        guard missing > 0 else { return MonotonicInstant(nanoseconds: now) }
        // Of five tokens that come while there is credit, the rate brings four.
        let paid = min(credit, missing / 5)
        let wait = Filling.time(for: missing &- paid, fraction: fraction, rate: rate)
        return MonotonicInstant(nanoseconds: max(clock.time, now).addingSaturated(wait))
    }

    private mutating func refill(at now: Int64) {
        let time = clock.advance(to: now, rate: rate, burst: burst)
        guard time > 0 else { return }
        if tokens >= burst, !isAwaited {
            // What a train has left goes as it would have come.
            let unused = tokens > burst ? Filling.gain(over: time, fraction: &fraction, rate: rate) : 0
            tokens = max(burst, tokens &- unused)
            fraction = 0
            credit = 0
            return
        }
        let gain = Filling.gain(over: time, fraction: &fraction, rate: rate)
        var paid = 0
        if credit > 0 {
            let (sum, overflow) = gain.addingReportingOverflow(quarters)
            paid = min(credit, overflow ? .max : sum / 4)
            quarters = overflow ? 0 : sum % 4
            credit &-= paid
        }
        let depth = isAwaited ? train : burst
        let (missing, isVast) = depth.subtractingReportingOverflow(tokens)
        let room = isVast ? .max : max(0, missing)
        let total = gain.addingSaturated(paid)
        guard total >= room else {
            tokens &+= total
            return
        }
        tokens = max(tokens, depth)
        let excess = total &- room
        if isAwaited {
            credit = min(creditMax, credit.addingSaturated(excess))
        } else if excess > 0 {
            credit = 0
        }
        fraction = 0
    }

    private var creditMax: Int { rate / 4 }

    private static func defaultBurst(rate: Int, packetBytes: Int) -> Int {
        max(packetBytes, min(rate / 1000, packets(packetBytes)))
    }

    /// The bytes of the packets that leave at once.
    private static func packets(_ packetBytes: Int) -> Int {
        let (bytes, overflow) = packetBytes.multipliedReportingOverflow(by: defaultBurstPackets)
        return overflow ? .max : bytes
    }

    @inline(never)
    private func refusal(of count: Int) -> FlowError {
        count < 0
            ? .outOfRange(.amount, count, allowed: 0...burst) : .moreThanBurst(asked: count, burst: burst)
    }
}
