import ParleyTypes
import ParleyWire

/// Layouts of every kind of field, and bytes for them that are often, but not always, messages.
struct RandomLayout {
    var generator: SeededGenerator

    mutating func layout(depth: Int = 2, hasTail: Bool = true) -> MessageLayout {
        var fields: [MessageLayout.Field] = []
        var bitsLeft = 0
        let order: ByteOrder = pick(.big, .little)
        for index in 0..<Int.random(in: 1...7, using: &generator) {
            // Names that JSON must escape are names too.
            let name = pick("f\(index)", "a\"\(index)", "é\(index)")
            if bitsLeft == 0, chance(5) || depth < 0 {
                fields.append(.init("gap\(index)", .bytes(count: 3), role: pick(.padding, .reserved)))
            } else if bitsLeft > 0 || chance(3) {
                if bitsLeft == 0 { bitsLeft = 8 * .random(in: 1...10, using: &generator) }
                let width = Int.random(in: 1...min(64, bitsLeft), using: &generator)
                bitsLeft -= width
                let isReserved = chance(6)
                let type = bits(width, order)
                fields.append(.init(name, .bits(type), role: isReserved ? .reserved : .value))
            } else {
                fields.append(.init(name, type(depth: depth)))
            }
        }
        while bitsLeft > 0 {
            let width = min(64, bitsLeft)
            fields.append(.init("rest\(bitsLeft)", .bits(BitsType(width: width, order: order))))
            bitsLeft -= width
        }
        if hasTail, chance(2) { addTail(&fields) }
        return MessageLayout(name: "Random", packing: fields)
    }

    /// A layout of several messages, told apart by a tag of every sort.
    mutating func choice() -> MessageLayout {
        let order: ByteOrder = pick(.big, .little)
        let isSigned = chance(2)
        let integer = IntegerType(bytes: pick(1, 2), isSigned: isSigned, order: order)
        let first = Int.random(in: 0...4, using: &generator)
        let bits = BitsType(width: 3, firstBit: first, order: order, kind: isSigned ? .signed : .unsigned)
        let style = Int.random(in: 0...2, using: &generator)
        var cases: [MessageLayout.Variants.Case] = []
        for index in 0..<Int.random(in: 1...3, using: &generator) {
            var fields: [MessageLayout.Field] = []
            if style == 1 { fields.append(.init("kind", .integer(integer))) }
            if style == 2 {
                for (name, width) in [("low", first), ("kind", 3), ("high", 5 - first)] where width > 0 {
                    let kind = name == "kind" ? bits.kind : .unsigned
                    let type = BitsType(width: width, order: order, kind: kind)
                    fields.append(.init(name, .bits(type)))
                }
            }
            let rest = layout(depth: 1)
            fields += rest.fields.map { MessageLayout.Field($0.name, $0.type, role: $0.role) }
            cases.append(
                .init(
                    tag: isSigned && index == 1 ? .max : UInt64(index),
                    name: "case\(index)",
                    layout: MessageLayout(name: "Case\(index)", packing: fields)
                )
            )
        }
        let isOpen = !chance(3)
        let variants =
            style == 2
            ? MessageLayout.Variants(bits: bits, tagName: "kind", offset: 0, cases: cases, isOpen: isOpen)
            : MessageLayout.Variants(
                tag: integer,
                tagName: "kind",
                placement: style == 1 ? .inside(offset: 0) : .before,
                cases: cases,
                isOpen: isOpen
            )
        let head: [MessageLayout.Field] = chance(2) ? [.init("head", type(depth: 0))] : []
        return MessageLayout(name: "Choice", packing: head, variants: variants)
    }

    private mutating func addTail(_ fields: inout [MessageLayout.Field]) {
        let element: TailType.Element =
            chance(2)
            ? pick(.text, .bytes)
            : .items(chance(2) ? type(depth: 0) : .message(layout(depth: 0, hasTail: false)))
        guard chance(2) else { return fields.append(.init("tail", .tail(TailType(element)))) }
        let unit: CountUnit = pick(.bytes, .items, .messageBytes)
        fields.append(.init("count", .integer(IntegerType(bytes: 1, isSigned: false)), role: .count))
        fields.append(.init("tail", .tail(TailType(element, count: .init(field: "count", unit: unit)))))
    }

