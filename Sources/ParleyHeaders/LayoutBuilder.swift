import ParleyWire

/// Makes a message's layout out of a struct.
struct LayoutBuilder {
    let parser: Parser
    let byteOrder: ByteOrder
    var observations: [Observation] = []
    private var known: [Int: MessageLayout] = [:]
    private var noted: Set<Observation> = []

    init(parser: Parser, byteOrder: ByteOrder) {
        self.parser = parser
        self.byteOrder = byteOrder
    }

    /// The layout of a whole message.
    mutating func outermost(_ index: Int, name: String, tail: String?) throws(Fault) -> MessageLayout {
        let record = try complete(index)
        let members = try flatten(record, at: 0)
        let named = members.map(\.name)
        if let tail {
            guard let member = members.first(where: { $0.name == tail }) else {
                throw Fault(.unknownTail(tail, known: named), at: record.spot)
            }
            guard members.last?.name == tail else {
                throw Fault(
                    .tailNotLast(tail, last: named.last ?? ""),
                    at: member.spot,
                    hint: "only what stands at the end of a message can vary in length"
                )
            }
            guard case .array = member.type.bare else {
                throw Fault(.tailNotArray(tail, type: parser.spelling(member.type)), at: member.spot)
            }
        }
        var fields: [MessageLayout.Field] = []
        var end = 0
        var holes = 0
        for (position, member) in members.enumerated() {
            holes += fill(&fields, &end, to: member.offset)
            let isLast = position == members.count - 1
            if isLast, case .array(let element, let count) = member.type.bare,
                count ?? 0 == 0 || tail == member.name
            {
                let item = try fieldType(element, member)
                fields.append(.init(member.name, .tail(TailType(tailElement(element, item))), offset: end))
                if holes > 0 { note(.holes(structure: name, bytes: holes), at: record.spot) }
                if record.size > member.offset, count ?? 0 == 0 {
                    note(
                        .tailInsidePadding(field: member.name, offset: end, size: record.size),
                        at: member.spot
                    )
                }
                return MessageLayout(name: name, fields: fields)
            }
            if isLast, case .array(_, count: 1) = member.type.bare {
                note(.arrayOfOne(field: member.name), at: member.spot)
            }
            try append(member, to: &fields, &end)
        }
        holes += fill(&fields, &end, to: record.size)
        if holes > 0 { note(.holes(structure: name, bytes: holes), at: record.spot) }
        return MessageLayout(name: name, fields: fields)
    }

    /// The layout of a struct inside of another: always of its full size.
    private mutating func inner(_ index: Int, _ member: CRecord.Member) throws(Fault) -> MessageLayout {
        if let layout = known[index] { return layout }
        let record = try complete(index)
        if record.isFlexible {
            throw Fault(
                .unsupported(
                    "\(member.name), which ends in an array of open size inside of another struct, is"
                ),
                at: member.spot
            )
        }
        var fields: [MessageLayout.Field] = []
        var end = 0
        var holes = 0
        for member in try flatten(record, at: 0) {
            holes += fill(&fields, &end, to: member.offset)
            try append(member, to: &fields, &end)
        }
        holes += fill(&fields, &end, to: record.size)
        let name = record.name ?? member.name
        if holes > 0 { note(.holes(structure: name, bytes: holes), at: record.spot) }
        let layout = MessageLayout(name: name, fields: fields)
        known[index] = layout
        return layout
    }

    private mutating func append(
        _ member: CRecord.Member,
        to fields: inout [MessageLayout.Field],
        _ end: inout Int
    ) throws(Fault) {
        if member.bitWidth != nil {
            throw Fault(.unsupported("the bit field \(member.name) is"), at: member.spot)
        }
        let type = try fieldType(member.type, member)
        if type.sizeMinimum == 0 {
            note(.emptyArray(field: member.name), at: member.spot)
            return
        }
        fields.append(.init(member.name, type, offset: end))
        end += type.sizeMinimum
        if member.isABIDependent { noteSize(member) }
    }

