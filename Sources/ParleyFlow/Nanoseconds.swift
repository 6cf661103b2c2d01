internal import ParleyTypes

extension Int64 {
    /// The sum, held to the type's limits.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, held to the type's limits.
    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The time since an earlier one, held to 0...`max`.
    func elapsed(since start: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(start)
        return overflow ? (start < 0 ? .max : 0) : Swift.max(0, difference)
    }
}

extension Int {
    /// The sum of two numbers that are not below zero, at most `max`.
    @inline(__always)
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// self · factor / divisor, rounded down and at most `max`; no number below zero, the divisor above it.
    @inline(__always)
    func scaled(by factor: Int, over divisor: Int) -> Int {
        let product = multipliedFullWidth(by: factor)
        if product.high == 0, let small = Int(exactly: product.low) { return small / divisor }
        guard product.high < divisor else { return .max }
        let quotient = UInt(divisor).dividingFullWidth((UInt(product.high), product.low)).quotient
        return Int(clamping: quotient)
    }
}

extension Duration {
    /// Nanoseconds, held to 0...`Int64.max`.
    var clampedNanoseconds: Int64 { Swift.max(0, saturatedNanoseconds) }
}

/// A second in nanoseconds.
let second: Int64 = 1_000_000_000
