import ParleyTypes
import ParleyWire
import Testing

/// Fields found once say what a message's values say, whatever the layout.
@Suite struct SlotAgreementTests {
    /// Every number of a layout by its path, arrays by each index.
    static func leaves(_ type: FieldType, _ path: String, _ role: MessageLayout.Role = .value)
        -> [(path: String, type: FieldType, role: MessageLayout.Role)]
    {
        switch type {
        case .message(let layout):
            let prefix = path.isEmpty ? "" : path + "."
            return layout.fields.filter { $0.role != .padding && $0.role != .reserved }
                .flatMap { leaves($0.type, prefix + $0.name, role == .value ? $0.role : role) }
        case .array(let element, let count):
            return (0..<count).flatMap { leaves(element, "\(path)[\($0)]", role) }
        case .union, .tail:
            return []
        default:
            return [(path, type, role)]
        }
    }

    static func value(_ path: String, in values: FieldValues) -> FieldValue? {
        var value: FieldValue? = .message(values)
        for part in path.split(separator: ".") {
            let pieces = part.split(separator: "[")
            guard case .message(let fields)? = value else { return nil }
            value = fields[String(pieces[0])]
            for piece in pieces.dropFirst() {
                guard case .array(let items)? = value, let index = Int(piece.dropLast()) else { return nil }
                value = items[index]
            }
        }
        return value
    }

    /// Reads a field, and writes it into the draft when it is one to be written.
    static func exchange(
        _ leaf: (path: String, type: FieldType, role: MessageLayout.Role),
        _ compiled: CompiledLayout,
        _ view: borrowing MessageView,
        _ draft: inout MessageDraft
    ) throws -> FieldValue {
        func move<Value: SlotValue>(_ type: Value.Type) throws -> Value {
            let slot = try compiled.field(leaf.path, as: Value.self)
            let value = view[slot]
            if leaf.role == .value {
                try draft.set(slot, value)
            } else {
                #expect(throws: WireError.self) { try draft.set(slot, value) }
            }
            return value
        }
        switch leaf.type {
        case .float(4, _): return .float(Double(try move(Float.self)))
        case .float: return .float(try move(Double.self))
        case .bool: return .bool(try move(Bool.self))
        case .text, .bytes:
            let slot = try compiled.bytes(leaf.path)
            let bytes = view.bytes(slot)
            try draft.set(slot, bytes)
            return .bytes(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
        default:
            if case .bits(let bits) = leaf.type, bits.kind == .bool { return .bool(try move(Bool.self)) }
            let isSigned = (leaf.type.integerRange?.minimum ?? 0) < 0
            return isSigned ? .signed(try move(Int64.self)) : .unsigned(try move(UInt64.self))
        }
    }

    @Test("Random layouts are read and written alike, field by field", arguments: 0..<6 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        var random = RandomLayout(generator: SeededGenerator(seed: seed))
        var fields = 0
        for _ in 0..<200 {
            let compiled = CompiledLayout(random.layout())
            let leaves = Self.leaves(.message(compiled.layout), "").filter { !$0.path.contains("\"") }
            for _ in 0..<10 {
                let bytes = random.bytes(for: compiled.layout)
                let message = try? DynamicMessage(decoding: unsafe bytes.span.bytes, as: compiled)
                guard let message else {
                    #expect(throws: WireError.self) {
                        _ = try MessageView(unsafe bytes.span.bytes, as: compiled).bytes.byteCount
                    }
                    continue
                }
                let view = try MessageView(unsafe bytes.span.bytes, as: compiled)
                var draft = MessageDraft(compiled)
                let values = message.values
                for leaf in leaves {
                    let read = try Self.exchange(leaf, compiled, view, &draft)
                    let expected = Self.value(leaf.path, in: values)
                    // A NaN is no number, not even its own.
                    if case .float(let number)? = expected, number.isNaN { continue }
                    #expect(read == expected, "seed \(seed), \(leaf.path) of \(compiled.layout.summary)")
                    fields += 1
                }
                let isWhole =
                    leaves.count == Self.leaves(.message(compiled.layout), "").count
                    && compiled.layout.tail == nil && !compiled.layout.summary.contains("raw:")
                if isWhole { #expect(draft.bytes == message.bytes, "seed \(seed)") }
            }
        }
        #expect(fields > 1000)
    }
}
