import ParleyTypes
public import ParleyWire

/// Random values of a layout: numbers of every size, printable text, floats of few digits.
public struct RandomValues {
    private var random: SeededGenerator

    public init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    public mutating func values(of layout: MessageLayout) -> FieldValues {
        var values = FieldValues()
        for field in layout.fields where field.role == .value { values[field.name] = value(of: field.type) }
        if let variants = layout.variants, !variants.cases.isEmpty {
            let variant = variants.cases[Int.random(in: 0..<variants.cases.count, using: &random)]
            values[variant.name] = .message(self.values(of: variant.layout))
        }
        return values
    }

    public mutating func value(of type: FieldType) -> FieldValue {
        switch type {
        case .integer(let integer): return number(integer)
        case .float: return .float(Double(Int.random(in: -2_000...2_000, using: &random)) / 4)
        case .bool: return .bool(Bool.random(using: &random))
        case .enumeration(let enumeration):
            guard let value = enumeration.cases.randomElement(using: &random)?.value else {
                return .unsigned(0)
            }
            return enumeration.integer.isSigned ? .signed(value) : .unsigned(UInt64(bitPattern: value))
        case .bits(let bits):
            let raw = UInt64.random(in: 0...UInt64.max, using: &random)
            return bits.value(bits: raw & (UInt64.max >> UInt64(64 - bits.width)))
        case .text(let count): return .bytes(text(Int.random(in: 0...count, using: &random)))
        case .bytes(let count): return .bytes(bytes(count))
        case .array(let element, let count): return .array((0..<count).map { _ in value(of: element) })
        case .message(let layout): return .message(values(of: layout))
        case .union(let union):
            // Bytes that are text for whoever reads them as such.
            let hasText = union.members.contains { if case .text = $0.type { true } else { false } }
            return .message([union.rawName: .bytes(hasText ? text(union.size) : bytes(union.size))])
        case .tail(let tail):
            let count = Int.random(in: 0...5, using: &random)
            switch tail.element {
            case .text: return .bytes(text(count))
            case .bytes: return .bytes(bytes(count))
            case .items(let item): return .array((0..<count).map { _ in value(of: item) })
            }
        }
    }

    private mutating func number(_ integer: IntegerType) -> FieldValue {
        let bits = UInt64.random(in: 0...UInt64.max, using: &random)
        let shift = 64 - 8 * integer.bytes
        return integer.isSigned ? .signed(Int64(bitPattern: bits) >> shift) : .unsigned(bits >> UInt64(shift))
    }

    private mutating func text(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) }
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
