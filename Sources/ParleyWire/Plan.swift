/// A flat list of what must hold for bytes to be a message.
///
/// It knows layouts of the usual shape: fixed fields, then perhaps a tail of bytes or of plain items.
package struct Plan: Sendable {
    /// What decides whether bytes can be read.
    private var checks: [Check] = []
    /// What decides whether they are what encoding would give: gaps are zero.
    private var gaps: [Check] = []
    /// The bytes before the tail.
    package private(set) var head = 0
    package private(set) var tail: Tail?
    /// What follows the head when a tag tells which of several messages it is.
    package private(set) var variants: Variants?

    /// Longer lists are no faster than reading.
    private static let checksMax = 1024

    fileprivate struct Check: Sendable {
        var offset: Int
        var kind: Kind

        enum Kind: Sendable {
            case boolean
            case zero(count: Int)
            case constant(UInt64, IntegerType)
            case known(Set<UInt64>, IntegerType)
            case bits(UInt64, BitPlace)
            case knownBits(Set<UInt64>, BitPlace)
        }
    }

    package struct Tail: Sendable {
        package var itemSize: Int
        /// Where the count lies, what it is, and what it counts.
        var count: (offset: Int, place: CountPlace, unit: CountUnit)?
    }

    enum CountPlace: Sendable {
        case integer(IntegerType)
        case bits(BitPlace, maximum: UInt64)
    }

    package struct Variants: Sendable {
        var tag: CountPlace
        var offset: Int
        var size: Int
        /// How many bytes precede the messages, the tag among them when it stands in front.
        package var start: Int
        var isOpen: Bool
        /// The place of each tag in the list of cases.
        var cases: [UInt64: Int]
        /// The plans of the cases, each an object: looking at one copies nothing.
        var plans: [Case]

        final class Case: Sendable {
            let plan: Plan

            init(_ plan: Plan) {
                self.plan = plan
            }
        }
    }

    /// Nil when only reading can tell.
    package init?(_ layout: MessageLayout) {
        if layout.isSelfReference { return nil }
        for field in layout.fields {
            if case .tail(let type) = field.type {
                guard let tail = Self.tail(type, of: layout) else { return nil }
                self.tail = tail
            } else {
                guard add(field, at: field.offset) else { return nil }
                head = field.offset + field.type.sizeMinimum
            }
        }
        guard let variants = layout.variants else { return }
        guard tail == nil, let plan = Variants(variants, after: head) else { return nil }
        self.variants = plan
    }

    /// What must hold for the bytes at the front to be a value of the type.
    package init?(ofValue type: FieldType) {
        guard type.isFixedSize, add(type, at: 0) else { return nil }
        head = type.sizeMinimum
    }

    private init() {}
}

extension Plan {
    /// Whether `bytes` are a message and the very bytes that encoding it gives.
    func accepts(_ bytes: RawSpan) -> Bool {
        if let variants {
            guard bytes.byteCount >= head, checks.allHold(in: bytes), gaps.allHold(in: bytes) else {
                return false
            }
            return variants.allows(bytes, exactly: true)
        }
        return reads(bytes) && gaps.allHold(in: bytes)
    }

    /// Whether `bytes` are a message, whatever its gaps hold.
    package func reads(_ bytes: RawSpan) -> Bool {
        let size = bytes.byteCount
        if let variants {
            return size >= head && checks.allHold(in: bytes) && variants.allows(bytes, exactly: false)
        }
        guard let tail else { return size == head && checks.allHold(in: bytes) }
        guard size >= head, checks.allHold(in: bytes) else { return false }
        let length = size - head
        guard length % tail.itemSize == 0 else { return false }
        guard let (offset, place, unit) = tail.count else { return true }
        let count: UInt64
        switch place {
        case .integer(let integer):
            count = bytes.bits(at: offset, bytes: integer.bytes, isBig: integer.order == .big)
            // A negative count counts as more than anything.
            guard count <= integer.maximum else { return false }
        case .bits(let place, let maximum):
            count = place.load(from: bytes, at: offset)
            guard count <= maximum else { return false }
        }
        switch unit {
        case .bytes: return count == UInt64(length)
        case .items: return count == UInt64(length / tail.itemSize)
        case .messageBytes: return count == UInt64(size)
        }
    }

    /// Whether the size alone decides.
    var isPlain: Bool { checks.isEmpty && tail == nil && variants == nil }

    /// Whether the bytes from `offset` on begin with a value.
    package func readsValue(_ bytes: RawSpan, at offset: Int) -> Bool {
        checks.isEmpty || checks.allHold(in: bytes, from: offset)
    }
}

