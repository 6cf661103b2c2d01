/// Makes numbers that wrap into numbers that do not: time stamps of media, packets of a long conversation.
///
/// Each number is taken as the one nearest to the greatest before it, which is right as long as a packet is
/// less than half of all numbers late or early.
///
/// ```swift
/// var unwrapper = SerialUnwrapper<UInt16>()
/// unwrapper.unwrap(65_535)    // 65,535
/// unwrapper.unwrap(1)         // 65,537
/// unwrapper.unwrap(65_534)    // 65,534: late
/// ```
public struct SerialUnwrapper<Base: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Hashable {
    /// The greatest so far; nil before the first.
    public var greatest: Int64? {
        @inlinable get { last }
    }
    @usableFromInline var last: Int64?

    @inlinable
    public init() {}

    /// The number without wraps: the first one as it is, later ones counted from there; below zero if they
    /// are before a first one near zero. Beyond 2⁶² they begin again at the number itself.
    @inlinable
    public mutating func unwrap(_ number: SerialNumber<Base>) -> Int64 {
        guard let last, last < 1 << 62 else {
            let first = Int64(truncatingIfNeeded: number.value) & (1 << 62 - 1)
            self.last = first
            return first
        }
        let forward = number.value &- Base(truncatingIfNeeded: last)
        guard forward >= SerialNumber<Base>.half else {
            let unwrapped = last &+ Int64(truncatingIfNeeded: forward)
            self.last = unwrapped
            return unwrapped
        }
        return last &- Int64(truncatingIfNeeded: 0 &- forward)
    }
}
