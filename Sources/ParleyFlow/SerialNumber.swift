/// A number that wraps, as in packets (RFC 1982): a sequence number of 16 bits, a TSN of 32.
///
/// Of two numbers one precedes the other when the way up from it to the other is shorter than half of all
/// numbers. That is no order (it goes round in a circle), so serial numbers are never `Comparable`.
///
/// ```swift
/// let last: SerialNumber<UInt16> = 0xFFFF
/// last.precedes(last.advanced(by: 1))     // true: 0xFFFF is before 0
/// ```
@frozen
public struct SerialNumber<Base: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Hashable {
    /// The number as it stands in a packet.
    public var value: Base

    @inlinable
    public init(_ value: Base) {
        self.value = value
    }

    /// The number so many steps further, or back, all around the circle if need be.
    @inlinable
    public func advanced(by steps: Int) -> SerialNumber {
        SerialNumber(value &+ Base(truncatingIfNeeded: steps))
    }

    /// The steps from this number up to another, 0 to `Base.max`. For `UInt64` those beyond `Int.max` are
    /// that.
    @inlinable
    public func steps(to other: SerialNumber) -> Int {
        Int(clamping: other.value &- value)
    }

    /// Whether it is before another: RFC 1982, section 3.2. Of two that are half of all numbers apart, where
    /// the RFC leaves it open, neither precedes the other.
    @inlinable
    public func precedes(_ other: SerialNumber) -> Bool {
        let steps = other.value &- value
        return steps != 0 && steps < Self.half
    }

    /// Half of all numbers: 32,768 of 16 bits.
    @inlinable
    static var half: Base { 1 << (Base.bitWidth - 1) }
}

extension SerialNumber: ExpressibleByIntegerLiteral {
    @inlinable
    public init(integerLiteral value: UInt64) {
        self.init(Base(value))
    }
}

extension SerialNumber: CustomStringConvertible {
    public var description: String { "\(value)" }
}
