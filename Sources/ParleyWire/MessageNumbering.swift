/// Where messages of a layout carry their number: at which byte, how wide and in which order; where a tag tells kinds
/// apart, for each of them.
///
/// Numbers are read before a message is decoded and written after it was encoded, so that they cost the same for a
/// Swift type, a layout of run time and whatever stands between them.
public struct MessageNumbering: Sendable, Hashable {
    /// The place of a number.
    public struct Place: Sendable, Hashable {
        /// The number's first byte, counted from the message's first.
        public let offset: Int
        public let integer: IntegerType

        /// The largest number, as bits: 65,535 of two bytes.
        public var numberMax: UInt64 { integer.mask }
    }

    /// The place in every message; nil where it depends on the kind.
    private var common: Place?
    private var tag: Tag?

    private struct Tag: Hashable {
        var offset: Int
        var bytes: Int
        var isBig: Bool
        var bits: BitPlace?
        /// The kinds that carry a number, by their tags.
        var places: [UInt64: Place]

        /// Which kind these bytes are; nil where they end before the tag.
        func number(in span: RawSpan) -> UInt64? {
            guard offset + (bits?.bytesTouched ?? bytes) <= span.byteCount else { return nil }
            return bits?.load(from: span, at: offset) ?? span.bits(at: offset, bytes: bytes, isBig: isBig)
        }
    }

    /// - Returns: nil where no message of the layout carries a number at a fixed place.
    init?(_ layout: MessageLayout) {
        let own = Self.place(in: layout, from: 0)
        common = own
        guard own == nil else { return }
        guard let variants = layout.variants else { return nil }
        let start = layout.fields.last.map { $0.offset + $0.type.sizeMinimum } ?? 0
        let (tagOffset, payload) =
            switch variants.placement {
            case .before: (start, start + variants.tag.bytes)
            case .inside(let offset): (start + offset, start)
            }
        let mask = variants.tagMask
        var places: [UInt64: Place] = [:]
        for variant in variants.cases {
            places[variant.tag & mask] = Self.place(in: variant.layout, from: payload)
        }
        guard !places.isEmpty else { return nil }
        tag = Tag(
            offset: tagOffset,
            bytes: variants.tag.bytes,
            isBig: variants.tag.order == .big,
            bits: variants.tagBits?.place,
            places: places
        )
    }

    private static func place(in layout: MessageLayout, from start: Int) -> Place? {
        for field in layout.fields {
            switch field.type {
            case .integer(let integer) where field.isNumber:
                return Place(offset: start + field.offset, integer: integer)
            case .message(let inner):
                if let place = place(in: inner, from: start + field.offset) { return place }
            default: break
            }
        }
        return nil
    }

    /// How many bytes numbers have: more than one where kinds differ in it.
    package var widths: Set<Int> {
        Set(
            (common.map { [$0] } ?? []).map(\.integer.bytes) + (tag?.places.values.map(\.integer.bytes) ?? [])
        )
    }

    /// Where these bytes carry a number; nil where their kind has none, or they end before it.
    public func place(in bytes: RawSpan) -> Place? {
        let place = common ?? tag.flatMap { tag in tag.number(in: bytes).flatMap { tag.places[$0] } }
        guard let place, place.offset + place.integer.bytes <= bytes.byteCount else { return nil }
        return place
    }

    /// The number that these bytes carry, as bits; nil where ``place(in:)`` is.
    public func number(in bytes: RawSpan) -> UInt64? {
        guard let place = place(in: bytes) else { return nil }
        return bytes.bits(
            at: place.offset,
            bytes: place.integer.bytes,
            isBig: place.integer.order == .big
        )
    }

    /// Writes a number into a message, its low bits as many as there is room for.
    ///
    /// - Returns: whether there is a place for it.
    @discardableResult
    public func setNumber(_ number: UInt64, in bytes: inout MutableRawSpan) -> Bool {
        guard let place = place(in: bytes.bytes) else { return false }
        place.write(number, into: &bytes)
        return true
    }
}

extension MessageNumbering.Place {
    /// Writes a number into a message that reaches over the place.
    package func write(_ number: UInt64, into bytes: inout MutableRawSpan) {
        for index in 0..<integer.bytes {
            let shift = 8 * (integer.order == .big ? integer.bytes - 1 - index : index)
            let byte = UInt8(truncatingIfNeeded: number >> UInt64(shift))
            bytes.storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
        }
    }

    /// Writes a number into a message that reaches over the place.
    package func write(_ number: UInt64, into bytes: inout [UInt8]) {
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        write(number, into: &raw)
    }
}
