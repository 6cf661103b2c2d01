import ParleyTypes
public import ParleyWire

/// Random layouts, the same for the same seed.
public struct RandomLayout {
    /// What may occur in a layout.
    public struct Features: Sendable {
        /// Roles, counts, closed enumerations, variants, numbers in both orders: what a C header cannot say.
        public var isBeyondC = false
        public var hasUnions = true
        /// The order in which bits are counted; nil without bit fields.
        public var bitOrder: ByteOrder? = .little
        /// Names that are words of Lua or Swift, but not of C.
        public var hasOddNames = true
        /// The order of numbers.
        public var byteOrder = ByteOrder.big

        public init() {}
    }

    private var random: SeededGenerator
    private let features: Features
    private let name: String
    private var counter = 0
    private var structs: [MessageLayout] = []
    private var enumerations: [EnumerationType] = []

    public init(seed: UInt64, name: String, features: Features = Features()) {
        random = SeededGenerator(seed: seed)
        self.name = name
        self.features = features
    }

    public mutating func layout() -> MessageLayout {
        if features.isBeyondC, chance(25) { return tagged() }
        return structure(name, depth: 0, mayVary: true)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func fresh(_ prefix: String) -> String {
        counter += 1
        return "\(prefix)\(counter)"
    }

    private mutating func order() -> ByteOrder {
        features.isBeyondC && chance(30) ? (chance(50) ? .little : .big) : features.byteOrder
    }

    private static let oddNames = [
        "end", "local", "class", "func", "in", "init", "nil", "repeat", "size", "count",
    ]

    private mutating func tagged() -> MessageLayout {
        let tag = IntegerType(bytes: [1, 2, 4][number(0...2)], isSigned: false, order: order())
        let cases = (1...number(2...4)).map { index in
            MessageLayout.Variants.Case(
                tag: UInt64(index * 3),
                name: "case\(index)",
                layout: structure(fresh("\(name)_body"), depth: 1, mayVary: chance(40))
            )
        }
        let variants = MessageLayout.Variants(
            tag: tag,
            tagName: "kind",
            placement: .before,
            cases: cases,
            isOpen: chance(40)
        )
        return MessageLayout(name: name, packing: [], variants: variants)
    }

    private mutating func structure(_ title: String, depth: Int, mayVary: Bool) -> MessageLayout {
        var fields: [MessageLayout.Field] = []
        var odd = Self.oddNames
        for _ in 0..<number(1...(depth == 0 ? 8 : 4)) {
            var name = fresh("f")
            if features.hasOddNames, chance(15) { name = odd.remove(at: number(0...odd.count - 1)) }
            if let bitOrder = features.bitOrder, chance(15) {
                fields += bits(bitOrder)
                continue
            }
            let role = role()
            let type = role == .value ? type(depth) : plainType(role)
            fields.append(.init(name, type, role: role))
        }
        if mayVary, chance(40) { addTail(to: &fields, depth) }
        return MessageLayout(name: title, packing: fields)
    }

    private mutating func role() -> MessageLayout.Role {
        if chance(8) { return .padding }
        guard features.isBeyondC else { return .value }
        if chance(10) { return .reserved }
        return chance(10) ? .constant(UInt64(number(1...100))) : .value
    }

    private mutating func plainType(_ role: MessageLayout.Role) -> FieldType {
        if case .constant = role { return .integer(integer()) }
        return .bytes(count: number(1...5))
    }

    private mutating func integer() -> IntegerType {
        IntegerType(bytes: [1, 2, 4, 8][number(0...3)], isSigned: chance(40), order: order())
    }

    private mutating func scalar() -> FieldType {
        switch number(0...9) {
        case 0: return .bool
        case 1: return .float(bytes: 4, order: order())
        case 2: return .float(bytes: 8, order: order())
        case 3: return .enumeration(enumeration())
        default: return .integer(integer())
        }
    }

    private mutating func enumeration() -> EnumerationType {
        if chance(30), !enumerations.isEmpty { return enumerations[number(0...enumerations.count - 1)] }
        let isSigned = chance(30)
        let name = fresh("\(self.name)_kind")
        var cases = (0..<number(1...4)).map {
            EnumerationType.Case(name: "\(name)_\($0)", value: Int64($0 * 40))
        }
        if isSigned { cases.append(.init(name: "\(name)_least", value: -5)) }
        // The widths that C gives these values: int, or the least when packed.
        let least = isSigned && cases.contains { $0.value > 127 } ? 2 : 1
        let type = EnumerationType(
            name: name,
            integer: IntegerType(bytes: chance(50) ? 4 : least, isSigned: isSigned, order: order()),
            cases: cases,
            isOpen: !features.isBeyondC || chance(50)
        )
        enumerations.append(type)
        return type
    }

    private mutating func type(_ depth: Int) -> FieldType {
        switch number(0...11) {
        case 0: return .text(capacity: number(1...20))
        case 1: return .bytes(count: number(1...9))
        case 2: return .array(of: element(), count: number(1...4))
        case 3: return .array(of: .array(of: element(), count: number(1...3)), count: number(1...3))
        case 4 where depth < 2: return .message(inner(depth))
        case 5 where depth < 2: return .array(of: .message(inner(depth)), count: number(1...3))
        case 6 where depth < 2 && features.hasUnions: return .union(union(depth))
        default: return scalar()
        }
    }

    /// An element of an array; C reads arrays of `uint8_t` as bytes.
    private mutating func element() -> FieldType {
        let type = scalar()
        if case .integer(let integer) = type, integer.bytes == 1, !integer.isSigned {
            return .text(capacity: 3)
        }
        return type
    }

    private mutating func inner(_ depth: Int) -> MessageLayout {
        if chance(30), let known = structs.last { return known }
        let layout = structure(fresh("\(name)_inner"), depth: depth + 1, mayVary: false)
        structs.append(layout)
        return layout
    }

    /// Members that are legal whatever the bytes are.
    private mutating func union(_ depth: Int) -> UnionType {
        let members = (0..<number(1...3)).map { _ in
            let type: FieldType =
                switch number(0...3) {
                case 0: .text(capacity: number(1...8))
                case 1: .bytes(count: number(1...8))
                default: .integer(integer())
                }
            return UnionType.Member(fresh("m"), type)
        }
        let size = members.map(\.type.sizeMinimum).max() ?? 1
        return UnionType(name: fresh("\(name)_choice"), size: size, members: members)
    }

    /// Bit fields that fill whole bytes.
    private mutating func bits(_ order: ByteOrder) -> [MessageLayout.Field] {
        var fields: [MessageLayout.Field] = []
        var left = 8 * number(1...4)
        while left > 0 {
            let width = min(left, number(1...13))
            left -= width
            let kind: BitsType.Kind = width == 1 && chance(50) ? .bool : chance(30) ? .signed : .unsigned
            let isPadding = chance(10)
            fields.append(
                .init(
                    isPadding ? "padding" : fresh("b"),
                    .bits(BitsType(width: width, order: order, kind: isPadding ? .unsigned : kind)),
                    role: isPadding ? .padding : .value
                )
            )
        }
        return fields
    }

    private mutating func addTail(to fields: inout [MessageLayout.Field], _ depth: Int) {
        let element: TailType.Element =
            switch number(0...3) {
            case 0: .text
            case 1: .bytes
            case 2 where depth < 2: .items(.message(inner(depth)))
            default: .items(element())
            }
        var count: TailType.Count?
        if features.isBeyondC, chance(60) {
            var unit = [CountUnit.bytes, .items, .messageBytes][number(0...2)]
            if element == .text || element == .bytes, unit == .items { unit = .bytes }
            let type = IntegerType(bytes: [2, 4][number(0...1)], isSigned: false, order: order())
            fields.append(.init("length", .integer(type), role: .count))
            count = .init(field: "length", unit: unit)
        } else if fields.allSatisfy({ $0.role == .padding }) {
            fields.append(.init(fresh("f"), .integer(integer())))
        }
        fields.append(.init(fresh("tail"), .tail(TailType(element, count: count))))
    }
}
