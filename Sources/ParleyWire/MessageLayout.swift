/// The layout of a message as a value: which bytes mean what.
///
/// A `@WireMessage` type has one as `layout`; a C header gives one; a ``DynamicMessage`` follows one. Two
/// layouts are equal when they describe the same bytes under the same names.
public struct MessageLayout: Sendable, Hashable {
    public var name: String
    /// The fields in the order of their bytes. A tail, if there is one, is the last.
    public internal(set) var fields: [Field]
    /// What follows `fields`, chosen by a tag, when the message is a tagged union.
    public internal(set) var variants: Variants?
    /// Whether it stands for the layout around it that has its name: a Swift type which contains itself comes
    /// again here. It has no fields of its own. Reading and writing by such a layout (``DynamicMessage``,
    /// ``MessageView``, ``MessageDraft``) is refused where it would be met:
    /// ``WireError/Reason/selfReference(type:)``.
    public let isSelfReference: Bool
    /// How deep arrays, messages and unions nest inside of it; 0 when all fields are plain.
    public let nesting: Int

    /// The most that arrays, messages and unions of a layout nest.
    ///
    /// Headers and spelled layouts nest at most 64 deep and say so; telling messages apart adds one. Whoever
    /// reads, writes, draws or prints by a layout calls itself for each level.
    public static let nestingMax = 72

    /// A layout of fields that lie one after another without gaps; `offset`s, and where bits begin, are
    /// computed.
    ///
    /// - Precondition: field names differ; only the last field varies in size; a tail's count field exists
    ///   and is an integer or bits; a run of bits has one order and fills whole bytes.
    public init(name: String, packing fields: [Field], variants: Variants? = nil) {
        var end = 0
        let placed = fields.map { field in
            var field = field
            field.offset = end / 8
            if case .bits(var bits) = field.type {
                bits.firstBit = end % 8
                field.type = .bits(bits)
            }
            end += field.type.bitsMinimum
            return field
        }
        self.init(name: name, fields: placed, variants: variants)
    }

    /// A layout of fields that say where they lie, in rising order without overlap; gaps are fields too.
    public init(name: String, fields: [Field], variants: Variants? = nil) {
        // In bits.
        var end = 0
        var names = Set<String>()
        for (index, field) in fields.enumerated() {
            let begin = 8 * field.offset + field.type.firstBit
            precondition(
                begin == end,
                "\(name).\(field.name) begins at bit \(begin % 8) of byte \(begin / 8), "
                    + "not at bit \(end % 8) of byte \(end / 8)"
            )
            field.type.check(after: index == 0 ? nil : fields[index - 1].type, isInsideByte: end % 8 != 0)
            precondition(
                field.type.isFixedSize || index == fields.count - 1,
                "only the last field may vary in size"
            )
            precondition(
                field.role == .padding || names.insert(field.name).inserted,
                "two fields \(field.name)"
            )
            end += field.type.bitsMinimum
        }
        precondition(end % 8 == 0, "the last byte of \(name) has \(8 - end % 8) bits that are no field")
        if case .tail(let tail)? = fields.last?.type, let count = tail.count {
            precondition(
                fields.contains { $0.name == count.field && $0.role == .count },
                "the tail of \(name) is counted by \(count.field), which is no count field of it"
            )
        }
        self.name = name
        self.fields = fields
        self.variants = variants
        isSelfReference = false
        var nesting = fields.map(\.type.nesting).max() ?? 0
        for variant in variants?.cases ?? [] { nesting = max(nesting, 1 + variant.layout.nesting) }
        precondition(nesting <= Self.nestingMax, "\(name) nests deeper than \(Self.nestingMax) levels")
        self.nesting = nesting
    }

    /// What stands for the layout of this name that is around it.
    init(selfReference name: String) {
        self.name = name
        fields = []
        variants = nil
        isSelfReference = true
        nesting = 0
    }

    /// One field of a message.
    public struct Field: Sendable, Hashable {
        public var name: String
        /// The field's first byte, counted from the message's first.
        public fileprivate(set) var offset: Int
        public var type: FieldType
        public var role: Role
        /// Whether it carries the number by which a question is told from others, and its answer
        /// (``MessageNumber``).
        public internal(set) var isNumber = false

        public init(_ name: String, _ type: FieldType, role: Role = .value, offset: Int = 0) {
            self.name = name
            self.type = type
            self.role = role
            self.offset = offset
        }
    }

    /// What a field is for.
    public enum Role: Sendable, Hashable {
        /// It carries a value of the application.
        case value
        /// It counts the tail; encoding fills it in.
        case count
        /// It is kept for later: sent as zero, not looked at when received.
        case reserved
        /// A gap that a compiler left: sent as zero, not looked at when received. Its name means nothing.
        case padding
        /// It always has this value (the bit pattern of its integer); another one is refused.
        case constant(UInt64)
    }

