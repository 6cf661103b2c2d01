/// A field of a message that says how long the message is: where it lies and what its number counts.
public struct LengthField: Sendable, Hashable {
    /// What the number counts.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// The whole message: what stands before the field, the field and what follows.
        case frame
        /// What follows the field.
        case rest
    }

    /// The field's first byte, counted from the message's first.
    public let offset: Int
    /// The bytes of the field: 1, 2, 4 or 8.
    public let width: Int
    public let order: ByteOrder
    /// What the message has beyond the number, in bytes.
    let base: Int

    /// - Precondition: as ``Framing/lengthField(offset:width:order:counts:plus:messageBytesMax:)`` says.
    init(offset: Int, width: Int, order: ByteOrder, counts: Scope, plus: Int) {
        precondition(
            (0...Self.offsetMax).contains(offset),
            "a length lies in the first 64 KiB of its message"
        )
        precondition([1, 2, 4, 8].contains(width), "a length has 1, 2, 4 or 8 bytes")
        precondition((-Self.plusMax...Self.plusMax).contains(plus), "a length leaves out at most 1 GiB")
        self.offset = offset
        self.width = width
        self.order = order
        base = plus + (counts == .rest ? offset + width : 0)
    }

    /// The furthest place of a length: headers are small.
    public static let offsetMax = 64 << 10
    /// The most bytes that a length leaves out or counts twice.
    public static let plusMax = 1 << 30

    /// Where the field ends: how much of a message must have come.
    var end: Int { offset + width }

    /// How long the message says it is, which may be nothing that a message can have.
    ///
    /// - Precondition: `bytes` reach to ``end``.
    func said(in bytes: RawSpan) -> Int {
        let number = bytes.bits(at: offset, bytes: width, isBig: order == .big)
        // A peer's number may be anything; `base` is small.
        let (size, overflow) = Int(clamping: number).addingReportingOverflow(base)
        return overflow ? .max : size
    }

    /// The number that says a message has so many bytes, which the field may have no room for.
    package func number(saying size: Int) -> Int { size - base }

    /// The largest number that the field holds.
    package var numberMax: UInt64 { .max >> UInt64(64 - 8 * width) }

    /// How long the message at the front is.
    ///
    /// - Precondition: `bytes` reach to ``end``.
    /// - Throws: ``FramingError/tooLong(bytes:maximum:beginning:)``,
    ///   ``FramingError/endsInHeader(bytes:header:beginning:)``.
    func messageBytes(in bytes: RawSpan, maximum: Int) throws(FramingError) -> Int {
        let size = said(in: bytes)
        guard size <= maximum else {
            throw .tooLong(bytes: size, maximum: maximum, beginning: FramingError.beginning(of: bytes))
        }
        guard size >= end else {
            throw .endsInHeader(bytes: size, header: end, beginning: FramingError.beginning(of: bytes))
        }
        return size
    }
}
