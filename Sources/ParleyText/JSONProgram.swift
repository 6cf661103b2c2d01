import ParleyWire

/// The steps from the bytes of a message to JSON: texts that are always the same, and values between them.
///
/// Steps are plain numbers and tables stand beside them, so that running one touches no reference count; a
/// ``JSONRunner`` holds it all.
struct JSONProgram: Sendable {
    var steps: [Step] = []
    /// The texts of all steps.
    var literals: [UInt8] = []
    /// What is run for each item of an array or a tail, and for a union's members.
    var runners: [JSONRunner] = []
    var unions: [Union] = []
    var variants: [Variants] = []
    /// Enumerations: what stands for the values that have names.
    var names: [[UInt64: [UInt8]]] = []
    /// The most bytes that come of everything but the tail.
    var sizeFixed = 0
    var tail: Tail?

    struct Step: Sendable, BitwiseCopyable {
        /// The text in front of the value.
        var literal: Int
        var literalSize: Int
        var offset: Int
        var action: Action
    }

    enum Action: Sendable, BitwiseCopyable {
        case nothing
        case unsigned(bytes: Int, isBig: Bool)
        case signed(bytes: Int, isBig: Bool)
        case named(table: Int, bytes: Int, isSigned: Bool, isBig: Bool)
        case bits(BitPlace, isSigned: Bool)
        case namedBits(table: Int, BitPlace, isSigned: Bool)
        case bit(BitPlace)
        case boolean
        case single(isBig: Bool)
        case double(isBig: Bool)
        case text(size: Int, TextMode)
        case items(program: Int, count: Int, stride: Int)
        case union(table: Int)
        case tailText(TextMode)
        /// The message whose tag it is; only at the outermost.
        case variants(table: Int)
        case tailItems(program: Int, stride: Int)
    }

    /// How bytes become a string; what the policy says of a field.
    enum TextMode: Sendable, BitwiseCopyable {
        /// Text up to the first NUL.
        case text
        case hex
        /// Whatever a field of bytes looks like.
        case field
        /// Whatever a tail of bytes looks like.
        case tail
    }

    struct Tail: Sendable {
        var offset: Int
        var sizePerByte: Int
    }

    struct Union: Sendable {
        var members: [Member]
        var size: Int
        var rawName: [UInt8]

        struct Member: Sendable {
            var name: [UInt8]
            /// What must hold for the member to be read.
            var plan: Plan
            var program: Int
        }
    }

    /// The messages that a tag tells apart, in the order of the cases.
    struct Variants: Sendable {
        var plan: Plan.Variants
        /// The name of each case, and its program.
        var cases: [(name: [UInt8], program: Int)]
        /// What a tag is, when no case has it, and the names of it and of the bytes.
        var tag: Tag
        var tagName: [UInt8]
        var bytesName: [UInt8]
        var bytesMode: TextMode

        enum Tag: Sendable {
            case integer(IntegerType)
            case bits(BitsType)
        }
    }

    /// The most bytes that a message of this size gives.
    func sizeMaximum(for byteCount: Int) -> Int {
        guard let tail else { return sizeFixed }
        return sizeFixed + max(0, byteCount - tail.offset) * tail.sizePerByte
    }

    /// The fixed part that a case may take beside its name.
    private static let variantMax = 64
}

extension JSONProgram {
    /// Nil when the layout or the policy asks for more than such steps.
    init?(_ layout: MessageLayout, _ policy: TextPolicy) {
        // Names of single items are a matter of each message.
        guard !policy.textFields.union(policy.bytesFields).contains(where: { $0.contains("[") }) else {
            return nil
        }
        guard add(layout, at: 0, FieldPath(), policy, isOutermost: true) else { return nil }
        finish()
    }

    /// The steps for a value alone.
    private init?(ofValue type: FieldType, _ path: FieldPath, _ policy: TextPolicy) {
        guard add(type, at: 0, path, policy) else { return nil }
        finish()
    }

    private mutating func finish() {
        if !pending.isEmpty { step(0, .nothing, size: 0) }
    }

    /// The text that the next step begins with.
    private var pending: Range<Int> { (steps.last.map { $0.literal + $0.literalSize } ?? 0)..<literals.count }

    private mutating func write(_ text: String) { literals += Array(text.utf8) }

