public import ParleyTypes

/// The one-way delays of the last while, in constant memory: their least, and their percentiles above it.
///
/// Delays are differences of two clocks that need not agree: only how much they differ from each other means
/// anything. Ten slices of time are kept, each with its least delay and a histogram in steps of 4 ms up to
/// 508 ms; a slice is forgotten as a whole.
///
/// ```swift
/// delays.add(sentAt: stamp, at: now)
/// delays.variation(percentile: 95)        // 95 of 100 came so much later than the fastest, or less
/// ```
public struct DelayWindow: Sendable {
    private struct Slice: Sendable {
        /// Which slice of time it is; `min` for none.
        var number: Int64 = .min
        /// The least delay.
        var least: Int64 = .max
        /// Where its histogram begins.
        var start: Int64 = 0
        var count = 0
        /// The last bucket of its histogram that holds something.
        var last = 0

        /// - Parameter delay: none before `start`, if the slice holds something.
        /// - Returns: its bucket.
        mutating func add(_ delay: Int64) -> Int {
            if count == 0 { start = delay }
            let bucket = Int(Swift.min((delay &- start) / stepNanoseconds, Int64(bucketsMax - 1)))
            count &+= 1
            last = Swift.max(last, bucket)
            least = Swift.min(least, delay)
            return bucket
        }
    }

    /// How long a delay is remembered, to a tenth.
    public let window: Duration
    private let sliceLength: Int64
    private var slices = Slices(repeating: Slice())
    /// Of all slices, one after the other.
    private var counts = [UInt32](repeating: 0, count: slicesMax * bucketsMax)
    private var current = 0
    /// When the current slice began; `max` for none.
    private var currentStart: Int64 = .max
    private var lowest: Int64 = .max

    private typealias Slices = InlineArray<10, Slice>
    private static let slicesMax = Slices.count
    private typealias Histogram = InlineArray<128, Int>
    private static let bucketsMax = Histogram.count
    /// The histogram's step.
    public static let step: Duration = .milliseconds(4)
    static let stepNanoseconds: Int64 = 4_000_000

    /// - Parameter window: 100 ms to an hour, else the nearer of them.
    public init(window: Duration = .seconds(10)) {
        self.window = Swift.min(Swift.max(window, .milliseconds(100)), .seconds(3600))
        sliceLength = Swift.max(1, self.window.clampedNanoseconds / Int64(Self.slicesMax))
    }

    /// A packet came that was sent at a time of the sender's clock.
    public mutating func add(sentAt: MonotonicInstant, at now: MonotonicInstant) {
        add(now.nanoseconds.subtractingSaturated(sentAt.nanoseconds), at: now.nanoseconds)
    }

    /// Forgets all.
    public mutating func reset() {
        for place in slices.indices { slices[place] = Slice() }
        lowest = .max
        currentStart = .max
    }

    mutating func add(_ delay: Int64, at now: Int64) {
        // A quarter of all numbers: differences of two delays, and what they are rounded to, are numbers, too.
        let delay = Swift.min(Swift.max(delay, -(1 << 61)), 1 << 61)
        if now < currentStart || now.subtractingSaturated(currentStart) >= sliceLength { turn(to: now) }
        if slices[current].count > 0, delay < slices[current].start { lower(to: delay) }
        let bucket = current * Self.bucketsMax + slices[current].add(delay)
        if counts[bucket] < .max { counts[bucket] &+= 1 }
        lowest = Swift.min(lowest, delay)
    }

    /// The least delay, by two clocks; nil without any.
    var leastNanoseconds: Int64? { lowest == .max ? nil : lowest }

    /// How much later than the fastest packet so many of a hundred came at most, rounded up to steps of
    /// 4 ms and at most 512 ms; 0 without any.
    ///
    /// - Parameter percentile: 0 to 100, else the nearer of them. Costs a tenth of a microsecond to one, the more the
    ///   delays differ.
    public mutating func variation(percentile: Int) -> Duration {
        .nanoseconds(variationNanoseconds(percentile: percentile))
    }