extension Plan.Variants {
    fileprivate init?(_ variants: MessageLayout.Variants, after head: Int) {
        let place: Plan.CountPlace =
            variants.tagBits.map { .bits($0.place, maximum: .max) } ?? .integer(variants.tag)
        tag = place
        size = variants.tagSize
        isOpen = variants.isOpen
        switch variants.placement {
        case .before:
            offset = head
            start = head + variants.tag.bytes
        case .inside(let distance):
            offset = head + distance
            start = head
        }
        cases = [:]
        plans = []
        for (index, variant) in variants.cases.enumerated() {
            guard let plan = Plan(variant.layout) else { return nil }
            let bits = variant.tag & variants.tagMask
            plans.append(Case(plan))
            if cases[bits] == nil { cases[bits] = index }
        }
    }

    /// The tag's bits; nil when the message ends before it does.
    package func tagBits(in bytes: RawSpan) -> UInt64? {
        guard offset + size <= bytes.byteCount else { return nil }
        switch tag {
        case .integer(let integer):
            return bytes.bits(at: offset, bytes: integer.bytes, isBig: integer.order == .big)
        case .bits(let place, _):
            return place.load(from: bytes, at: offset)
        }
    }

    /// Which of the cases a message is, by its tag; nil when it is none.
    package func index(ofTag bits: UInt64) -> Int? { cases[bits] }

    fileprivate func allows(_ bytes: RawSpan, exactly: Bool) -> Bool {
        guard let bits = tagBits(in: bytes) else { return false }
        guard let index = cases[bits] else { return isOpen }
        let body = bytes.extracting(start..<bytes.byteCount)
        return exactly ? plans[index].plan.accepts(body) : plans[index].plan.reads(body)
    }
}

extension Plan {
    private static func tail(_ type: TailType, of layout: MessageLayout) -> Tail? {
        var tail = Tail(itemSize: 1)
        if let item = type.itemType {
            var plan = Plan()
            let isPlain = plan.add(item, at: 0) && plan.checks.isEmpty && plan.gaps.isEmpty
            guard isPlain, item.sizeMinimum > 0 else { return nil }
            tail.itemSize = item.sizeMinimum
        }
        guard let count = type.count else { return tail }
        switch layout.field(count.field).map({ ($0.offset, $0.type) }) {
        case (let offset, .integer(let integer))?:
            tail.count = (offset, .integer(integer), count.unit)
        case (let offset, .bits(let bits))?:
            tail.count = (offset, .bits(bits.place, maximum: bits.maximum), count.unit)
        default:
            return nil
        }
        return tail
    }

    /// Adds what must hold for a field; false when the field is no matter for a flat list.
    private mutating func add(_ field: MessageLayout.Field, at offset: Int) -> Bool {
        switch field.role {
        case .reserved, .padding:
            if case .bits(let bits) = field.type {
                gaps.append(Check(offset: offset, kind: .bits(0, bits.place)))
            } else {
                gaps.append(Check(offset: offset, kind: .zero(count: field.type.sizeMinimum)))
            }
            return gaps.count <= Self.checksMax
        case .constant(let bits):
            switch field.type {
            case .integer(let integer): return add(.constant(bits & integer.mask, integer), at: offset)
            case .enumeration(let enumeration) where enumeration.named(bits: bits) != nil:
                return add(.constant(bits & enumeration.integer.mask, enumeration.integer), at: offset)
            case .bits(let type): return add(.bits(bits & type.mask, type.place), at: offset)
            default: return false
            }
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
            guard !bits.isOpen, case .enumeration(_, let cases, _) = bits.kind else { return true }
            let known = Set(cases.map { UInt64(bitPattern: $0.value) & bits.mask })
            return add(.knownBits(known, bits.place), at: offset)
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
                let before = checks.count + gaps.count
                guard add(element, at: offset + index * element.sizeMinimum) else { return false }
                if checks.count + gaps.count == before { break }
            }
            return true
        case .message(let layout):
            guard layout.variants == nil, !layout.isSelfReference else { return false }
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

extension [Plan.Check] {
    /// - Precondition: `bytes` reach as far as the fields; the plan has compared sizes.
    fileprivate func allHold(in bytes: RawSpan, from start: Int = 0) -> Bool {
        for check in self where !check.holds(in: bytes, from: start) { return false }
        return true
    }
}

extension Plan.Check {
    fileprivate func holds(in bytes: RawSpan, from start: Int) -> Bool {
        let offset = start + offset
        switch kind {
        case .boolean:
            return bytes.byte(at: offset) <= 1
        case .zero(let count):
            for index in offset..<offset + count where bytes.byte(at: index) != 0 { return false }
            return true
        case .constant(let bits, let integer):
            return bytes.bits(at: offset, bytes: integer.bytes, isBig: integer.order == .big) == bits
        case .known(let known, let integer):
            return known.contains(bytes.bits(at: offset, bytes: integer.bytes, isBig: integer.order == .big))
        case .bits(let bits, let place):
            return place.load(from: bytes, at: offset) == bits
        case .knownBits(let known, let place):
            return known.contains(place.load(from: bytes, at: offset))
        }
    }
}
