internal import ParleyTypes

/// The arithmetic of what fills at a rate: exact, and held to the largest numbers.
enum Filling {
    /// Whole tokens that come in a time.
    ///
    /// - Parameter fraction: billionths of a token that were there before, and are left after.
    @inline(__always)
    static func gain(over time: Int64, fraction: inout UInt64, rate: Int) -> Int {
        let billionth: UInt64 = 1_000_000_000
        let product = UInt64(time).multipliedFullWidth(by: UInt64(rate))
        let (low, carry) = product.low.addingReportingOverflow(fraction)
        if product.high == 0, !carry {
            fraction = low % billionth
            return Int(low / billionth)
        }
        let high = product.high &+ (carry ? 1 : 0)
        guard high < billionth else {
            fraction = 0
            return .max
        }
        let (quotient, remainder) = billionth.dividingFullWidth((high, low))
        fraction = remainder
        return Int(clamping: quotient)
    }

    /// The nanoseconds in which so many tokens come, rounded up and held to the largest number.
    static func time(for count: Int, fraction: UInt64, rate: Int) -> Int64 {
        guard count > 0 else { return 0 }
        let product = UInt64(count).multipliedFullWidth(by: 1_000_000_000)
        let (low, borrow) = product.low.subtractingReportingOverflow(fraction)
        let high = product.high &- (borrow ? 1 : 0)
        let rate = UInt64(rate)
        guard high < rate else { return .max }
        let (quotient, remainder) = rate.dividingFullWidth((high, low))
        return Int64(clamping: quotient).addingSaturated(remainder == 0 ? 0 : 1)
    }
}
