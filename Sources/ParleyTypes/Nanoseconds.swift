// Times as numbers of nanoseconds, for the parts that are told the time: held to the type's limits instead of trapping.

extension Int64 {
    /// The sum, held to the type's limits.
    @inlinable @inline(__always)
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, held to the type's limits.
    @inlinable @inline(__always)
    package func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The time since an earlier one, held to 0...`max`.
    @inlinable @inline(__always)
    package func elapsed(since start: Int64) -> Int64 {
        Swift.max(0, subtractingSaturated(start))
    }
}

extension Duration {
    /// Nanoseconds, held to 0...`Int64.max`.
    @inlinable
    package var clampedNanoseconds: Int64 { Swift.max(0, saturatedNanoseconds) }
}
