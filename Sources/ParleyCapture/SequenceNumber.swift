/// A TCP sequence number: it counts bytes and begins again at 0 after 2^32 - 1 (RFC 9293, section 3.4).
///
/// Numbers that wrap have no order of their own, only a distance.
public struct SequenceNumber: Sendable, Hashable, RawRepresentable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The number so many bytes further on.
    public func advanced(by bytes: Int) -> SequenceNumber {
        SequenceNumber(rawValue: rawValue &+ UInt32(truncatingIfNeeded: bytes))
    }

    /// How many bytes lie between this number and another one: from -2^31 to 2^31 - 1.
    public func distance(to other: SequenceNumber) -> Int {
        Int(Int32(bitPattern: other.rawValue &- rawValue))
    }
}
