/// How a receiver counts (Benchmarks/c/rate.h): from the first message on, up to the last of its looks at the
/// clock after which messages still came.
public struct RateCount {
    public private(set) var count = 0
    private let seconds: Double
    private let began = secondsNow()
    private var first = 0.0
    private var last = (time: 0.0, count: 0)
    private var beforeLast = (time: 0.0, count: 0)

    public init(seconds: Double) {
        self.seconds = seconds
    }

    public mutating func add(_ step: Int) {
        if count == 0, step > 0 {
            first = secondsNow()
            last = (first, 0)
            beforeLast = last
        }
        count += step
    }

    /// Asked every 50 ms: whether the time is over, or no more come.
    public mutating func isOver() -> Bool {
        let now = secondsNow()
        if count != last.count {
            beforeLast = last
            last = (now, count)
        }
        if count == 0 { return now - began > seconds + 10 }
        return now - first >= seconds || now - last.time > 0.5
    }

    public var perSecond: Double {
        beforeLast.time > first ? Double(beforeLast.count) / (beforeLast.time - first) : 0
    }
}