    mutating func variationNanoseconds(percentile: Int) -> Int64 {
        guard lowest < .max else { return 0 }
        var total = 0
        // All beyond it is zero.
        var last = 0
        for place in slices.indices where slices[place].count > 0 {
            total = total.addingSaturated(slices[place].count)
            last = Swift.max(last, shift(of: place) + slices[place].last)
        }
        last = Swift.min(last, Self.bucketsMax - 1)
        var sum = Histogram(repeating: 0)
        for place in slices.indices where slices[place].count > 0 {
            let shift = shift(of: place)
            let base = place * Self.bucketsMax
            for bucket in 0...slices[place].last {
                sum[Swift.min(bucket + shift, last)] &+= Int(counts[base + bucket])
            }
        }
        let percent = Swift.min(Swift.max(percentile, 0), 100)
        // Rounded up, and one at least: 95 of 100 of ten are ten.
        let wanted = Swift.max(1, total &- total.scaled(by: 100 &- percent, over: 100))
        var seen = 0
        for bucket in 0...last {
            seen = seen.addingSaturated(sum[bucket])
            // All of them in the first step are no variation: it is the clock's grain.
            if seen >= wanted { return bucket == 0 ? 0 : Int64(bucket + 1) * Self.stepNanoseconds }
        }
        return Int64(Self.bucketsMax) * Self.stepNanoseconds
    }

    /// How many steps later than the least delay of all a slice's histogram begins, rounded up.
    private func shift(of place: Int) -> Int {
        let offset = Swift.max(0, slices[place].start &- lowest &+ Self.stepNanoseconds &- 1)
        return Int(Swift.min(offset / Self.stepNanoseconds, Int64(Self.bucketsMax - 1)))
    }

    /// Goes on to the slice of a time.
    private mutating func turn(to now: Int64) {
        let number = now / sliceLength
        let last = slices[current].number
        if number == last { return }
        if last != .min, number < last, number > last - Int64(Self.slicesMax) { return }
        currentStart = number < 0 ? now : number &* sliceLength
        current = Int(((number % Int64(Self.slicesMax)) + Int64(Self.slicesMax)) % Int64(Self.slicesMax))
        slices[current] = Slice(number: number)
        for bucket in current * Self.bucketsMax..<(current + 1) * Self.bucketsMax { counts[bucket] = 0 }
        lowest = .max
        for place in slices.indices where slices[place].number != .min {
            let age = number.subtractingSaturated(slices[place].number)
            if age < 0 || age >= Int64(Self.slicesMax) {
                slices[place] = Slice()
            } else {
                lowest = Swift.min(lowest, slices[place].least)
            }
        }
        // A slice that was emptied by age has counts of its own still.
        for place in slices.indices where slices[place].number == .min {
            for bucket in place * Self.bucketsMax..<(place + 1) * Self.bucketsMax { counts[bucket] = 0 }
        }
    }

    /// Moves the histogram of the current slice by whole steps, so that it begins at a smaller delay.
    private mutating func lower(to delay: Int64) {
        let steps = (slices[current].start &- delay &+ Self.stepNanoseconds &- 1) / Self.stepNanoseconds
        let shift = Int(Swift.min(steps, Int64(Self.bucketsMax)))
        let base = current * Self.bucketsMax
        var bucket = Self.bucketsMax
        while bucket > 0 {
            bucket -= 1
            let count = counts[base + bucket]
            guard count > 0 else { continue }
            counts[base + bucket] = 0
            let target = base + Swift.min(bucket + shift, Self.bucketsMax - 1)
            counts[target] =
                counts[target].addingReportingOverflow(count).overflow ? .max : counts[target] + count
        }
        slices[current].start &-= steps &* Self.stepNanoseconds
        slices[current].last = Swift.min(slices[current].last + shift, Self.bucketsMax - 1)
    }
}
