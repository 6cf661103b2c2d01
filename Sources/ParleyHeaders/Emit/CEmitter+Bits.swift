import ParleyWire

/// Bit fields. A compiler counts bits as its machine orders bytes; a message counts them in one way.
extension CEmitter {
    /// A run of bit fields that share bytes. Where no field crosses a byte both machines can declare it, each
    /// in its own order; otherwise, and in unions, whose members all begin at the first bit, only the one that
    /// counts as the message does.
    mutating func bitRows(
        _ run: [(field: MessageLayout.Field, name: String?)],
        _ path: String,
        isInUnion: Bool = false
    ) throws(EmissionError) -> [Row] {
        guard let first = run.first, case .bits(let bits) = first.field.type else { return [] }
        var inOrder: [Row] = []
        for (field, name) in run { inOrder.append(try bitRow(field, name)) }
        let split = run.first { entry in
            if case .bits(let bits) = entry.field.type { bits.bytesTouched > 1 } else { false }
        }
        if split != nil || isInUnion {
            let field = isInUnion ? path : path + "." + (split ?? first).field.name
            if let needed = neededOrder, needed.order != bits.order {
                throw error(
                    .missingType(
                        "machine that counts some bits from the low end and others from the high end"
                    ),
                    field
                )
            }
            neededOrder = neededOrder ?? (bits.order, field)
            return inOrder
        }
        if run.allSatisfy({ $0.field.type == .bits(bits) && bits.width == 8 }) { return inOrder }
        // The bits of each byte the other way round.
        var reversed: [Row] = []
        var index = 0
        while index < run.count {
            let offset = run[index].field.offset
            let next = run[index...].firstIndex { $0.field.offset != offset } ?? run.count
            reversed += inOrder[index..<next].reversed()
            index = next
        }
        let machine = bits.order == .little ? "LITTLE" : "BIG"
        return [.directive("#if __BYTE_ORDER__ == __ORDER_\(machine)_ENDIAN__")] + inOrder
            + [.directive("#else")] + reversed + [.directive("#endif")]
    }

    private mutating func bitRow(
        _ field: MessageLayout.Field,
        _ name: String?
    ) throws(EmissionError) -> Row {
        guard case .bits(let bits) = field.type else { return .directive("") }
        let type = try bitType(bits)
        let last = bits.firstBit + bits.width - 1
        let end = bits.order == .little ? "low" : "high"
        var place = bits.width == 1 ? "bit \(bits.firstBit)" : "bits \(bits.firstBit)-\(last)"
        place += " from the \(end) end"
        var parts = ["\(field.offset): \(place)"]
        switch field.role {
        case .value: break
        case .count: parts.append("counts the tail")
        case .reserved: parts.append("reserved: send 0")
        case .padding: parts.append("padding")
        case .constant(let value): parts.append("always \(field.type.shown(value))")
        }
        if case .enumeration(let enumeration, _, _) = bits.kind, !type.hasPrefix("enum ") {
            parts.append("enum \(enumeration.inComment)")
        }
        let renamed = name == nil || name == field.name ? "" : " (called \(field.name.inComment))"
        let declared = name.map { " " + $0 } ?? ""
        return .member(
            code: "\(type)\(declared) : \(bits.width);",
            comment: parts.joined(separator: ", ") + renamed
        )
    }

    private mutating func bitType(_ bits: BitsType) throws(EmissionError) -> String {
        let size = bits.width > 32 ? 64 : 32
        switch bits.kind {
        case .bool:
            needsBool = true
            return "bool"
        case .unsigned: return "uint\(size)_t"
        case .signed: return "int\(size)_t"
        case .enumeration(let name, let cases, let isSigned):
            let key = CEnumerationKey(name: name, cases: cases, bytes: 4, isSigned: isSigned)
            // Compilers complain of an enumeration that has values which the field cannot hold.
            let fits = cases.allSatisfy {
                $0.value >= bits.minimum && ($0.value < 0 || UInt64($0.value) <= bits.maximum)
            }
            if fits, bits.width <= 32, let tag = try self.name(key) { return tag }
            return "\(isSigned ? "" : "u")int\(size)_t"
        }
    }
}
