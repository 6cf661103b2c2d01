/// A field found once, for many messages: what it is and where its bytes are.
///
/// ``CompiledLayout/field(_:as:)`` gives one; ``MessageView`` reads with it, ``MessageDraft`` writes.
public struct FieldSlot<Value: SlotValue>: Sendable {
    /// The path that was asked for.
    public let path: String
    @usableFromInline let place: SlotPlace

    init(path: String, place: SlotPlace) {
        self.path = path
        self.place = place
    }
}

/// A field of each item of an array or of a tail: ``CompiledLayout/items(_:as:)``.
public struct ItemSlot<Value: SlotValue>: Sendable {
    /// The path that was asked for.
    public let path: String
    /// The field in the first item.
    @usableFromInline let place: SlotPlace
    @usableFromInline let items: ItemPlace

    init(path: String, place: SlotPlace, items: ItemPlace) {
        self.path = path
        self.place = place
        self.items = items
    }
}

/// A field of text or bytes: ``CompiledLayout/bytes(_:)``.
public struct BytesSlot: Sendable {
    /// The path that was asked for.
    public let path: String
    @usableFromInline let layout: ObjectIdentifier
    @usableFromInline let offset: Int
    /// How many bytes; nil for a tail, which ends with the message.
    @usableFromInline let size: Int?
    /// Text is padded with NUL, other bytes are exactly as many.
    let isText: Bool
}

/// Where a number is, and how it stands there.
@usableFromInline
struct SlotPlace: Sendable, BitwiseCopyable {
    /// Which layout the place is of: another's message has other bytes there.
    @usableFromInline let layout: ObjectIdentifier
    @usableFromInline let offset: Int
    /// 1, 2, 4 or 8; 0 when the field is made of bits.
    @usableFromInline let bytes: UInt8
    /// In bits.
    @usableFromInline let width: UInt8
    /// For bits, where the first one is.
    @usableFromInline let firstBit: UInt8
    @usableFromInline let isBig: Bool
    @usableFromInline let isSigned: Bool
    /// Whether an application sets it: counts and constants are filled in.
    @usableFromInline let isValue: Bool

    /// Nil when the type is no number.
    init?(_ type: FieldType, at offset: Int, of layout: ObjectIdentifier, isValue: Bool) {
        // The size in bytes, 0 for bits.
        let (size, width, firstBit, order): (Int, Int, Int, ByteOrder)
        var isSigned = false
        switch type {
        case .bits(let bits):
            (size, width, firstBit, order) = (0, bits.width, bits.firstBit, bits.order)
            isSigned = bits.isSigned
        case .float(let bytes, let written):
            (size, width, firstBit, order) = (bytes, 8 * bytes, 0, written)
        case .bool:
            (size, width, firstBit, order) = (1, 8, 0, .big)
        default:
            guard let integer = type.integer else { return nil }
            (size, width, firstBit, order) = (integer.bytes, 8 * integer.bytes, 0, integer.order)
            isSigned = integer.isSigned
        }
        self.layout = layout
        self.offset = offset
        bytes = UInt8(size)
        self.width = UInt8(width)
        self.firstBit = UInt8(firstBit)
        isBig = order == .big
        self.isSigned = isSigned
        self.isValue = isValue
    }

    /// The bits at this place, sign-extended when they have a sign.
    @inlinable
    func load(from span: RawSpan, _ distance: Int) -> UInt64 {
        let first = offset &+ distance
        let bits: UInt64
        switch bytes {
        case 1: bits = UInt64(span.byte(at: first))
        case 2, 4, 8: bits = span.bits(at: first, bytes: Int(bytes), isBig: isBig)
        default: bits = loadBits(from: span, first)
        }
        guard isSigned else { return bits }
        let above = Int64(64 &- width)
        return UInt64(bitPattern: (Int64(bitPattern: bits) &<< above) &>> above)
    }

    @usableFromInline
    func loadBits(from bytes: RawSpan, _ first: Int) -> UInt64 {
        BitPlace(width: Int(width), firstBit: Int(firstBit), isBig: isBig).load(from: bytes, at: first)
    }

    /// Whether a value stands for itself in as many bits.
    @inlinable
    func fits(_ bits: UInt64, isNegative: Bool) -> Bool {
        if isSigned {
            let above = Int64(64 &- width)
            let number = Int64(bitPattern: bits)
            // More than a signed number holds looks negative and is not.
            return (number &<< above) &>> above == number && (number < 0) == isNegative
        }
        return !isNegative && bits <= UInt64.max &>> UInt64(64 &- width)
    }

    @inlinable
    func store(_ bits: UInt64, in bytes: inout [UInt8], _ distance: Int) {
        let first = offset &+ distance
        if self.bytes == 0 { return storeBits(bits, in: &bytes, first) }
        let end = first &+ Int(self.bytes)
        precondition(first >= 0 && end <= bytes.count, "the field lies outside the message")
        unsafe bytes.withUnsafeMutableBytes { buffer in
            switch self.bytes {
            case 1: unsafe buffer[first] = UInt8(truncatingIfNeeded: bits)
            case 2:
                let raw = UInt16(truncatingIfNeeded: bits)
                let value = isBig ? raw.bigEndian : raw.littleEndian
                unsafe buffer.storeBytes(of: value, toByteOffset: first, as: UInt16.self)
            case 4:
                let raw = UInt32(truncatingIfNeeded: bits)
                let value = isBig ? raw.bigEndian : raw.littleEndian
                unsafe buffer.storeBytes(of: value, toByteOffset: first, as: UInt32.self)
            default:
                let value = isBig ? bits.bigEndian : bits.littleEndian
                unsafe buffer.storeBytes(of: value, toByteOffset: first, as: UInt64.self)
            }
        }
    }

    @usableFromInline
    func storeBits(_ bits: UInt64, in bytes: inout [UInt8], _ first: Int) {
        let type = BitsType(width: Int(width), firstBit: Int(firstBit), order: isBig ? .big : .little)
        type.store(bits, in: &bytes, at: first)
    }
}

/// Where items are.
@usableFromInline
struct ItemPlace: Sendable, BitwiseCopyable {
    @usableFromInline let offset: Int
    @usableFromInline let stride: Int
    /// How many; nil for a tail, which ends with the message.
    @usableFromInline let count: Int?

    @inlinable
    func count(in size: Int) -> Int { count ?? (size &- offset) / stride }
}
