import ParleyWire

extension FieldInput {
    /// Whether a value that is the same for every message can be sent in a field of that type.
    ///
    /// - Throws: ``MessageTextError`` as sending it would. Parts of a message are looked at one by one: the
    ///   others may be assigned elsewhere.
    func checkFit(_ value: FieldValue, as type: FieldType, at path: FieldPath) throws(MessageTextError) {
        switch (type, value) {
        case (.message(let inner), .message(let values)):
            try checkFit(values, of: inner, at: path)
        case (.union(let union), .message(let values)):
            try checkFit(values, of: union, at: path)
        case (.array(let element, _), .array(let items)) where element.hasParts:
            try checkFit(items, of: element, at: path)
        case (.tail(let tail), .array(let items)):
            guard let element = tail.itemType else { return }
            try checkFit(items, of: element, at: path)
        default:
            // A tail's count is no part of this message.
            var type = type
            if case .tail(let tail) = type { type = .tail(TailType(tail.element)) }
            var fields = [MessageLayout.Field(path.text, type)]
            if case .bits(let bits) = type, bits.width % 8 != 0 {
                // Runs of bits fill whole bytes.
                let rest = BitsType(width: 8 - bits.width % 8, order: bits.order)
                fields.append(.init("", .bits(rest), role: .padding))
            }
            let layout = MessageLayout(name: path.text, packing: fields)
            var values = FieldValues()
            values[path.text] = value
            do throws(WireError) {
                _ = try DynamicMessage(layout: layout, values: values)
            } catch {
                throw MessageTextError(error, in: self.layout)
            }
        }
    }

    private func checkFit(
        _ values: FieldValues,
        of layout: some FieldNaming,
        at path: FieldPath
    ) throws(MessageTextError) {
        for element in values.elements {
            guard let type = layout.type(of: element.name) else { continue }
            try checkFit(element.value, as: type, at: path.appending(element.name))
        }
    }

    private func checkFit(
        _ items: [FieldValue],
        of element: FieldType,
        at path: FieldPath
    ) throws(MessageTextError) {
        for (index, item) in items.enumerated() {
            try checkFit(item, as: element, at: path.appending(index))
        }
    }
}

extension FieldType {
    fileprivate var hasParts: Bool {
        switch self {
        case .message, .union: true
        case .array(let element, _): element.hasParts
        default: false
        }
    }

    /// A value of the kind that JSON has for this type; nil where it is not always of one kind.
    var sampleJSON: JSONValue? {
        switch self {
        case .integer, .enumeration, .float, .bits, .bool:
            if isFlag { return .bool(false) }
            // Names of values, NaN: strings.
            switch self {
            case .integer: return .integer(0)
            case .bits(let bits) where bits.kind == .unsigned || bits.kind == .signed: return .integer(0)
            default: return nil
            }
        case .text, .bytes: return .string("")
        case .tail(let tail): return tail.itemType == nil ? .string("") : .array([])
        case .array: return .array([])
        case .message: return .object([])
        case .union: return nil
        }
    }
}
