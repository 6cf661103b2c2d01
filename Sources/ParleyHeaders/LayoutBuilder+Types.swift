import ParleyWire

/// What the types of C become on the wire.
extension LayoutBuilder {
    mutating func fieldType(_ type: CType, _ entry: Entry) throws(Fault) -> FieldType {
        let member = entry.member
        var entry = entry
        // What a type says holds whatever order the others are asked for in.
        if let order = type.order { entry.numbers = order }
        switch type.bare {
        case .scalar(let scalar): return try scalarType(scalar, entry)
        case .enumeration(let index):
            _ = try parser.extent(of: type.bare, at: member.spot)
            return .enumeration(enumeration(parser.types.enumerations[index], entry.numbers))
        case .record(let index):
            if try complete(index).isUnion { return .union(try union(index, member)) }
            return .message(try inner(index, member))
        case .array(let element, let count):
            let count = count ?? 0
            let item = try fieldType(element, entry)
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
        case .opaque(let name, let size, _):
            throw Fault(
                .meaningless(field: member.name, type: name),
                at: member.spot,
                hint: "uint8_t \(member.name)[\(size)] carries its bytes"
            )
        case .unsupported(let name): throw Fault(.unsupported("the type \(name) is"), at: member.spot)
        case .void, .function, .aligned, .atomic, .ordered:
            throw Fault(.incompleteType(parser.spelling(type)), at: member.spot)
        }
    }

    private func scalarType(_ scalar: CScalar, _ entry: Entry) throws(Fault) -> FieldType {
        let size = parser.abi.extent(of: scalar).size
        switch scalar {
        case .bool: return .bool
        case .longDouble:
            throw Fault(
                .meaningless(field: entry.member.name, type: "long double"),
                at: entry.member.spot,
                hint: "double is the same everywhere"
            )
        case .float, .double: return .float(bytes: size, order: entry.numbers)
        default:
            let isSigned = parser.abi.isSigned(scalar)
            return .integer(IntegerType(bytes: size, isSigned: isSigned, order: entry.numbers))
        }
    }

    private func enumeration(_ source: CEnumeration, _ order: ByteOrder) -> EnumerationType {
        let scalar = source.scalar
        return EnumerationType(
            name: source.name ?? "enum",
            integer: IntegerType(
                bytes: parser.abi.extent(of: scalar).size,
                isSigned: parser.abi.isSigned(scalar),
                order: order
            ),
            cases: source.cases.map { .init(name: $0.name, value: Int64(truncatingIfNeeded: $0.value)) },
            isOpen: true
        )
    }

    /// A bit field. Its order is the ABI's: nothing can swap the bytes of a bit field on the way.
    func bitsType(_ entry: Entry, _ width: Int) throws(Fault) -> BitsType {
        var kind = BitsType.Kind.unsigned
        switch entry.member.type.bare {
        case .scalar(.bool): kind = .bool
        case .scalar(let scalar): kind = parser.abi.isSigned(scalar) ? .signed : .unsigned
        case .enumeration(let index):
            let source = parser.types.enumerations[index]
            let isSigned = parser.abi.isSigned(source.scalar)
            let range = CInteger.IntegerKind(bits: width, isSigned: isSigned)
            kind = .enumeration(
                name: source.name ?? "enum",
                cases: source.cases.filter { range.minimum <= $0.value && $0.value <= range.maximum }
                    .map { .init(name: $0.name, value: Int64(truncatingIfNeeded: $0.value)) },
                isSigned: isSigned
            )
        default: break
        }
        return BitsType(width: width, firstBit: entry.member.firstBit, order: entry.bits, kind: kind)
    }

    /// A union: each member that has bytes, structs without a name under the word `struct`.
    private mutating func union(_ index: Int, _ owner: CRecord.Member) throws(Fault) -> UnionType {
        let record = try complete(index)
        var names = KeywordNames(taken: record.members.map(\.name))
        var members: [UnionType.Member] = []
        for var member in record.members {
            if member.name.isEmpty {
                guard case .record(let inner) = member.type.bare else { continue }
                member.name = names.next(try complete(inner).isUnion ? "union" : "struct")
            }
            let entry = entry(member, record)
            if let width = member.bitWidth {
                note(.bitField(abi: parser.abi.name, order: entry.bits), at: member.spot)
                members.append(.init(member.name, .bits(try bitsType(entry, width))))
                continue
            }
            if isOpenEnded(member.type) {
                note(.emptyArray(field: member.name), at: member.spot)
                continue
            }
            let type = try fieldType(member.type, entry)
            guard type.sizeMinimum > 0 else {
                note(.emptyArray(field: member.name), at: member.spot)
                continue
            }
            members.append(.init(member.name, type))
        }
        return UnionType(name: record.name ?? owner.name, size: record.size, members: members)
    }

    /// Whether it is, or ends in, an array of open size.
    private func isOpenEnded(_ type: CType) -> Bool {
        switch type.bare {
        case .array(_, nil): true
        case .record(let index): parser.types.records[index].isFlexible
        default: false
        }
    }

    func tailElement(_ element: CType, _ item: FieldType) -> TailType.Element {
        switch element.bare {
        case .scalar(.char): .text
        case .scalar(.unsignedChar): .bytes
        default: .items(item)
        }
    }
}
