/// A type that tells the cases of a tagged union apart: an unsigned integer of fixed width, in either byte
/// order, or an enum that has such a raw type.
///
///     enum Kind: UInt8, WireTag { case hello = 1, data = 2 }
public protocol WireTag: WireValue {
    /// The number as it stands on the wire.
    associatedtype TagNumber: WireCounter
    /// The number that stands for this value.
    var tagNumber: UInt64 { get }
}

extension WireTag where Self: WireCounter, TagNumber == Self {
    @inlinable public var tagNumber: UInt64 { count }
}

extension UInt8: WireTag { public typealias TagNumber = UInt8 }
extension UInt16: WireTag { public typealias TagNumber = UInt16 }
extension UInt32: WireTag { public typealias TagNumber = UInt32 }
extension UInt64: WireTag { public typealias TagNumber = UInt64 }

extension LittleEndian: WireTag where Number: WireCounter & WireTag {
    public typealias TagNumber = LittleEndian
    @inlinable public var tagNumber: UInt64 { value.count }
}

extension WireTag where Self: RawRepresentable, RawValue: WireInteger & WireCounter & UnsignedInteger {
    public typealias TagNumber = RawValue
    @inlinable public var tagNumber: UInt64 { rawValue.count }
}

extension WireTag {
    /// Appends the tag in front of a payload.
    @inlinable
    public static func writeTag(_ number: UInt64, to output: inout OutputRawSpan) throws(WireError) {
        try TagNumber(count: number).write(to: &output)
    }

    /// Puts the tag into the payload that was written last, as the field that tells it apart.
    ///
    /// - Parameters:
    ///   - distance: where the tag lies in the payload.
    ///   - count: the bytes that the payload took.
    /// - Throws: ``WireError/Reason/tooShort(needed:found:)`` when the payload ends before the tag does.
    @inlinable
    public static func putTag(
        _ number: UInt64,
        at distance: Int,
        inLast count: Int,
        of output: inout OutputRawSpan,
        _ field: StaticString
    ) throws(WireError) {
        let width = TagNumber.wireSizeMinimum
        guard distance &+ width <= count, count <= output.byteCount else {
            throw WireError(
                .tooShort(needed: width, found: Swift.max(0, count &- distance)),
                field: "\(field)",
                offset: output.byteCount &- count &+ distance
            )
        }
        let first = output.byteCount &- count &+ distance
        let isLittle = TagNumber.isLittleEndian
        unsafe output.withUnsafeMutableBytes { buffer, _ in
            for index in 0..<width {
                let shift = 8 &* (isLittle ? index : width &- 1 &- index)
                unsafe buffer[first &+ index] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
            }
        }
    }
}
