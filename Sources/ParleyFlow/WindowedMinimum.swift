internal import ParleyTypes

/// The least of the values of the last five minutes, in constant memory: Kathleen Nichols' filter, which keeps the
/// best value, the best since then and the best since that.
struct WindowedMinimum: Sendable, Hashable {
    private struct Sample: Sendable, Hashable {
        /// `max` for none.
        var value: Int64 = .max
        var time: Int64 = 0
    }

    private var first = Sample()
    private var second = Sample()
    private var third = Sample()
    /// Until then a value that is greater than all three changes nothing.
    private var quietUntil: Int64 = .min

    /// In nanoseconds.
    static var window: Int64 { 300_000_000_000 }

    /// The least value; nil before the first.
    var value: Int64? { first.value == .max ? nil : first.value }

    @inline(__always)
    mutating func add(_ value: Int64, at now: Int64) {
        if value > third.value, now <= quietUntil, now >= third.time { return }
        change(value, at: now)
    }

    @inline(never)
    private mutating func change(_ value: Int64, at now: Int64) {
        defer { quietUntil = first.time.addingSaturated(patience) }
        let sample = Sample(value: value, time: now)
        // A new least one, nothing recent left, or a clock that was set back.
        if value <= first.value || now.elapsed(since: third.time) > Self.window || now < third.time {
            first = sample
            second = sample
            third = sample
            return
        }
        if value <= second.value {
            second = sample
            third = sample
        } else if value <= third.value {
            third = sample
        }
        let age = now.elapsed(since: first.time)
        if age > Self.window {
            first = second
            second = third
            third = sample
            if now.elapsed(since: first.time) > Self.window {
                first = second
                second = third
            }
        } else if second.time == first.time, age > Self.window / 4 {
            second = sample
            third = sample
        } else if third.time == second.time, age > Self.window / 2 {
            third = sample
        }
    }

    /// How old the best one may be before another step is taken.
    private var patience: Int64 {
        if second.time == first.time { return Self.window / 4 }
        return third.time == second.time ? Self.window / 2 : Self.window
    }
}
