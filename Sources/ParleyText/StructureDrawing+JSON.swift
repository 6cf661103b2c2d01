import ParleyHeaders
import ParleyWire

extension StructureDrawing {
    /// `parley.layout/1`: the struct on every machine, what copies break, and the room in its tail.
    public var json: JSONLine {
        var members: [JSONValue.Member] = [.init("struct", .string(comparison.name))]
        if let location = comparison.location {
            members.append(.init("file", .string(location.file)))
            members.append(.init("line", .integer(location.line)))
        }
        members.append(.init("layouts", .array(comparison.plans.map(\.json))))
        members.append(.init("copies", .array(copies.map(\.json))))
        members.append(.init("rooms", .array(rooms.map(\.json))))
        return JSONLine(schema: "parley.layout/1", members)
    }
}

extension StructurePlan {
    fileprivate var json: JSONValue {
        .object([
            .init("abi", .string(machine.name)),
            .init("packed", .bool(packing == .packed)),
            .init("byteOrder", .string(machine.byteOrder.rawValue)),
            .init("kind", .string(isUnion ? "union" : "struct")),
            .init("size", .integer(size)),
            .init("align", .integer(alignment)),
            .init("fields", .array(fields.map(\.json))),
            .init("gaps", .array(gaps.map(\.json))),
        ])
    }
}

extension StructurePlan.Field {
    /// A bit field says where in its byte it begins, as the machine counts, and has bits in place of bytes.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("field", .string(path)), .init("type", .string(type)), .init("offset", .integer(offset)),
        ]
        if isBitField {
            members.append(.init("firstBit", .integer(firstBit % 8)))
            members.append(.init("bits", .integer(bitCount)))
        } else {
            members.append(.init("size", isOpen ? .null : .integer(bitCount / 8)))
            members.append(.init("align", .integer(alignment)))
        }
        if let byteOrder { members.append(.init("byteOrder", .string(byteOrder.rawValue))) }
        return .object(members)
    }
}

extension StructurePlan.Gap {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [.init("offset", .integer(offset))]
        if isWholeBytes {
            members.append(.init("size", .integer(bitCount / 8)))
        } else {
            members.append(.init("firstBit", .integer(firstBit % 8)))
            members.append(.init("bits", .integer(bitCount)))
        }
        return .object(members + [.init("atEnd", .bool(isTail))])
    }
}

extension MemoryCopy {
    fileprivate var json: JSONValue {
        let faults = faults.map { fault in
            JSONValue.object([
                .init("field", fault.field.map(JSONValue.string) ?? .null),
                .init("causes", .array(fault.causes.map { .string($0.rawValue) })),
                .init("sentence", .string(fault.sentence)),
            ])
        }
        return .object([
            .init("from", .string(source.name)),
            .init("to", .array(targets.map { .string($0.name) })),
            .init("faults", .array(faults)),
            .init("intact", .array(intact.map(JSONValue.string))),
        ])
    }
}

extension TailRoom {
    fileprivate var json: JSONValue {
        let limits = Self.limits.map { limit, _ in
            JSONValue.object([
                .init("limit", .string(limit.name)), .init("bytes", .integer(limit.bytes)),
                .init("room", .integer(bytes(under: limit))), .init("items", .integer(items(under: limit))),
            ])
        }
        return .object([
            .init("field", .string(field)), .init("offset", .integer(offset)),
            .init("itemSize", .integer(itemSize)), .init("layouts", .array(machines.map(JSONValue.string))),
            .init("limits", .array(limits)), .init("classical", .integer(classicalBytes)),
        ])
    }
}
