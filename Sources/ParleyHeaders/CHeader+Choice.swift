public import ParleyWire

extension CHeader {
    /// The layout of messages that a field tells apart: a tagged union with one case for each.
    ///
    /// The field is filled in when a message is encoded. Messages with a tag of no case are kept as bytes.
    ///
    /// - Parameters:
    ///   - byteOrder: the order of all numbers, the tag's included.
    ///   - tails: last fields, arrays, of which as many elements may follow as a message holds: `text` or `text[n]` of
    ///     each struct that ends in it, `say.text[n]` of the struct `say`.
    /// - Throws: ``HeaderError`` when a struct, the field or a constant is not known, when the field is no
    ///   integer or lies elsewhere in another struct, or when two cases have one tag.
    public func layout(
        of choice: MessageChoice,
        byteOrder: ByteOrder = .big,
        tails: [String] = []
    ) throws(HeaderError) -> MessageLayout {
        try check(tails, of: choice)
        var built: [(case: MessageChoice.Case, layout: MessageLayout, tag: TagPlace)] = []
        for item in choice.cases {
            let layout = try caseLayout(item, of: choice, byteOrder, tails)
            let tag = try tagPlace(choice, in: layout, item)
            if let first = built.first, tag != first.tag {
                let reason: HeaderError.Reason =
                    tag.offset != first.tag.offset
                    ? .tagElsewhere(
                        choice.field,
                        structure: layout.name,
                        offset: tag.offset,
                        other: first.layout.name,
                        otherOffset: first.tag.offset
                    )
                    : .tagTypesDiffer(
                        choice.field,
                        structure: layout.name,
                        type: tag.typeName,
                        other: first.layout.name,
                        otherType: first.tag.typeName
                    )
                throw HeaderError(reason, at: choice.location(of: item))
            }
            built.append((item, layout, tag))
        }
        guard let place = built.first?.tag else {
            throw HeaderError(
                .expected("at least one message", found: "none"),
                at: choice.location,
                hint: "several messages are written kind{1=hello,2=data}"
            )
        }
        var cases: [MessageLayout.Variants.Case] = []
        for (item, layout, _) in built {
            let bits = try tagBits(item, place, choice)
            let tagged = layout.fixing(choice.steps[...], to: bits)
            if let other = cases.first(where: { $0.tag == bits }) {
                throw HeaderError(
                    .duplicateTag(item.tag, cases: [other.name, item.name]),
                    at: choice.location(of: item)
                )
            }
            guard !cases.contains(where: { $0.name == item.name }) else {
                throw HeaderError(.duplicate(item.name), at: choice.location(of: item))
            }
            cases.append(.init(tag: bits, name: item.name, layout: tagged))
        }
        let variants = place.variants(named: choice.field, cases)
        return MessageLayout(name: choice.structure ?? choice.field, packing: [], variants: variants)
    }

    /// What is worth knowing about the structs of a choice.
    public func remarks(on choice: MessageChoice, tails: [String] = []) throws(HeaderError) -> [HeaderRemark]
    {
        var seen: Set<HeaderRemark> = []
        var all: [HeaderRemark] = []
        for name in choice.structures {
            let tail = try tail(of: name, among: tails)
            all += try remarks(on: name, tail: tail).filter { seen.insert($0).inserted }
        }
        return all
    }

    /// Refuses a tail that belongs to none of the structs.
    private func check(_ tails: [String], of choice: MessageChoice) throws(HeaderError) {
        guard !tails.isEmpty else { return }
        var used: Set<String> = []
        var ends: [String] = []
        for name in choice.structures {
            used.formUnion(try self.tails(of: name, among: tails))
            if let last = try lastField(of: name) { ends.append("\(name).\(last)") }
        }
        guard let unused = tails.first(where: { !used.contains($0) }) else { return }
        throw HeaderError(.unusedTail(unused, ends: ends), at: choice.location)
    }

