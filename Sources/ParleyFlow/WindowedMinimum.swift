internal import ParleyTypes

/// The least of the values of the last while, in constant memory: Kathleen Nichols' filter, which keeps the
/// best value, the best since then and the best since that.
///
/// For a maximum, give it the values below zero.
struct WindowedMinimum: Sendable, Hashable {
    private struct Sample: Sendable, Hashable {
        var value: Int64
        var time: Int64
    }

    private let window: Int64
    private var isEmpty = true
    private var first = Sample(value: 0, time: 0)
    private var second = Sample(value: 0, time: 0)
    private var third = Sample(value: 0, time: 0)
    /// Until then a value that is greater than all three changes nothing.
    private var quietUntil: Int64 = .min

    init(window: Int64) {
        self.window = window
    }

    /// The least value; nil before the first.
    var value: Int64? { isEmpty ? nil : first.value }

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
        if isEmpty || value <= first.value || now.elapsed(since: third.time) > window || now < third.time {
            first = sample
            second = sample
            third = sample
            isEmpty = false
            return
        }
        if value <= second.value {
            second = sample
            third = sample
        } else if value <= third.value {
            third = sample
        }
        let age = now.elapsed(since: first.time)
        if age > window {
            first = second
            second = third
            third = sample
            if now.elapsed(since: first.time) > window {
                first = second
                second = third
            }
        } else if second.time == first.time, age > window / 4 {
            second = sample
            third = sample
        } else if third.time == second.time, age > window / 2 {
            third = sample
        }
    }

    /// How old the best one may be before another step is taken.
    private var patience: Int64 {
        if second.time == first.time { return window / 4 }
        return third.time == second.time ? window / 2 : window
    }
}
