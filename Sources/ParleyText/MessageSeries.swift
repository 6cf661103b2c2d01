package import ParleyTypes
package import ParleyWire

/// Messages that are written once and sent often, each with its number and its time: `n={n} at={time} text="no. {n}"`.
///
/// `{n}` counts from 0, and wraps where its field does. `{time}` is the time since 1970: alone in a field of 64 bits
/// nanoseconds, in one of 32 bits seconds, in a floating-point number seconds with their fraction, in text RFC 3339
/// with microseconds; `{time:s}`, `{time:ms}`, `{time:us}` and `{time:ns}` say it. `{{n}}` is itself, and so is
/// everything behind `text:`, and whatever else stands in braces.
package struct MessageSeries: Sendable {
    /// Whether all messages are the same.
    package let isFixed: Bool
    /// Whether one says its time.
    package let saysTime: Bool
    /// What is written like a placeholder and sent as it stands.
    package let strangers: [String]
    /// Fields of bytes whose value is written like a list of numbers and sent as its digits: `1,2,3`.
    package let lists: [String]
    private let compiled: CompiledLayout
    private let tree: AssignmentTree
    private let values: [String: Value]
    private let filling: LengthFilling?

    private enum Value: Sendable {
        /// The same in every message.
        case constant(FieldValue)
        case pieces([SeriesPiece])

        var variable: [SeriesPiece] { if case .pieces(let pieces) = self { pieces } else { [] } }
    }

    /// Reads the assignments and tries them.
    ///
    /// - Throws: ``MessageTextError`` with the field.
    package init(
        _ arguments: [String],
        as compiled: CompiledLayout,
        load: FileLoader?,
        filling: LengthFilling?
    ) throws(MessageTextError) {
        let layout = compiled.layout
        var tree = AssignmentTree()
        for argument in arguments { try tree.insert(assignment: argument, fields: layout.summary) }
        let found = Found()
        let input = FieldInput(layout: layout, load: load)
        let trial = FieldInput(layout: layout, load: nil) { (text, type, path) throws(MessageTextError) in
            let (value, strangers) = try Self.value(text, type, at: path, input)
            found.values[path.text] = value
            found.strangers += strangers
            if type.isBytes, Self.isList(text) { found.lists.append(path.text) }
            switch value {
            case .constant(let value): return value
            case .pieces(let pieces):
                return try Self.value(of: pieces, 0, Self.epoch, as: type, at: path, input)
            }
        }
        _ = try trial.fields(tree, of: layout, at: FieldPath())
        self.compiled = compiled
        self.tree = tree
        self.filling = filling
        values = found.values
        strangers = found.strangers
        lists = found.lists
        let pieces = found.values.values.flatMap(\.variable)
        isFixed = pieces.isEmpty
        saysTime = pieces.contains { if case .time = $0 { true } else { false } }
    }

    /// The message with that number, from 0 on, at that time.
    ///
    /// - Throws: ``MessageTextError`` when a value does not fit, as text may that gets longer.
    package func message(_ number: UInt64, at time: WallTime) throws(MessageTextError) -> DynamicMessage {
        let layout = compiled.layout
        let plain = FieldInput(layout: layout, load: nil)
        let input = FieldInput(layout: layout, load: nil) { (_, type, path) throws(MessageTextError) in
            switch values[path.text] {
            case .constant(let value)?: value
            case .pieces(let pieces)?: try Self.value(of: pieces, number, time, as: type, at: path, plain)
            case nil: nil
            }
        }
        return try DynamicMessage(
            input: try input.fields(tree, of: layout, at: FieldPath()),
            as: compiled,
            filling
        )
    }

    private static func value(
        _ text: String,
        _ type: FieldType,
        at path: FieldPath,
        _ input: FieldInput
    ) throws(MessageTextError) -> (Value, strangers: [String]) {
        func constant(_ text: String) throws(MessageTextError) -> Value {
            .constant(try input.value(text, as: type, at: path))
        }
        if ["text:", "hex:", "@"].contains(where: text.hasPrefix) { return (try constant(text), []) }
        let parsed: SeriesPiece.Parsed
        do throws(SeriesPiece.UnknownUnit) { parsed = try SeriesPiece.parse(text) } catch {
            throw .unknownTimeUnit(error.placeholder, field: path.text)
        }
        // Only text can be meant with braces in it; elsewhere they are JSON, or the error says what they are not.
        guard !parsed.isPlain else { return (try constant(text), type.isTextOrBytes ? parsed.strangers : []) }
        let isVariable = parsed.pieces.contains { if case .text = $0 { false } else { true } }
        guard isVariable else {
            return (try constant(parsed.pieces.map { $0.text(0, Self.epoch) }.joined()), parsed.strangers)
        }
        return (.pieces(parsed.pieces), parsed.strangers)
    }

    /// `1,2,3` and `[1,2,3]`: numbers of a byte each.
    private static func isList(_ text: String) -> Bool {
        let inside = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0.filter { $0 != " " }) }
        return parts.count > 1 && bytes.count == parts.count
    }

    private static func value(
        of pieces: [SeriesPiece],
        _ number: UInt64,
        _ time: WallTime,
        as type: FieldType,
        at path: FieldPath,
        _ input: FieldInput
    ) throws(MessageTextError) -> FieldValue {
        if type.elementType == nil, type.isTextOrBytes {
            return .bytes(input.padded(Array(pieces.map { $0.text(number, time) }.joined().utf8), type))
        }
        if pieces.count == 1, let value = pieces[0].value(number, time, as: type) { return value }
        let found = pieces.count > 1 ? "text with placeholders" : "a placeholder"
        throw input.error(.wrongKind(expected: type.wanted, found: found), at: path)
    }

    private static let epoch = WallTime(secondsSince1970: 0)

    /// What a trial comes across.
    private final class Found {
        var values: [String: Value] = [:]
        var strangers: [String] = []
        var lists: [String] = []
    }
}