    /// The messages that a tag tells apart.
    public struct Variants: Sendable, Hashable {
        /// The tag: an integer.
        public var tag: IntegerType
        /// When the tag is a bit field: which bits of the byte that `placement` says. `tag` is then an integer
        /// that holds its values.
        public private(set) var tagBits: BitsType?
        /// The name of the tag for readers and JSON.
        public var tagName: String
        /// Where the tag lies.
        public var placement: Placement
        public var cases: [Case]
        /// Whether an unknown tag is kept as bytes (true) or refused (false).
        public var isOpen: Bool

        public init(tag: IntegerType, tagName: String, placement: Placement, cases: [Case], isOpen: Bool) {
            precondition(Set(cases.map(\.tag)).count == cases.count, "two cases have one tag")
            self.tag = tag
            self.tagName = tagName
            self.placement = placement
            self.cases = cases
            self.isOpen = isOpen
        }

        /// The messages that a bit field inside of each tells apart.
        ///
        /// - Parameter offset: the byte that holds its first bit, the same in every case.
        public init(bits: BitsType, tagName: String, offset: Int, cases: [Case], isOpen: Bool) {
            let bytes = [1, 2, 4, 8].first { 8 * $0 >= bits.width } ?? 8
            self.init(
                tag: IntegerType(bytes: bytes, isSigned: bits.isSigned),
                tagName: tagName,
                placement: .inside(offset: offset),
                cases: cases,
                isOpen: isOpen
            )
            tagBits = bits
        }

        public enum Placement: Sendable, Hashable {
            /// The tag stands in front of the case's own bytes.
            case before
            /// The tag is one of the case's own fields, at this offset in bytes, the same in every case.
            case inside(offset: Int)
        }

        public struct Case: Sendable, Hashable {
            public var tag: UInt64
            public var name: String
            public var layout: MessageLayout

            public init(tag: UInt64, name: String, layout: MessageLayout) {
                self.tag = tag
                self.name = name
                self.layout = layout
            }
        }
    }
}

extension FieldType {
    /// How many levels of arrays, messages and unions it has.
    var nesting: Int {
        var type = self
        var levels = 0
        // Arrays are peeled off one by one: nobody has counted theirs before.
        while true {
            switch type {
            case .array(let element, _): type = element
            case .tail(let tail):
                guard let item = tail.itemType else { return levels }
                type = item
            case .message(let layout): return levels + 1 + layout.nesting
            case .union(let union): return levels + 1 + union.nesting
            default: return levels
            }
            levels += 1
        }
    }

    /// The least bits a value takes.
    var bitsMinimum: Int {
        if case .bits(let bits) = self { bits.width } else { 8 * sizeMinimum }
    }

    fileprivate var firstBit: Int {
        if case .bits(let bits) = self { bits.firstBit } else { 0 }
    }

    /// Stops the program when bits stand where they cannot.
    fileprivate func check(after previous: FieldType?, isInsideByte: Bool) {
        switch (self, previous) {
        case (.bits(let bits), .bits(let before)?):
            bits.check()
            precondition(!isInsideByte || bits.order == before.order, "a run of bits has one order")
        case (.bits(let bits), _):
            bits.check()
        case (.array(of: .bits, _), _):
            preconditionFailure("an array has items of whole bytes")
        case (.tail(let tail), _):
            if case .bits? = tail.itemType { preconditionFailure("a tail has items of whole bytes") }
        default:
            break
        }
    }
}

extension MessageLayout {
    /// The least bytes a message has.
    public var sizeMinimum: Int {
        let own = fields.last.map { $0.offset + $0.type.sizeMinimum } ?? 0
        guard let variants else { return own }
        let smallest = variants.isOpen ? 0 : variants.cases.map(\.layout.sizeMinimum).min() ?? 0
        switch variants.placement {
        case .before: return own + variants.tag.bytes + smallest
        case .inside(let offset): return own + max(smallest, offset + variants.tagSize)
        }
    }

    /// The most bytes a message has, or nil when nothing bounds it.
    public var sizeMaximum: Int? {
        if isSelfReference { return nil }
        var total = 0
        // Only the last field can vary.
        if let last = fields.last {
            guard let size = last.type.sizeMaximum else { return nil }
            total = last.offset + size
        }
        guard let variants else { return total }
        var largest = 0
        for variant in variants.cases {
            guard !variants.isOpen, let size = variant.layout.sizeMaximum else { return nil }
            largest = max(largest, size)
        }
        return total + largest + (variants.placement == .before ? variants.tag.bytes : 0)
    }

    /// Whether every message has the same number of bytes.
    public var isFixedSize: Bool { sizeMaximum == sizeMinimum }

    /// The variable last field, if there is one.
    public var tail: Field? {
        guard let last = fields.last, case .tail = last.type else { return nil }
        return last
    }

    /// The field of that name; gaps have none.
    public func field(_ name: String) -> Field? {
        fields.first { $0.name == name && $0.role != .padding }
    }

    /// The bytes that are left for the tail in a message of at most `limit`, or nil without a tail.
    public func tailCapacity(under limit: SizeLimit) -> Int? {
        tail.map { max(0, limit.bytes - $0.offset) }
    }
}
