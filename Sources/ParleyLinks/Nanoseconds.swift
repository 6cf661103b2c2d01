internal import ParleyTypes

extension Int64 {
    /// Whole nanoseconds of a number of them, held to 0...`max`.
    init(nanoseconds: Double) {
        self = nanoseconds > 0 ? (nanoseconds < 0x1p63 ? Int64(nanoseconds) : .max) : 0
    }

    /// The sum of two times that are not below zero, at most `max`.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The time since an earlier one, held to 0...`max`.
    func elapsed(since start: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(start)
        return overflow ? .max : Swift.max(0, difference)
    }
}

extension Duration {
    /// Nanoseconds, held to 0...`Int64.max`.
    var clampedNanoseconds: Int64 { Swift.max(0, saturatedNanoseconds) }
}
