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
    let layout: ObjectIdentifier
    let offset: Int
    /// How many bytes; nil for a tail, which ends with the message.
    let size: Int?
    /// Text is padded with NUL, other bytes are exactly as many.
    let isText: Bool
}

/// Where a number is, and how it stands there.
@usableFromInline
struct SlotPlace: Sendable, BitwiseCopyable {
    /// Which layout the place is of: another's message has other bytes there.
    @usableFromInline let layout: ObjectIdentifier
    @usableFromInline let offset: Int
    @usableFromInline let width: Int
    /// For bits, where the first one is; nil for whole bytes.
    @usableFromInline let firstBit: Int?
    @usableFromInline let isBig: Bool
    @usableFromInline let isSigned: Bool
    /// Whether an application sets it: counts and constants are filled in.
    @usableFromInline let isValue: Bool

    /// Nil when the type is no number.
    init?(_ type: FieldType, at offset: Int, of layout: ObjectIdentifier, isValue: Bool) {
        self.layout = layout
        self.offset = offset
        self.isValue = isValue
        switch type {
        case .bits(let bits):
            width = bits.width
            firstBit = bits.firstBit
            isBig = bits.order == .big
            isSigned = bits.isSigned
        case .float(let bytes, let order):
            width = 8 * bytes
            firstBit = nil
            isBig = order == .big
            isSigned = false
        case .bool:
            width = 8
            firstBit = nil
            isBig = true
            isSigned = false
        default:
            guard let integer = type.integer else { return nil }
            width = 8 * integer.bytes
            firstBit = nil
            isBig = integer.order == .big
            isSigned = integer.isSigned
        }
    }

    /// The bits at this place, sign-extended when they have a sign.
    @inlinable
    func load(from bytes: RawSpan, _ distance: Int) -> UInt64 {
        if firstBit != nil { return loadBits(from: bytes, distance) }
        let bits = bytes.bits(at: offset &+ distance, bytes: width &>> 3, isBig: isBig)
        guard isSigned else { return bits }
        let above = Int64(64 &- width)
        return UInt64(bitPattern: (Int64(bitPattern: bits) &<< above) &>> above)
    }

    @usableFromInline
    func loadBits(from bytes: RawSpan, _ distance: Int) -> UInt64 {
        let place = BitPlace(width: width, firstBit: firstBit ?? 0, isBig: isBig)
        let bits = place.load(from: bytes, at: offset &+ distance)
        return isSigned ? UInt64(bitPattern: place.signed(bits)) : bits
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
        if firstBit != nil { return storeBits(bits, in: &bytes, distance) }
        let first = offset &+ distance
        precondition(first >= 0 && first &+ width / 8 <= bytes.count, "the field lies outside the message")
        unsafe bytes.withUnsafeMutableBytes { buffer in
            switch width {
            case 8: unsafe buffer[first] = UInt8(truncatingIfNeeded: bits)
            case 16:
                let raw = UInt16(truncatingIfNeeded: bits)
                let value = isBig ? raw.bigEndian : raw.littleEndian
                unsafe buffer.storeBytes(of: value, toByteOffset: first, as: UInt16.self)
            case 32:
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
    func storeBits(_ bits: UInt64, in bytes: inout [UInt8], _ distance: Int) {
        let type = BitsType(width: width, firstBit: firstBit ?? 0, order: isBig ? .big : .little)
        type.store(bits, in: &bytes, at: offset &+ distance)
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