    private func caseLayout(
        _ item: MessageChoice.Case,
        of choice: MessageChoice,
        _ byteOrder: ByteOrder,
        _ tails: [String]
    ) throws(HeaderError) -> MessageLayout {
        let structure = choice.structure ?? item.name
        let tail = try tail(of: structure, among: tails)
        var layout = try self.layout(of: structure, byteOrder: byteOrder, tail: tail)
        guard choice.structure != nil else {
            layout.name = item.name
            return layout
        }
        guard let narrowed = layout.narrowing(to: item.name) else {
            throw HeaderError(
                .unknownMember(item.name, structure: structure, known: layout.unionMembers),
                at: choice.location(of: item)
            )
        }
        return narrowed
    }

    private func tagPlace(
        _ choice: MessageChoice,
        in layout: MessageLayout,
        _ item: MessageChoice.Case
    ) throws(HeaderError) -> TagPlace {
        guard let found = layout.place(of: choice.steps[...], from: 0) else {
            throw HeaderError(
                .unknownField(choice.field, structure: layout.name, known: layout.valueNames),
                at: choice.location(of: item)
            )
        }
        switch found.type {
        case .integer(let integer): return TagPlace(offset: found.offset, integer: integer)
        case .enumeration(let enumeration):
            return TagPlace(offset: found.offset, integer: enumeration.integer)
        case .bits(let bits) where bits.kind != .bool:
            return TagPlace(offset: found.offset, bits: bits)
        default:
            throw HeaderError(
                .tagNotInteger(choice.field, type: found.type.name),
                at: choice.location(of: item)
            )
        }
    }

    /// The tag's value: a number of C, or a constant of the header.
    private func tagBits(
        _ item: MessageChoice.Case,
        _ place: TagPlace,
        _ choice: MessageChoice
    ) throws(HeaderError) -> UInt64 {
        let value = try tagValue(item, choice)
        let number =
            Int64(exactly: value).map { FieldValue.signed($0) }
            ?? UInt64(exactly: value).map { .unsigned($0) }
        guard let number, let bits = place.value(of: number) else {
            throw HeaderError(
                .tagOutOfRange(item.tag, minimum: place.minimum, maximum: place.maximum),
                at: choice.location(of: item)
            )
        }
        return bits
    }
}

extension CHeader {
    private func tagValue(
        _ item: MessageChoice.Case,
        _ choice: MessageChoice
    ) throws(HeaderError) -> Int128 {
        if let constant = constants.first(where: { $0.name == item.tag }) {
            guard case .integer(let number) = constant.value else {
                throw HeaderError(.badNumber(item.tag), at: choice.location(of: item))
            }
            return number
        }
        var budget = Budget(HeaderLimits())
        do throws(Fault) {
            var lexer = Lexer(Array(item.tag.utf8), file: -1)
            var reader = Parser(try lexer.run(&budget), abi: abi, budget: budget)
            reader.types = parser.types
            let value = try reader.expression().value
            guard reader.token.kind == .end else { throw reader.expectedFault("one number") }
            return value
        } catch {
            throw HeaderError(
                error.reason,
                at: choice.location(of: item),
                hint: "a tag is a number as C writes it or the name of a constant of the header"
            )
        }
    }
}

/// Where a tag lies and what it is: an integer, or bits.
private struct TagPlace: Equatable {
    var offset: Int
    var integer: IntegerType?
    var bits: BitsType?

    var typeName: String { integer?.name ?? bits?.name ?? "" }
    var minimum: Int64 { integer?.minimum ?? bits?.minimum ?? 0 }
    var maximum: UInt64 { integer?.maximum ?? bits?.maximum ?? 0 }

    func value(of number: FieldValue) -> UInt64? {
        integer?.bits(of: number) ?? bits?.bits(of: number)
    }

    func variants(named name: String, _ cases: [MessageLayout.Variants.Case]) -> MessageLayout.Variants {
        if let bits {
            return MessageLayout.Variants(
                bits: bits,
                tagName: name,
                offset: offset,
                cases: cases,
                isOpen: true
            )
        }
        guard let integer else { preconditionFailure("a tag is an integer or bits") }
        return MessageLayout.Variants(
            tag: integer,
            tagName: name,
            placement: .inside(offset: offset),
            cases: cases,
            isOpen: true
        )
    }
}

extension MessageChoice {
    fileprivate var steps: [String] { field.split(separator: ".").map(String.init) }
}
