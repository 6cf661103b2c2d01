import ParleyWire

/// Reads the short spelling of a layout.
struct SpellingParser {
    let bytes: [UInt8]
    let order: ByteOrder
    var position = 0
    private var fields: [MessageLayout.Field] = []
    private var starts: [Int] = []
    private var size = 0
    /// How many bits of the last byte are taken, and in which order; 0 at a border between bytes.
    var bitsTaken = 0
    var runOrder: ByteOrder = .big
    /// What the type that was read last says about its order.
    var saidOrder: ByteOrder?

    init(_ text: String, byteOrder: ByteOrder) {
        bytes = Array(text.utf8)
        order = byteOrder
    }

    mutating func run() throws(HeaderError) -> [MessageLayout.Field] {
        skipSeparators()
        while position < bytes.count {
            let start = position
            if let last = fields.last, case .tail = last.type {
                let name = word()
                throw error(
                    .tailNotLast(last.name, last: name),
                    at: start,
                    to: position,
                    hint: "text, bytes and [] without a number take the rest of the message"
                )
            }
            let field = try fitted(try field(), start)
            let (total, overflow) = size.addingReportingOverflow(field.type.sizeMinimum)
            guard !overflow, total <= limits.typeBytesMax else {
                throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: start, to: position)
            }
            // A byte that bit fields share is counted for each: a limit may be a little early.
            size = total
            guard field.role == .reserved || !fields.contains(where: { $0.name == field.name }) else {
                throw error(.duplicate(field.name), at: start, to: position)
            }
            fields.append(field)
            guard position >= bytes.count || isSeparator(bytes[position]) else {
                throw expected("a space after the field", at: position)
            }
            skipSeparators()
        }
        try checkBorder(before: nil, at: bytes.count)
        guard !fields.isEmpty else { throw expected("a field, NAME:TYPE", at: 0) }
        for index in fields.indices where fields[index].role == .reserved {
            fields[index].name = "reserved\(index)"
        }
        try checkNames()
        return fields
    }

    /// Reserved fields got names of their own; a field may have taken one before.
    private func checkNames() throws(HeaderError) {
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw error(.duplicate(field.name), at: 0, to: bytes.count)
        }
    }

    private mutating func field() throws(HeaderError) -> MessageLayout.Field {
        guard fields.count < limits.fieldsMax else {
            throw error(.tooMuch(.fields, maximum: limits.fieldsMax), at: position)
        }
        let start = position
        let name = word()
        guard !name.isEmpty else { throw expected("a field's name", at: start) }
        if name == "pad", peek("[") {
            let count = try number(within: start)
            return .init(name, .bytes(count: count), role: .reserved)
        }
        guard take(":") else { throw expected("\u{201C}:\u{201D} and a type after \(name)", at: position) }
        let typeStart = position
        let type = try type(typeStart)
        if name == "_" {
            if case .tail = type { throw expected("a type of a fixed size", at: typeStart, to: position) }
            if type.isInteger { return .init(name, type, role: .reserved) }
            return .init(name, .bytes(count: type.sizeMinimum), role: .reserved)
        }
        if take("=") { return .init(name, type, role: .constant(try constant(type))) }
        if case .tail(let tail) = type, let count = tail.count { try markCount(count, typeStart) }
        return .init(name, type)
    }

    /// Makes the field a count; only an integer before the tail can be.
    private mutating func markCount(_ count: TailType.Count, _ start: Int) throws(HeaderError) {
        guard let index = fields.firstIndex(where: { $0.name == count.field && $0.role == .value }) else {
            throw error(
                .unknownName(count.field),
                at: start,
                to: position,
                hint: "the field that counts stands before"
            )
        }
        guard fields[index].type.isInteger else {
            throw expected("an integer field to count with", at: start, to: position)
        }
        fields[index].role = .count
    }

    private mutating func type(_ start: Int) throws(HeaderError) -> FieldType {
        let name = word()
        var dimensions: [Dimension] = []
        while peek("[") {
            guard dimensions.count < limits.nestingMax else {
                throw error(.tooMuch(.nesting, maximum: limits.nestingMax), at: position)
            }
            dimensions.append(try dimension(start))
        }
        if dimensions.dropFirst().contains(where: { !$0.isFixed }) {
            throw expected("a number in the inner brackets", at: start, to: position)
        }
        if name == "text" || name == "bytes" || name == "char" {
            return try blob(name, dimensions, start)
        }
        guard let scalar = scalar(name) else {
            throw error(.unknownType(name), at: start, to: max(position, start + 1), hint: Self.known)
        }
        if case .bits = scalar, !dimensions.isEmpty {
            throw expected("items of whole bytes in an array", at: start, to: position)
        }
        return try array(of: scalar, dimensions, start)
    }

    enum Dimension {
        case fixed(Int), open, counted(String)
        var isFixed: Bool { if case .fixed = self { true } else { false } }
    }

    private mutating func blob(
        _ name: String,
        _ dimensions: [Dimension],
        _ start: Int
    ) throws(HeaderError) -> FieldType {
        let element: TailType.Element = name == "bytes" ? .bytes : .text
        guard let last = dimensions.last else {
            guard name != "char" else {
                throw expected("char[n], or text for the rest of the message", at: start, to: position)
            }
            return .tail(TailType(element))
        }
        if case .fixed(let count) = last {
            return try array(
                of: name == "bytes" ? .bytes(count: count) : .text(capacity: count),
                dimensions.dropLast(),
                start
            )
        }
        guard dimensions.count == 1 else {
            throw expected("a number in the brackets", at: start, to: position)
        }
        guard case .counted(let field) = last else { return .tail(TailType(element)) }
        return .tail(TailType(element, count: .init(field: field, unit: .bytes)))
    }

    private mutating func array(
        of element: FieldType,
        _ dimensions: [Dimension],
        _ start: Int
    ) throws(HeaderError) -> FieldType {
        var type = element
        let isByte = element == .integer(IntegerType(bytes: 1, isSigned: false, order: order))
        for (index, dimension) in dimensions.enumerated().reversed() {
            switch dimension {
            case .fixed(let count):
                let (bytes, overflow) = type.sizeMinimum.multipliedReportingOverflow(by: count)
                guard !overflow, bytes <= limits.typeBytesMax else {
                    throw error(.tooMuch(.typeBytes, maximum: limits.typeBytesMax), at: start, to: position)
                }
                type =
                    isByte && index == dimensions.count - 1
                    ? .bytes(count: count) : .array(of: type, count: count)
            case .open: type = .tail(TailType(tailElement(type, isByte, dimensions.count)))
            case .counted(let field):
                let element = tailElement(type, isByte, dimensions.count)
                let unit: CountUnit = element == .bytes ? .bytes : .items
                type = .tail(TailType(element, count: .init(field: field, unit: unit)))
            }
        }
        return type
    }

    private func tailElement(_ type: FieldType, _ isByte: Bool, _ dimensions: Int) -> TailType.Element {
        isByte && dimensions == 1 ? .bytes : .items(type)
    }
}
