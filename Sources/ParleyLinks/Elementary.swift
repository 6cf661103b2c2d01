/// Functions that the C library computes a little differently from machine to machine, here from +, −, × and
/// ÷ alone, which IEEE 754 rounds exactly: the same bits everywhere.
enum Elementary {
    /// A number between 0 and 1, neither included, from 64 random bits: 52 of them and a half are a number
    /// that `Double` holds exactly.
    static func unit(_ bits: UInt64) -> Double {
        (Double(bits >> 12) + 0.5) * 0x1p-52
    }

    /// The natural logarithm of a normal number above zero, within a few units of the last place.
    static func logarithm(_ number: Double) -> Double {
        // number = 2^exponent · fraction, the fraction within √½...√2.
        var exponent = Int(number.exponent)
        var fraction = number.significand
        if fraction > 1.414213562373095 {
            fraction *= 0.5
            exponent += 1
        }
        // ln f = 2 · artanh((f − 1) / (f + 1)), a series that 12 terms exhaust here.
        let ratio = (fraction - 1) / (fraction + 1)
        let square = ratio * ratio
        var sum = 1.0 / 23
        sum = sum * square + 1 / 21
        sum = sum * square + 1 / 19
        sum = sum * square + 1 / 17
        sum = sum * square + 1 / 15
        sum = sum * square + 1 / 13
        sum = sum * square + 1 / 11
        sum = sum * square + 1 / 9
        sum = sum * square + 1 / 7
        sum = sum * square + 1 / 5
        sum = sum * square + 1 / 3
        sum = sum * square + 1
        return Double(exponent) * naturalOf2 + 2 * ratio * sum
    }

    /// e to the power of a number that is not below zero; infinite from 709 on.
    static func exponential(_ number: Double) -> Double {
        guard number < 709 else { return .infinity }
        // number = doublings · ln 2 + rest, the rest within ±ln 2 / 2.
        let doublings = Int(number / naturalOf2 + 0.5)
        let rest = number - Double(doublings) * naturalOf2
        // Taylor's series: thirteen factorials exhaust it.
        var sum = 1.0 / 6_227_020_800
        sum = sum * rest + 1 / 479_001_600
        sum = sum * rest + 1 / 39_916_800
        sum = sum * rest + 1 / 3_628_800
        sum = sum * rest + 1 / 362_880
        sum = sum * rest + 1 / 40_320
        sum = sum * rest + 1 / 5_040
        sum = sum * rest + 1 / 720
        sum = sum * rest + 1 / 120
        sum = sum * rest + 1 / 24
        sum = sum * rest + 1 / 6
        sum = sum * rest + 1 / 2
        sum = sum * rest + 1
        sum = sum * rest + 1
        return sum * Double(sign: .plus, exponent: doublings, significand: 1)
    }

    /// The quantile of the standard normal distribution: Wichura's algorithm AS 241 (1988), PPND7, which is
    /// right to about seven digits.
    ///
    /// - Parameter share: between 0 and 1, neither included.
    static func normalQuantile(_ share: Double) -> Double {
        let distance = share - 0.5
        if distance.magnitude <= 0.425 {
            let r = 0.180625 - distance * distance
            let above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
            let below = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1
            return distance * above / below
        }
        let tail = squareRoot(-logarithm(distance < 0 ? share : 1 - share))
        let magnitude: Double
        if tail <= 5 {
            let r = tail - 1.6
            let above = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
            magnitude = above / ((0.12021132975 * r + 0.73700164250) * r + 1)
        } else {
            let r = tail - 5
            let above = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
            magnitude = above / ((0.012258202635 * r + 0.24197894225) * r + 1)
        }
        return distance < 0 ? -magnitude : magnitude
    }

    /// The square root of a normal number above zero, within a unit of the last place. (The one of the
    /// standard library may be a call of the C library.)
    static func squareRoot(_ number: Double) -> Double {
        // Half of the exponent is right to 4 %, and each of Newton's steps doubles the digits.
        var root = Double(bitPattern: number.bitPattern >> 1 &+ 0x1FF8_0000_0000_0000)
        root = 0.5 * (root + number / root)
        root = 0.5 * (root + number / root)
        root = 0.5 * (root + number / root)
        return 0.5 * (root + number / root)
    }

    private static let naturalOf2 = 0.6931471805599453
}
