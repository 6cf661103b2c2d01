public import ParleyWire

extension DynamicMessage {
    /// The message of an object with the fields by name, in any order. docs/json.md says which value each
    /// type takes.
    ///
    /// - Throws: ``MessageTextError`` with the field and, when the field is wrong, all fields with types and
    ///   limits.
    public init(json: JSONValue, as compiled: CompiledLayout) throws(MessageTextError) {
        try self.init(json: json, as: compiled, filling: nil)
    }

    /// The same, with its length filled in.
    package init(json: JSONValue, as compiled: CompiledLayout, filling: LengthFilling?)
        throws(MessageTextError)
    {
        let input = FieldInput(layout: compiled.layout, load: nil)
        guard
            case .message(let values) = try input.value(json, as: .message(compiled.layout), at: FieldPath())
        else { preconditionFailure("a message is read as a message") }
        try self.init(input: values, as: compiled, filling)
    }

    init(
        input values: FieldValues,
        as compiled: CompiledLayout,
        _ filling: LengthFilling? = nil
    ) throws(MessageTextError) {
        do throws(WireError) {
            if let filling {
                self = try filling.message(of: values, as: compiled)
            } else {
                try self.init(as: compiled, values: values)
            }
        } catch {
            throw MessageTextError(error, in: compiled.layout)
        }
    }
}

extension FieldInput {
    /// A value of JSON as a field's type wants it. Strings for numbers are read as arguments are.
    func value(_ json: JSONValue, as type: FieldType, at path: FieldPath) throws(MessageTextError)
        -> FieldValue
    {
        switch json {
        case .object(let members):
            switch type {
            case .message(let layout): return .message(try fields(members, of: layout, at: path))
            case .union(let union): return .message(try fields(members, of: union, at: path))
            default: throw wrongKind(json, type, at: path)
            }
        case .array(let elements):
            return try values(elements, json, as: type, at: path)
        case .string(let text):
            return try value(string: text, json, as: type, at: path)
        case .number(let number):
            return try value(number, json, as: type, at: path)
        case .bool(let flag):
            guard type.isFlag else { throw wrongKind(json, type, at: path) }
            return .bool(flag)
        case .null:
            throw wrongKind(json, type, at: path)
        }
    }

    private func fields(
        _ members: [JSONValue.Member],
        of layout: some FieldNaming,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValues {
        var values = FieldValues()
        for member in members {
            let path = path.appending(member.name)
            guard let type = layout.type(of: member.name) else {
                throw error(.unknownField(known: layout.valueNames), at: path)
            }
            values.elements.append(
                FieldValues.Element(member.name, try value(member.value, as: type, at: path))
            )
        }
        return values
    }

    private func values(
        _ elements: [JSONValue],
        _ json: JSONValue,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        if let element = type.elementType {
            var values: [FieldValue] = []
            for json in elements {
                values.append(try value(json, as: element, at: path.appending(values.count)))
            }
            return .array(values)
        }
        // Bytes may be given as numbers.
        guard type.isBytes else { throw wrongKind(json, type, at: path) }
        var bytes: [UInt8] = []
        for (index, json) in elements.enumerated() {
            guard case .number(let number) = json, let byte = number.integer(UInt8.self) else {
                throw error(
                    .wrongKind(expected: "a number from 0 to 255", found: json.kind),
                    at: path.appending(index)
                )
            }
            bytes.append(byte)
        }
        return .bytes(try exact(bytes, type, at: path))
    }

    private func value(
        string text: String,
        _ json: JSONValue,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        switch type {
        case .bits(let bits) where bits.kind == .bool:
            throw wrongKind(json, type, at: path)
        case .union(let union):
            return try value(string: text, json, as: .bytes(count: union.size), at: path)
        case .text, .bytes, .tail:
            guard type.elementType == nil else { throw wrongKind(json, type, at: path) }
            guard text.hasPrefix(JSONValue.hexPrefix) else { return .bytes(padded(Array(text.utf8), type)) }
            return .bytes(
                try exact(try hex(text.dropFirst(JSONValue.hexPrefix.count), at: path), type, at: path)
            )
        case .integer, .enumeration, .bits, .float:
            return try value(text, as: type, at: path)
        case .bool, .array, .message:
            throw wrongKind(json, type, at: path)
        }
    }

    private func value(
        _ number: JSONNumber,
        _ json: JSONValue,
        as type: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) -> FieldValue {
        switch type {
        case .float:
            return .float(Self.float(number.text, as: type) ?? number.double)
        case .bits(let bits) where bits.kind == .bool:
            throw wrongKind(json, type, at: path)
        case .integer, .enumeration, .bits:
            if let value = number.integer(Int64.self) { return .signed(value) }
            if let value = number.integer(UInt64.self) { return .unsigned(value) }
            throw outOfRange(number.text, type, at: path)
        default:
            throw wrongKind(json, type, at: path)
        }
    }

    /// A number with a fraction, or one that no integer type holds.
    func outOfRange(_ text: String, _ type: FieldType, at path: FieldPath) -> MessageTextError {
        guard let range = type.integerRange else { return unreadable(text, type, at: path) }
        return error(
            .outOfRange(value: text, minimum: "\(range.minimum)", maximum: "\(range.maximum)"),
            at: path
        )
    }

    private func wrongKind(_ json: JSONValue, _ type: FieldType, at path: FieldPath) -> MessageTextError {
        error(.wrongKind(expected: type.wanted, found: json.kind), at: path)
    }
}
