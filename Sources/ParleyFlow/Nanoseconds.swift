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

/// A second in nanoseconds.
let second: Int64 = 1_000_000_000
