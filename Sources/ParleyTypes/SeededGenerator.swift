/// A small, fast random generator whose whole sequence follows from its seed (SplitMix64, Steele et al.
/// 2014).
///
/// For tests, simulations and samples that must replay. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        defer { state &+= 0x9E37_79B9_7F4A_7C15 }
        return Self.mixed(state)
    }

    /// A number that looks like chance and follows from another: what a generator of that seed gives first.
    @inlinable
    package static func mixed(_ value: UInt64) -> UInt64 {
        mix(value &+ 0x9E37_79B9_7F4A_7C15)
    }

    /// SplitMix64's output function: every bit of the number changes half of the result's.
    @inlinable
    package static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