    private mutating func step(_ offset: Int, _ action: Action, size: Int) {
        let pending = pending
        sizeFixed += size + pending.count
        steps.append(
            Step(literal: pending.lowerBound, literalSize: pending.count, offset: offset, action: action)
        )
    }

    private mutating func add(
        _ layout: MessageLayout,
        at offset: Int,
        _ path: FieldPath,
        _ policy: TextPolicy,
        isOutermost: Bool = false
    ) -> Bool {
        guard layout.variants == nil || isOutermost else { return false }
        write("{")
        var isFirst = true
        for field in layout.fields where field.role != .padding && field.role != .reserved {
            write((isFirst ? "" : ",") + "\(JSONValue.string(field.name)):")
            isFirst = false
            let path = path.appending(field.name)
            guard add(field.type, at: offset + field.offset, path, policy) else { return false }
        }
        if let variants = layout.variants {
            guard let plan = Plan(layout)?.variants else { return false }
            if !isFirst { write(",") }
            guard add(variants, plan, path, policy) else { return false }
        }
        write("}")
        return true
    }

    private mutating func add(
        _ type: FieldType,
        at offset: Int,
        _ path: FieldPath,
        _ policy: TextPolicy
    ) -> Bool {
        switch type {
        case .integer(let integer):
            let isBig = integer.order == .big
            step(
                offset,
                integer.isSigned
                    ? .signed(bytes: integer.bytes, isBig: isBig)
                    : .unsigned(bytes: integer.bytes, isBig: isBig),
                size: Self.numberMax
            )
        case .enumeration(let enumeration):
            let integer = enumeration.integer
            let bits = enumeration.cases.map { UInt64(bitPattern: $0.value) & integer.mask }
            let table = table(bits, enumeration.cases.map(\.name))
            let action = Action.named(
                table: table,
                bytes: integer.bytes,
                isSigned: integer.isSigned,
                isBig: integer.order == .big
            )
            step(offset, action, size: sizeOfNames(table))
        case .bits(let bits):
            add(bits, at: offset)
        case .bool:
            step(offset, .boolean, size: 5)
        case .float(4, let order):
            step(offset, .single(isBig: order == .big), size: Self.numberMax)
        case .float(_, let order):
            step(offset, .double(isBig: order == .big), size: Self.numberMax)
        case .text(let count), .bytes(let count):
            let mode = policy.mode(of: type, at: path)
            step(offset, .text(size: count, mode), size: Self.textMax(count))
        case .array(let element, let count):
            guard let program = program(for: element, path.appending(0), policy) else { return false }
            let size = 2 + count * (runners[program].program.sizeFixed + 1)
            guard size <= Self.sizeFixedMax else { return false }
            step(offset, .items(program: program, count: count, stride: element.sizeMinimum), size: size)
        case .message(let layout):
            return add(layout, at: offset, path, policy)
        case .union(let union):
            return add(union, at: offset, path, policy)
        case .tail(let tail):
            return add(tail, type, at: offset, path, policy)
        }
        return sizeFixed <= Self.sizeFixedMax
    }

    private mutating func add(_ bits: BitsType, at offset: Int) {
        switch bits.kind {
        case .bool:
            step(offset, .bit(bits.place), size: 5)
        case .unsigned, .signed:
            step(offset, .bits(bits.place, isSigned: bits.isSigned), size: Self.numberMax)
        case .enumeration(_, let cases, let isSigned):
            let table = table(cases.map { UInt64(bitPattern: $0.value) & bits.mask }, cases.map(\.name))
            step(
                offset,
                .namedBits(table: table, bits.place, isSigned: isSigned),
                size: sizeOfNames(table)
            )
        }
    }

    private mutating func add(
        _ union: UnionType,
        at offset: Int,
        _ path: FieldPath,
        _ policy: TextPolicy
    ) -> Bool {
        var members: [Union.Member] = []
        var size = 16 + 2 * union.size
        for member in union.members {
            guard let plan = Plan(ofValue: member.type),
                let program = program(for: member.type, path.appending(member.name), policy)
            else { return false }
            let name = Array("\(JSONValue.string(member.name)):".utf8)
            members.append(Union.Member(name: name, plan: plan, program: program))
            size += name.count + 1 + runners[program].program.sizeFixed
        }
        let rawName = Array("\(JSONValue.string(union.rawName)):".utf8)
        unions.append(Union(members: members, size: union.size, rawName: rawName))
        step(offset, .union(table: unions.count - 1), size: size + rawName.count)
        return sizeFixed <= Self.sizeFixedMax
    }

