internal import ParleyTypes

/// The time that something was told last which fills at a rate.
struct FillingClock: Sendable, Hashable {
    /// `min` before the first.
    private(set) var time: Int64 = .min

    /// How long it has filled since it was told a time: 0 at the first one, and for one that is not later.
    ///
    /// A time that lies further back than an empty bucket takes to fill is a clock that was set, and no two readings
    /// that came in another order: it goes on from there.
    @inline(__always)
    mutating func advance(to now: Int64, rate: Int, burst: Int) -> Int64 {
        let last = time
        guard now > last else {
            if now < last, isSet(to: now, rate: rate, burst: burst) { time = now }
            return 0
        }
        time = now
        return last == .min ? 0 : now.elapsed(since: last)
    }

    @inline(never)
    private func isSet(to now: Int64, rate: Int, burst: Int) -> Bool {
        time.elapsed(since: now) > Filling.time(for: burst, fraction: 0, rate: rate)
    }
}