    private mutating func bits(_ width: Int, _ order: ByteOrder) -> BitsType {
        let cases = [EnumerationType.Case(name: "o\"ne", value: 1), .init(name: "zero", value: 0)]
        let kind: BitsType.Kind =
            switch Int.random(in: 0...3, using: &generator) {
            case 0: .signed
            case 1 where width == 1: .bool
            case 2: .enumeration(name: "E", cases: cases, isSigned: chance(2))
            default: .unsigned
            }
        return BitsType(width: width, order: order, kind: kind, isOpen: !chance(4))
    }

    private mutating func type(depth: Int) -> FieldType {
        let order: ByteOrder = pick(.big, .little)
        let integer = IntegerType(bytes: pick(1, 2, 4, 8), isSigned: chance(2), order: order)
        switch Int.random(in: 0...(depth > 0 ? 11 : 8), using: &generator) {
        case 0, 1: return .integer(integer)
        case 2: return .float(bytes: pick(4, 8), order: order)
        case 3: return .bool
        case 4:
            let cases = [EnumerationType.Case(name: "red", value: 1), .init(name: "minus", value: -1)]
            return .enumeration(
                EnumerationType(name: "E", integer: integer, cases: cases, isOpen: !chance(5))
            )
        case 5, 6: return .text(capacity: .random(in: 1...9, using: &generator))
        case 7, 8: return .bytes(count: .random(in: 1...9, using: &generator))
        case 9: return .array(of: type(depth: depth - 1), count: .random(in: 1...3, using: &generator))
        case 10: return .message(layout(depth: depth - 1, hasTail: false))
        default:
            var members: [UnionType.Member] = []
            for index in 0..<Int.random(in: 1...3, using: &generator) {
                members.append(.init("m\(index)", type(depth: depth - 1)))
            }
            let size = members.map(\.type.sizeMinimum).max() ?? 0
            return .union(UnionType(name: "U", size: size + (chance(2) ? 1 : 0), members: members))
        }
    }

    /// Bytes that look like text, like numbers or like nothing; of a size that fits more often than not.
    mutating func bytes(for layout: MessageLayout) -> [UInt8] {
        if let variants = layout.variants {
            guard let variant = variants.cases.randomElement(using: &generator), !chance(8) else {
                return (0..<12).map { _ in .random(in: 0...255, using: &generator) }
            }
            var body = bytes(for: variant.layout)
            let head = [UInt8](repeating: 1, count: layout.fields.last?.type.sizeMinimum ?? 0)
            let order = variants.tagBits?.order ?? variants.tag.order
            let tag = [UInt8](repeating: UInt8(truncatingIfNeeded: variant.tag), count: 1)
            switch variants.placement {
            case .before:
                let zeros = [UInt8](repeating: tag[0] == 255 ? 255 : 0, count: variants.tag.bytes - 1)
                body = (order == .big ? zeros + tag : tag + zeros) + body
            case .inside:
                if let bits = variants.tagBits {
                    let shift = order == .big ? 5 - bits.firstBit : bits.firstBit
                    body[0] = body[0] & ~(7 << shift) | (tag[0] & 7) << shift
                } else {
                    let last = variants.tag.bytes - 1
                    for index in 0...last { body[index] = tag[0] == 255 ? 255 : 0 }
                    body[order == .big ? last : 0] = tag[0]
                }
            }
            return head + body
        }
        let extra = layout.tail == nil && !chance(20) ? 0 : Int.random(in: 0...12, using: &generator)
        var bytes = (0..<layout.sizeMinimum + extra).map { _ -> UInt8 in
            switch Int.random(in: 0...5, using: &generator) {
            case 0, 1: return 0
            case 2: return .random(in: 0...2, using: &generator)
            case 3: return .random(in: 0x20...0x7E, using: &generator)
            default: return .random(in: 0...255, using: &generator)
            }
        }
        if chance(3) {
            for (index, byte) in "hex:\u{9B}\u{2028}é\"\\\n".utf8.enumerated() where index + 3 < bytes.count {
                bytes[index + 3] = byte
            }
        }
        if let tail = layout.tail, case .tail(let type) = tail.type, let count = type.count {
            let length = bytes.count - tail.offset
            let item = max(1, type.itemType?.sizeMinimum ?? 1)
            let number =
                switch count.unit {
                case .bytes: length
                case .items: length / item
                case .messageBytes: bytes.count
                }
            bytes[tail.offset - 1] = UInt8(clamping: number)
        }
        return bytes
    }

    mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }

    private mutating func pick<Value>(_ values: Value...) -> Value {
        values[.random(in: values.indices, using: &generator)]
    }
}