    private mutating func add(
        _ tail: TailType,
        _ type: FieldType,
        at offset: Int,
        _ path: FieldPath,
        _ policy: TextPolicy
    ) -> Bool {
        guard let item = tail.itemType else {
            self.tail = Tail(offset: offset, sizePerByte: Self.textMaxPerByte)
            step(offset, .tailText(policy.mode(of: type, at: path)), size: Self.textMax(0))
            return true
        }
        guard let program = program(for: item, path.appending(0), policy) else { return false }
        let stride = max(1, item.sizeMinimum)
        self.tail = Tail(offset: offset, sizePerByte: (runners[program].program.sizeFixed + stride) / stride)
        step(offset, .tailItems(program: program, stride: stride), size: 2)
        return true
    }

    private mutating func add(
        _ variants: MessageLayout.Variants,
        _ plan: Plan.Variants,
        _ path: FieldPath,
        _ policy: TextPolicy
    ) -> Bool {
        var cases: [(name: [UInt8], program: Int)] = []
        var size = 0
        var sizePerByte = Self.textMaxPerByte
        for variant in variants.cases {
            guard
                let program = JSONProgram(
                    ofValue: .message(variant.layout),
                    path.appending(variant.name),
                    policy
                )
            else { return false }
            cases.append((Array("\(JSONValue.string(variant.name)):".utf8), runners.count))
            size = max(size, program.sizeFixed + cases[cases.count - 1].name.count)
            sizePerByte = max(sizePerByte, program.tail?.sizePerByte ?? 0)
            runners.append(JSONRunner(program))
        }
        let bytesName = MessageLayout.Variants.unknownBytesName
        let type = FieldType.tail(TailType(.bytes))
        self.variants.append(
            Variants(
                plan: plan,
                cases: cases,
                tag: variants.tagBits.map { .bits($0) } ?? .integer(variants.tag),
                tagName: Array("\(JSONValue.string(variants.tagName)):".utf8),
                bytesName: Array(",\(JSONValue.string(bytesName)):".utf8),
                bytesMode: policy.mode(of: type, at: path.appending(bytesName))
            )
        )
        tail = Tail(offset: 0, sizePerByte: sizePerByte)
        let names = self.variants[0].tagName.count + self.variants[0].bytesName.count
        step(0, .variants(table: 0), size: max(size, names + Self.variantMax))
        return true
    }

    private mutating func program(for type: FieldType, _ path: FieldPath, _ policy: TextPolicy) -> Int? {
        guard let program = JSONProgram(ofValue: type, path, policy), program.tail == nil else { return nil }
        runners.append(JSONRunner(program))
        return runners.count - 1
    }

    private mutating func table(_ bits: [UInt64], _ texts: [String]) -> Int {
        let texts = texts.map { Array("\(JSONValue.string($0))".utf8) }
        // The first of two names of one value is the one that is shown.
        names.append(Dictionary(zip(bits, texts)) { first, _ in first })
        return names.count - 1
    }

    private func sizeOfNames(_ table: Int) -> Int {
        names[table].values.reduce(Self.numberMax) { max($0, $1.count) }
    }

    /// The longest number: a double of 17 digits with sign, point and exponent; with room to spare.
    private static let numberMax = 32
    /// A character of one byte can become `\u001b`.
    private static let textMaxPerByte = 6
    private static func textMax(_ count: Int) -> Int { textMaxPerByte * count + 8 }
    /// Larger messages are put together value by value: no megabytes are set aside at once for them.
    private static let sizeFixedMax = 1 << 20
}

extension TextPolicy {
    /// What ``text(_:of:at:)`` says for all bytes of a field.
    fileprivate func mode(of type: FieldType, at path: FieldPath) -> JSONProgram.TextMode {
        if path.isNamed(in: bytesFields) { return .hex }
        if path.isNamed(in: textFields) { return .text }
        switch type {
        case .bytes: return .field
        case .tail(let tail) where tail.element == .bytes: return .tail
        default: return .text
        }
    }
}
