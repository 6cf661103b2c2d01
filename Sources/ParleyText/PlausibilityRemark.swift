public import ParleyWire

/// A number that makes sense only when its bytes are read the other way round: the sender forgot to convert
/// it.
///
/// The rule, for integers that are not told apart by names:
/// - 4 and 8 bytes: the first byte on the wire that counts most is not zero (the value is at least 2^24 or
///   2^56), and the swapped reading is from 1 to 65535 (4294967295 for 8 bytes; from -1000 to -1 for signed
///   numbers).
/// - 2 bytes: too few to be as sure. The value is at least 4096, neither a power of two nor a multiple of
///   100, and the swapped reading is from 1 to 255.
/// - Values of an enumeration: the value has no name, the swapped one has.
///
/// So 0, 1, -1, every small number, all bits set and the ends of a signed type's range are never remarked on.
/// An address such as 10.0.0.0 in a `u32` is: a remark is a question, not an error.
public struct PlausibilityRemark: Sendable, Hashable {
    /// The field as a path.
    public var field: String
    public var value: FieldValue
    public var swapped: FieldValue
    public var type: IntegerType
    /// The name of the swapped value, in an enumeration.
    public var name: String?
}

extension PlausibilityRemark: CustomStringConvertible {
    public var description: String {
        let other = type.swapped.order.rawValue
        let reading = self.name.map { "\(swapped.integerDigits) (\($0))" } ?? swapped.integerDigits
        let question =
            switch type.order {
            case .big: "did the sender forget \(type.conversion)?"
            case .little: "did the sender convert it to network order with \(type.conversion)?"
            }
        let name = TerminalText.escape(field)
        return "\(name) = \(value.integerDigits); read \(other)-endian it is \(reading): \(question)"
    }
}

extension DynamicMessage {
    /// What looks like a forgotten byte swap: at most one remark for a field, arrays included.
    public var remarks: [PlausibilityRemark] {
        var seen = Set<String>()
        return pieces.compactMap { piece in
            guard let remark = PlausibilityRemark(piece), seen.insert(piece.place.plain).inserted else {
                return nil
            }
            return remark
        }
    }
}

extension WireError {
    /// What looks like a forgotten byte swap in bytes that are no message: a count or a tag of the message
    /// itself that fits when it is read the other way round.
    public func remark(in layout: MessageLayout) -> PlausibilityRemark? {
        switch reason {
        case .badCount(let count, let unit, let available):
            guard let tail = layout.tail, field == tail.name, case .tail(let type) = tail.type,
                let name = type.count?.field, let integer = layout.field(name)?.type.integer
            else { return nil }
            let size = unit == .items ? max(1, type.itemType?.sizeMinimum ?? 1) : 1
            return PlausibilityRemark(name, bits: count, integer) { $0 > 0 && $0 <= UInt64(available / size) }
        case .negativeCount(let count, let unit, let available):
            guard let tail = layout.tail, case .tail(let type) = tail.type, let name = type.count?.field,
                let integer = layout.field(name)?.type.integer
            else { return nil }
            return WireError(
                .badCount(UInt64(bitPattern: count) & integer.mask, unit: unit, available: available),
                field: field,
                offset: offset
            ).remark(in: layout)
        case .unknownTag(let tag, let known):
            guard let variants = layout.variants, variants.tagBits == nil, field == variants.tagName else {
                return nil
            }
            return PlausibilityRemark(field, bits: tag, variants.tag) { known.contains($0) }
        default:
            return nil
        }
    }
}

extension PlausibilityRemark {
    fileprivate init?(
        _ field: String,
        bits: UInt64,
        _ type: IntegerType,
        isPlausible: (UInt64) -> Bool
    ) {
        let swapped = bits.byteSwapped >> (64 - 8 * type.bytes)
        guard type.bytes > 1, bits <= UInt64.max >> (64 - 8 * type.bytes), isPlausible(swapped) else {
            return nil
        }
        self.init(field: field, value: type.value(bits: bits), swapped: type.value(bits: swapped), type: type)
    }

    init?(_ piece: MessagePiece) {
        guard let value = piece.value, let type = piece.type.integer, type.bytes > 1,
            let bits = type.bits(of: value)
        else { return nil }
        let swappedBits = bits.byteSwapped >> (64 - 8 * type.bytes)
        let swapped = type.value(bits: swappedBits)
        if case .enumeration(let enumeration) = piece.type {
            guard enumeration.named(bits: bits) == nil, let name = enumeration.named(bits: swappedBits)?.name
            else { return nil }
            self.init(field: piece.path, value: value, swapped: swapped, type: type, name: name)
        } else {
            guard Self.isSuspicious(value, bits, swapped, type) else { return nil }
            self.init(field: piece.path, value: value, swapped: swapped, type: type)
        }
    }

    private static func isSuspicious(
        _ value: FieldValue,
        _ bits: UInt64,
        _ swapped: FieldValue,
        _ type: IntegerType
    ) -> Bool {
        if type.bytes == 2 {
            guard bits >= 4096, bits.nonzeroBitCount > 1, bits % 100 != 0 else { return false }
            return swapped.integer(UInt64.self).map { 1...255 ~= $0 } ?? false
        }
        // The least and the greatest signed value often mean "none".
        if type.isSigned, bits == type.maximum || bits == type.maximum + 1 { return false }
        let isHigh = bits >> (8 * type.bytes - 8) != 0
        if let small = swapped.integer(UInt64.self) {
            return isHigh && small > 0 && small <= (type.bytes == 4 ? 0xFFFF : 0xFFFF_FFFF)
        }
        guard let negative = swapped.integer(Int64.self), let number = value.integer(Int64.self) else {
            return false
        }
        return negative >= -1000 && number.magnitude >= 1 << (8 * type.bytes - 8)
    }
}

extension IntegerType {
    /// C's function that the sender should, or should not, have called.
    fileprivate var conversion: String {
        switch bytes {
        case 2: "htons"
        case 4: "htonl"
        default: "htobe64"
        }
    }
}
