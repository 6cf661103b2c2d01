public import ParleyTypes

/// A rate that nobody corrects (open loop), with a burst: what has not been used is kept, up to the burst.
///
/// A token is whatever is counted: a byte, a bit, a message. At every moment the bucket holds
/// min(burst, tokens + rate · Δt), in integers: what is left of rate · Δt is kept to the billionth of a
/// token, so that slow rates fill as well and a long run is exact. In any time t no more than
/// burst + rate · t tokens are taken.
///
/// ```swift
/// var bucket = try TokenBucket(rate: 125_000, burst: 15_000)     // bytes: 1 Mbit/s, ten packets at once
/// if try bucket.take(1500, at: now) {
///     transmit()
/// } else {
///     wake(at: try bucket.dueTime(for: 1500, at: now))
/// }
/// ```
///
/// Time is an argument. A time before the last one counts as the last one, unless it is further back than
/// the bucket takes to fill: then the clock was set, and the bucket goes on from there, with no token for
/// the step. An empty bucket does not count time before its first call.
public struct TokenBucket: Sendable, Hashable {
    /// Tokens a second, above 0.
    public private(set) var rate: Int
    /// The most tokens that the bucket holds, above 0.
    public private(set) var burst: Int
    private var tokens: Int
    /// Billionths of a token beside ``tokens``; 0 when the bucket is full.
    private var fraction: UInt64 = 0
    private var clock = FillingClock()

    /// - Parameters:
    ///   - rate: tokens a second, at least 1.
    ///   - burst: the most tokens that are kept, at least 1.
    ///   - isFull: whether it begins with its burst or with nothing.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``.
    public init(rate: Int, burst: Int, isFull: Bool = true) throws(FlowError) {
        self.rate = try FlowError.Setting.rate.checked(rate, in: 1...Int.max)
        self.burst = try FlowError.Setting.burst.checked(burst, in: 1...Int.max)
        tokens = isFull ? burst : 0
    }

    /// Takes tokens if they are there: all of them or none.
    ///
    /// - Returns: whether they were taken.
    /// - Throws: ``FlowError/moreThanBurst(asked:burst:)``, because so many are never there;
    ///   ``FlowError/outOfRange(_:_:allowed:)`` for fewer than none.
    public mutating func take(_ count: Int, at now: MonotonicInstant) throws(FlowError) -> Bool {
        if UInt(bitPattern: count) > UInt(bitPattern: burst) { throw refusal(of: count) }
        refill(at: now.nanoseconds)
        guard count <= tokens else { return false }
        tokens &-= count
        return true
    }

    /// When so many tokens are there, if none is taken before: `now` if they are there already, and
    /// ``MonotonicInstant/distantFuture`` if that is later than any clock.
    ///
    /// - Throws: as ``take(_:at:)``.
    public func dueTime(for count: Int, at now: MonotonicInstant) throws(FlowError) -> MonotonicInstant {
        if UInt(bitPattern: count) > UInt(bitPattern: burst) { throw refusal(of: count) }
        var filled = self
        filled.refill(at: now.nanoseconds)
        guard count > filled.tokens else { return now }
        let start = max(filled.clock.time, now.nanoseconds)
        let wait = Filling.time(for: count &- filled.tokens, fraction: filled.fraction, rate: rate)
        return MonotonicInstant(nanoseconds: start.addingSaturated(wait))
    }

    /// How many tokens are there.
    public func tokens(at now: MonotonicInstant) -> Int {
        var filled = self
        filled.refill(at: now.nanoseconds)
        return filled.tokens
    }

    /// Goes on at another rate, with another burst if one is named. What was filled until `now` was filled at
    /// the old rate; what is more than the new burst is gone.
    ///
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``; then nothing has changed.
    public mutating func setRate(
        _ rate: Int,
        burst: Int? = nil,
        at now: MonotonicInstant
    ) throws(FlowError) {
        let rate = try FlowError.Setting.rate.checked(rate, in: 1...Int.max)
        let burst = try FlowError.Setting.burst.checked(burst ?? self.burst, in: 1...Int.max)
        refill(at: now.nanoseconds)
        self.rate = rate
        self.burst = burst
        if tokens >= burst {
            tokens = burst
            fraction = 0
        }
    }

    private mutating func refill(at now: Int64) {
        let time = clock.advance(to: now, rate: rate, burst: burst)
        guard time > 0, tokens < burst else { return }
        let gain = Filling.gain(over: time, fraction: &fraction, rate: rate)
        if gain >= burst &- tokens {
            tokens = burst
            fraction = 0
        } else {
            tokens &+= gain
        }
    }

    @inline(never)
    private func refusal(of count: Int) -> FlowError {
        count < 0
            ? .outOfRange(.amount, count, allowed: 0...burst) : .moreThanBurst(asked: count, burst: burst)
    }
}
