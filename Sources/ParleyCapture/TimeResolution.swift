import ParleyTypes

/// What one unit of a time stamp is: `if_tsresol` of pcapng (draft-ietf-opsawg-pcapng, section 4.2).
struct TimeResolution: Sendable, Hashable {
    /// A unit is 10 or 2 to the power of minus `exponent` seconds.
    var isBinary: Bool
    /// 0 to 127.
    var exponent: Int

    static let microseconds = TimeResolution(isBinary: false, exponent: 6)
    static let nanoseconds = TimeResolution(isBinary: false, exponent: 9)

    init(isBinary: Bool, exponent: Int) {
        self.isBinary = isBinary
        self.exponent = exponent
    }

    /// The option's byte: the highest bit says binary, the others are the exponent.
    init(option: UInt8) {
        self.init(isBinary: option & 0x80 != 0, exponent: Int(option & 0x7F))
    }

    /// The instant `units` after `seconds` since 1970; nil outside the years 0 to 9999, of which no capture
    /// is.
    func time(_ units: UInt64, after seconds: Int64) -> WallTime? {
        let (whole, nanoseconds) = isBinary ? binary(units) : decimal(units)
        guard let whole = Int64(exactly: whole) else { return nil }
        let (sum, overflow) = whole.addingReportingOverflow(seconds)
        guard !overflow, -62_167_219_200...253_402_300_799 ~= sum else { return nil }
        return WallTime(secondsSince1970: sum, nanoseconds: Int32(nanoseconds))
    }

    private func decimal(_ units: UInt64) -> (seconds: UInt64, nanoseconds: UInt64) {
        // 10^20 is more than 64 bits hold: so fine a clock has counted no second yet.
        guard exponent <= 19 else {
            var rest = units
            for _ in 9..<exponent { rest /= 10 }
            return (0, rest)
        }
        let scale = Self.power(exponent)
        let fraction = units % scale
        let nanoseconds =
            exponent <= 9 ? fraction * Self.power(9 - exponent) : fraction / Self.power(exponent - 9)
        return (units / scale, nanoseconds)
    }

    private func binary(_ units: UInt64) -> (seconds: UInt64, nanoseconds: UInt64) {
        guard exponent < 64 else { return (0, 0) }
        let seconds = units >> UInt64(exponent)
        let fraction = units & ((1 << UInt64(exponent)) &- 1)
        let product = fraction.multipliedFullWidth(by: 1_000_000_000)
        let low = exponent == 0 ? product.low : product.low >> UInt64(exponent)
        let high = exponent == 0 ? 0 : product.high << UInt64(64 - exponent)
        return (seconds, high | low)
    }

    private static func power(_ exponent: Int) -> UInt64 {
        var value: UInt64 = 1
        for _ in 0..<exponent { value *= 10 }
        return value
    }
}
