public import ParleyWire

extension DynamicMessage {
    /// The fields as an object, in the order of the layout. docs/json.md says which value stands for which
    /// type.
    public func json(_ policy: TextPolicy = TextPolicy()) -> JSONValue {
        JSONValue(values, of: layout, at: FieldPath(), policy)
    }
}

extension JSONValue {
    /// What precedes the digits of bytes that are not shown as text.
    static let hexPrefix = "hex:"

    init(_ values: FieldValues, of layout: MessageLayout, at path: FieldPath, _ policy: TextPolicy) {
        self = .object(
            values.elements.map { element in
                let type = layout.type(of: element.name)
                return Member(
                    element.name,
                    JSONValue(element.value, of: type, at: path.appending(element.name), policy)
                )
            }
        )
    }

    init(_ value: FieldValue, of type: FieldType?, at path: FieldPath, _ policy: TextPolicy) {
        switch (value, type) {
        case (_, let type?) where type.caseName(of: value) != nil:
            self = .string(type.caseName(of: value) ?? "")
        case (.signed(let number), _): self = .integer(number)
        case (.unsigned(let number), _): self = .integer(number)
        case (.float(let number), .float(4, _)?): self = .single(Float(number))
        case (.float(let number), _): self = .double(number)
        case (.bool(let flag), _): self = .bool(flag)
        case (.bytes(let bytes), let type):
            self = .string(Self.text(bytes, of: type ?? .bytes(count: bytes.count), at: path, policy))
        case (.array(let values), let type):
            self = .array(
                values.enumerated().map {
                    JSONValue($1, of: type?.elementType, at: path.appending($0), policy)
                }
            )
        case (.message(let values), .message(let layout)?):
            self = JSONValue(values, of: layout, at: path, policy)
        case (.message(let values), .union(let union)?):
            self = JSONValue(values, of: union, at: path, policy)
        case (.message(let values), _):
            self = JSONValue(values, of: MessageLayout(name: "", fields: []), at: path, policy)
        }
    }

    /// The members that can be read, then all bytes, always as bytes: they are what is sent again.
    private init(_ values: FieldValues, of union: UnionType, at path: FieldPath, _ policy: TextPolicy) {
        let rawName = union.rawName
        self = .object(
            values.elements.map { element in
                if element.name == rawName, case .bytes(let raw) = element.value {
                    return Member(rawName, .string(Self.hexPrefix + Hex.text(raw)))
                }
                let path = path.appending(element.name)
                return Member(
                    element.name,
                    JSONValue(element.value, of: union.type(of: element.name), at: path, policy)
                )
            }
        )
    }

    private static func text(
        _ bytes: [UInt8],
        of type: FieldType,
        at path: FieldPath,
        _ policy: TextPolicy
    ) -> String {
        guard let text = policy.text(bytes, of: type, at: path),
            !policy.losesBytes(text, of: bytes, type, at: path)
        else { return hexPrefix + Hex.text(bytes) }
        // What is no UTF-8, or looks like our own mark for bytes, is written as bytes: reading gives the same
        // again.
        guard !text.starts(with: hexPrefix.utf8), let string = String(validating: text, as: UTF8.self) else {
            return hexPrefix + Hex.text(bytes)
        }
        return string
    }
}

/// What has named fields: a message, a union.
protocol FieldNaming {
    func type(of name: String) -> FieldType?
    var valueNames: [String] { get }
}

extension UnionType: FieldNaming {}

extension MessageLayout: FieldNaming {
    /// The type of what is kept under a name: a field, or a case of the tagged union.
    func type(of name: String) -> FieldType? {
        if let field = field(name) { return field.type }
        guard let variants else { return nil }
        if let variant = variants.cases.first(where: { $0.name == name }) { return .message(variant.layout) }
        if name == variants.tagName {
            return variants.tagBits.map { .bits($0) } ?? .integer(variants.tag)
        }
        return name == Variants.unknownBytesName ? .tail(TailType(.bytes)) : nil
    }
}

extension FieldType {
    /// The type of the elements of an array or of a tail of items.
    var elementType: FieldType? {
        switch self {
        case .array(let element, _): element
        case .tail(let tail): tail.itemType
        default: nil
        }
    }
}
