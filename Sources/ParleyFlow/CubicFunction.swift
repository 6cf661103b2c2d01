/// C · t³ and its inverse in integers, C = 0.4 packets a second cubed (RFC 9438, section 4.2). Times in parts
/// of 1/65,536 s.
package enum CubicFunction {
    /// Parts of a second.
    package static let unitsPerSecond: Int64 = 65_536
    /// Longer times count as this, 68 minutes: a window of 2.7 · 10¹⁰ packets.
    private static let unitsMax: Int64 = 1 << 28 - 1

    package static func units(nanoseconds: Int64) -> Int64 {
        let time = Swift.min(Swift.max(0, nanoseconds), 1 << 46)
        return Swift.min(unitsMax, time * unitsPerSecond / second)
    }

    /// 0.4 · t³ packets in bytes, towards zero, below zero for times below zero.
    @inline(__always)
    package static func growth(over time: Int64, packetBytes: Int) -> Int {
        let time = Swift.min(Swift.max(time, -unitsMax), unitsMax)
        let magnitude = UInt64(time.magnitude)
        // t² < 2⁵⁶, t³ < 2⁸⁴, with the packet and 2: < 2¹⁰²; over 2⁴⁸: < 2⁵⁴.
        let product = UInt128(magnitude &* magnitude) &* UInt128(magnitude &* UInt64(packetBytes) &* 2)
        let bytes = Int(truncatingIfNeeded: UInt64(truncatingIfNeeded: product >> 48) / 5)
        return time < 0 ? -bytes : bytes
    }

    /// K: the time in which the function grows by so many bytes, rounded down.
    package static func time(for bytes: Int, packetBytes: Int) -> Int64 {
        guard bytes > 0 else { return 0 }
        // t³ = bytes / packet / 0.4 in seconds, · 2⁴⁸ in parts.
        let cube = (UInt128(bytes) &* 5) << 48 / UInt128(2 * packetBytes)
        return Swift.min(unitsMax, Int64(cubeRoot(cube)))
    }

    /// The greatest number whose cube is not more than this one, which is below 2⁹⁶: a bit after the other.
    package static func cubeRoot(_ number: UInt128) -> UInt64 {
        var root: UInt128 = 0
        var shift = 33
        while shift > 0 {
            shift -= 1
            let next = root | 1 << UInt128(shift)
            if next * next * next <= number { root = next }
        }
        return UInt64(root)
    }
}