    /// Padding up to a member; how much.
    private func fill(_ fields: inout [MessageLayout.Field], _ end: inout Int, to offset: Int) -> Int {
        let gap = offset - end
        guard gap > 0 else { return 0 }
        fields.append(.init("padding", .bytes(count: gap), role: .padding, offset: end))
        end = offset
        return gap
    }

    private func complete(_ index: Int) throws(Fault) -> CRecord {
        let record = parser.types.records[index]
        _ = try parser.extent(of: .record(index), at: record.spot)
        if record.isUnion { throw Fault(.unsupported("the union \(record.name ?? "") is"), at: record.spot) }
        return record
    }

    /// The members, those of anonymous structs in their place.
    private func flatten(_ record: CRecord, at base: Int) throws(Fault) -> [CRecord.Member] {
        var members: [CRecord.Member] = []
        for var member in record.members {
            member.offset += base
            if member.name.isEmpty, case .record(let index) = member.type.bare {
                members += try flatten(complete(index), at: member.offset)
            } else {
                members.append(member)
            }
        }
        return members
    }

    private mutating func fieldType(_ type: CType, _ member: CRecord.Member) throws(Fault) -> FieldType {
        switch type.bare {
        case .scalar(let scalar): return try scalarType(scalar, member)
        case .enumeration(let index):
            _ = try parser.extent(of: type.bare, at: member.spot)
            return .enumeration(enumeration(parser.types.enumerations[index]))
        case .record(let index):
            if parser.types.records[index].isUnion {
                throw Fault(.unsupported("the union \(member.name) is"), at: member.spot)
            }
            return .message(try inner(index, member))
        case .array(let element, let count):
            let count = count ?? 0
            let item = try fieldType(element, member)
            switch element.bare {
            case .scalar(.char): return .text(capacity: count)
            case .scalar(.unsignedChar): return .bytes(count: count)
            default: return .array(of: item, count: count)
            }
        case .pointer:
            throw Fault(
                .pointer(field: member.name),
                at: member.spot,
                hint: "send what it points to, or an index"
            )
        case .opaque(let name, _, _), .unsupported(let name):
            throw Fault(.unsupported("the type \(name) is"), at: member.spot)
        case .void, .function, .aligned:
            throw Fault(.incompleteType(parser.spelling(type)), at: member.spot)
        }
    }

    private func scalarType(_ scalar: CScalar, _ member: CRecord.Member) throws(Fault) -> FieldType {
        let size = parser.abi.extent(of: scalar).size
        switch scalar {
        case .bool: return .bool
        case .longDouble: throw Fault(.unsupported("the type long double is"), at: member.spot)
        case .float, .double: return .float(bytes: size, order: byteOrder)
        default:
            return .integer(IntegerType(bytes: size, isSigned: parser.abi.isSigned(scalar), order: byteOrder))
        }
    }

    private func enumeration(_ source: CEnumeration) -> EnumerationType {
        let scalar = source.scalar
        return EnumerationType(
            name: source.name ?? "enum",
            integer: IntegerType(
                bytes: parser.abi.extent(of: scalar).size,
                isSigned: parser.abi.isSigned(scalar),
                order: byteOrder
            ),
            cases: source.cases.map { .init(name: $0.name, value: Int64(truncatingIfNeeded: $0.value)) },
            isOpen: true
        )
    }

    private func tailElement(_ element: CType, _ item: FieldType) -> TailType.Element {
        switch element.bare {
        case .scalar(.char): .text
        case .scalar(.unsignedChar): .bytes
        default: .items(item)
        }
    }

    private mutating func noteSize(_ member: CRecord.Member) {
        var type = member.type.bare
        while case .array(let element, _) = type { type = element.bare }
        guard let size = try? parser.extent(of: type, at: member.spot).size else { return }
        note(
            .sizeDepends(field: member.name, type: member.spelling, bytes: size, abi: parser.abi.name),
            at: member.spot
        )
    }

    private mutating func note(_ reason: HeaderRemark.Reason, at spot: Spot) {
        let observation = Observation(reason: reason, spot: spot)
        if noted.insert(observation).inserted { observations.append(observation) }
    }
}
