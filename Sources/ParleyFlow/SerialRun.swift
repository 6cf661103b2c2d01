/// Numbers one after another, around the circle if need be: a gap block, a block of SACK. At least one.
@frozen
public struct SerialRun<Base: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Hashable {
    public var first: SerialNumber<Base>
    public var last: SerialNumber<Base>

    @inlinable
    public init(first: SerialNumber<Base>, last: SerialNumber<Base>) {
        self.first = first
        self.last = last
    }

    /// How many numbers it holds. For `UInt64` at most `Int.max`.
    @inlinable
    public var count: Int {
        let steps = first.steps(to: last)
        return steps == .max ? .max : steps &+ 1
    }
}
