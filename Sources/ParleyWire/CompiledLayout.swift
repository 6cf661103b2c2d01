/// A layout made ready for many messages: names are found without a search, and messages of the usual shape
/// (fixed fields, then perhaps a tail of bytes or of plain items) are checked in one pass over a flat list.
///
/// Make it once and decode with it: `DynamicMessage(decoding: bytes, as: compiled)`.
public final class CompiledLayout: Sendable {
    public let layout: MessageLayout
    let indices: [String: Int]
    /// What must hold for bytes to be surely the message's own encoding, or nil when only reading them can
    /// tell.
    private let plan: Plan?

    public init(_ layout: MessageLayout) {
        self.layout = layout
        let named = layout.fields.enumerated().filter { $0.element.role != .padding }
        indices = Dictionary(named.map { ($0.element.name, $0.offset) }) { first, _ in first }
        plan = Plan(layout)
    }

    /// Whether `bytes` are a message and the very bytes that encoding it gives. False means: read them to
    /// know.
    func accepts(_ bytes: RawSpan) -> Bool {
        plan?.accepts(bytes) ?? false
    }
}

/// A flat list of what to look at.
struct Plan: Sendable {
    private var checks: [Check] = []
    private var head = 0
    private var tail: Tail?

    /// Longer lists are no faster than reading.
    private static let checksMax = 1024

    struct Check: Sendable {
        var offset: Int
        var kind: Kind

        enum Kind: Sendable {
            case boolean
            case zero(count: Int)
            case constant(UInt64, IntegerType)
            case known(Set<UInt64>, IntegerType)
            case bits(UInt64, BitsType)
            case knownBits(BitsType)
        }
    }

    struct Tail: Sendable {
        var itemSize: Int
        /// Where the count lies, what it is, and what it counts.
        var count: (offset: Int, integer: IntegerType, unit: CountUnit)?
    }

    init?(_ layout: MessageLayout) {
        guard layout.variants == nil else { return nil }
        for field in layout.fields {
            if case .tail(let type) = field.type {
                guard let tail = Self.tail(type, of: layout) else { return nil }
                self.tail = tail
            } else {
                guard add(field, at: field.offset) else { return nil }
                head = field.offset + field.type.sizeMinimum
            }
        }
    }

    func accepts(_ bytes: RawSpan) -> Bool {
        let size = bytes.byteCount
        guard tail == nil ? size == head : size >= head else { return false }
        for check in checks where !check.holds(in: bytes) { return false }
        guard let tail else { return true }
        let length = size - head
        guard length % tail.itemSize == 0 else { return false }
        guard let (offset, integer, unit) = tail.count else { return true }
        let count = integer.load(from: bytes, at: offset)
        // A negative count counts as more than anything.
        guard count <= integer.maximum else { return false }
        switch unit {
        case .bytes: return count == UInt64(length)
        case .items: return count == UInt64(length / tail.itemSize)
        case .messageBytes: return count == UInt64(size)
        }
    }

    private static func tail(_ type: TailType, of layout: MessageLayout) -> Tail? {
        var tail = Tail(itemSize: 1)
        if let item = type.itemType {
            var plan = Plan()
            let isPlain = plan.add(MessageLayout.Field("", item), at: 0) && plan.checks.isEmpty
            guard isPlain, item.sizeMinimum > 0 else { return nil }
            tail.itemSize = item.sizeMinimum
        }
        if let count = type.count {
            guard let field = layout.field(count.field), case .integer(let integer) = field.type else {
                return nil
            }
            tail.count = (field.offset, integer, count.unit)
        }
        return tail
    }

    private init() {}

    /// Adds what must hold for a field; false when the field is no matter for a flat list.
    private mutating func add(_ field: MessageLayout.Field, at offset: Int) -> Bool {
        switch field.role {
        case .reserved, .padding:
            if case .bits(let bits) = field.type { return add(.bits(0, bits), at: offset) }
            return add(.zero(count: field.type.sizeMinimum), at: offset)
        case .constant(let bits):
            if case .bits(let type) = field.type { return add(.bits(bits & type.mask, type), at: offset) }
            guard case .integer(let integer) = field.type else { return false }
            return add(.constant(bits & integer.mask, integer), at: offset)
        case .value, .count:
            return add(field.type, at: offset)
        }
    }

    private mutating func add(_ type: FieldType, at offset: Int) -> Bool {
        switch type {
        case .integer, .float, .text, .bytes, .union:
            // A union is all its bytes, whatever its members make of them.
            return true
        case .bits(let bits):
            guard !bits.isOpen, case .enumeration = bits.kind else { return true }
            return add(.knownBits(bits), at: offset)
        case .bool:
            return add(Check.Kind.boolean, at: offset)
        case .enumeration(let enumeration):
            if enumeration.isOpen { return true }
            let integer = enumeration.integer
            let known = Set(enumeration.cases.map { UInt64(bitPattern: $0.value) & integer.mask })
            return add(.known(known, integer), at: offset)
        case .array(let element, let count):
            guard element.isFixedSize else { return false }
            for index in 0..<count {
                let before = checks.count
                guard add(element, at: offset + index * element.sizeMinimum) else { return false }
                if checks.count == before { break }
            }
            return true
        case .message(let layout):
            guard layout.variants == nil else { return false }
            for field in layout.fields where !add(field, at: offset + field.offset) { return false }
            return true
        case .tail:
            return false
        }
    }

    private mutating func add(_ kind: Check.Kind, at offset: Int) -> Bool {
        checks.append(Check(offset: offset, kind: kind))
        return checks.count <= Self.checksMax
    }
}

extension Plan.Check {
    /// - Precondition: `bytes` reach as far as the field; the plan has compared sizes.
    fileprivate func holds(in bytes: RawSpan) -> Bool {
        switch kind {
        case .boolean:
            return bytes.byte(at: offset) <= 1
        case .zero(let count):
            for index in offset..<offset + count where bytes.byte(at: index) != 0 { return false }
            return true
        case .constant(let bits, let integer):
            return integer.load(from: bytes, at: offset) == bits
        case .bits(let bits, let type):
            return type.load(from: bytes, at: offset) == bits
        case .knownBits(let type):
            return type.isLegal(type.load(from: bytes, at: offset))
        case .known(let known, let integer):
            return known.contains(integer.load(from: bytes, at: offset))
        }
    }
}

extension IntegerType {
    fileprivate func load(from span: RawSpan, at offset: Int) -> UInt64 {
        var bits: UInt64 = 0
        for index in 0..<bytes { bits |= UInt64(span.byte(at: offset + index)) << shift(ofByte: index) }
        return bits
    }
}
