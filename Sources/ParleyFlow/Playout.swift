internal import ParleyTypes

/// When a ``JitterBuffer`` plays: what is added to a stamp, and how it follows the delays.
@usableFromInline
struct Playout: Sendable {
    @usableFromInline
    enum Verdict: Sendable, Hashable {
        case inTime, late
        /// Another clock, or another path: what was known means nothing, and this one is in time.
        case restart
    }

    @usableFromInline private(set) var restarts: UInt64 = 0
    private var delays = DelayWindow()
    private let kind: Kind
    /// What is added to a stamp; nil before the first.
    private var offset: Int64?
    private var lastTime: Int64 = 0
    private var startTime: Int64 = 0
    /// The delay that the percentile wants, and when it was asked for.
    private var wanted: Int64 = 0
    private var askedAt: Int64 = 0
    /// Since when all were late.
    private var lateSince: Int64?

    private enum Kind: Sendable {
        case fixed(Int64)
        case adaptive(percentile: Int, most: Int64)
    }

    /// A delay that differs by more is another clock.
    private static let jump = 2 * second
    private static let lateMax = second
    /// The percentile is asked for so often at most, ten times as often when something is late.
    private static let askedEvery = second / 10
    /// At first, for a second: nothing is known yet.
    private static let first: Int64 = 40_000_000
    /// Less is no reason to move: what plays stays at its distances.
    private static let step = DelayWindow.stepNanoseconds
    private static let fixedMax = Duration.seconds(10)
    private static let adaptiveMax = Duration.milliseconds(500)

    @usableFromInline
    init(_ delay: PlayoutDelay) throws(FlowError) {
        switch delay {
        case .fixed(let time):
            kind = .fixed(try FlowError.Setting.playoutDelay.checked(time, in: .zero...Self.fixedMax))
        case .adaptive(let percentile, let most):
            kind = .adaptive(
                percentile: try FlowError.Setting.percentile.checked(percentile, in: 1...100),
                most: try FlowError.Setting.playoutDelay.checked(most, in: .zero...Self.adaptiveMax)
            )
        }
    }

    @usableFromInline
    func dueTime(of stamp: Int64) -> Int64 { stamp.addingSaturated(offset ?? 0) }

    @usableFromInline
    var currentDelay: Duration {
        guard let offset, let least = delays.leastNanoseconds else { return .zero }
        return .nanoseconds(Swift.max(0, offset.subtractingSaturated(least)))
    }

    @usableFromInline
    mutating func receive(stamp: Int64, at now: Int64) -> Verdict {
        let delay = now.subtractingSaturated(stamp)
        guard let least = delays.leastNanoseconds, offset != nil else {
            begin(delay, at: now)
            return .inTime
        }
        let difference = delay.subtractingSaturated(least)
        guard difference > -Self.jump, difference < Self.jump else { return restart(delay, at: now) }
        delays.add(delay, at: now)
        var isLate = dueTime(of: stamp) < now
        follow(at: now, isUrgent: isLate)
        isLate = dueTime(of: stamp) < now
        guard isLate else {
            lateSince = nil
            return .inTime
        }
        let since = lateSince ?? now
        lateSince = since
        if now.elapsed(since: since) >= Self.lateMax { return restart(delay, at: now) }
        return .late
    }

    private mutating func restart(_ delay: Int64, at now: Int64) -> Verdict {
        restarts &+= 1
        delays.reset()
        begin(delay, at: now)
        return .restart
    }

    private mutating func begin(_ delay: Int64, at now: Int64) {
        delays.add(delay, at: now)
        startTime = now
        lastTime = now
        askedAt = now
        wanted = 0
        lateSince = nil
        offset = delay.addingSaturated(currentlyWanted(at: now))
    }

    private func currentlyWanted(at now: Int64) -> Int64 {
        switch kind {
        case .fixed(let time): return time
        case .adaptive(_, let most):
            let isYoung = now.elapsed(since: startTime) < second
            return Swift.min(most, isYoung ? Swift.max(wanted, Self.first) : wanted)
        }
    }

    /// Grows at once, shrinks by at most an eighth of the time that has passed.
    private mutating func follow(at now: Int64, isUrgent: Bool) {
        if case .adaptive(let percentile, _) = kind,
            now.elapsed(since: askedAt) >= (isUrgent ? Self.askedEvery / 10 : Self.askedEvery)
                || now < askedAt
        {
            wanted = delays.variationNanoseconds(percentile: percentile)
            askedAt = now
        }
        let elapsed = now.elapsed(since: lastTime)
        lastTime = now
        guard let least = delays.leastNanoseconds, let current = offset else { return }
        let target = least.addingSaturated(currentlyWanted(at: now))
        guard target.subtractingSaturated(current).magnitude > Self.step else { return }
        offset =
            target >= current
            ? target : current &- Swift.min(current.subtractingSaturated(target), elapsed / 8)
    }
}
