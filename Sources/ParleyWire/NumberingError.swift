/// Why a field cannot carry the number of messages.
public enum NumberingError: Error, Sendable, Hashable {
    /// The layout has no such field, in no kind of message.
    case noField(String, of: String, numbers: [String])
    /// It is there and no integer with bytes of its own.
    case noInteger(String, is: String)
    /// It has no fixed value that could be changed: a count, a constant, reserved.
    case notFree(String)
}

extension NumberingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noField(let path, let layout, let numbers):
            numbers.isEmpty
                ? "\(layout) has no field \(path), and none that could carry a number: that takes an integer of 8, 16, "
                    + "32 or 64 bits."
                : "\(layout) has no field \(path): a number can be carried by \(numbers.joined(separator: ", "))."
        case .noInteger(let path, let type):
            "\(path) is \(type): a number needs an integer of 8, 16, 32 or 64 bits with bytes of its own."
        case .notFree(let path):
            "\(path) is no field to write to: it counts, is reserved, or says the same in every message; name another."
        }
    }
}

extension MessageLayout {
    /// Where messages of this layout carry their number; nil where none of them does.
    ///
    /// A number lies at a fixed byte: in a field of the message itself, or of a message inside of it; where a tag tells
    /// kinds apart, in each kind at a place of its own, and kinds without one carry none.
    public var numbering: MessageNumbering? { MessageNumbering(self) }

    /// The same layout, and the field of that path carries the number: `seq`, or `head.seq` inside of another. In a
    /// layout of several kinds it does in each that has it. A field that carried it before does so no more.
    ///
    /// - Throws: ``NumberingError``.
    public func numbered(by path: String) throws(NumberingError) -> MessageLayout {
        try numbered(by: [path])
    }

    /// The same layout with several such fields: one for each kind of message, `hello.seq` and `data.number`.
    ///
    /// - Throws: ``NumberingError``.
    public func numbered(by paths: [String]) throws(NumberingError) -> MessageLayout {
        var copy = self
        copy.clearNumbers()
        for path in paths {
            let steps = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if try !copy.mark(steps[...], path) { throw .noField(path, of: name, numbers: numberPaths) }
        }
        return copy
    }

    /// - Returns: whether the field is there.
    private mutating func mark(_ steps: ArraySlice<String>, _ path: String) throws(NumberingError) -> Bool {
        guard let step = steps.first else { return false }
        if let index = fields.firstIndex(where: { $0.name == step && $0.role != .padding }) {
            let rest = steps.dropFirst()
            if rest.isEmpty {
                guard case .integer = fields[index].type else {
                    throw .noInteger(path, is: fields[index].type.name)
                }
                guard fields[index].role == .value else { throw .notFree(path) }
                fields[index].isNumber = true
                return true
            }
            guard case .message(var inner) = fields[index].type, try inner.mark(rest, path) else {
                return false
            }
            fields[index].type = .message(inner)
            return true
        }
        guard var kinds = variants?.cases else { return false }
        var isFound = false
        for index in kinds.indices {
            // A path may begin with one kind's name: only that one carries a number then.
            let own = kinds[index].name == step && steps.count > 1 ? steps.dropFirst() : steps
            isFound = try kinds[index].layout.mark(own, path) || isFound
        }
        variants?.cases = kinds
        return isFound
    }

    private mutating func clearNumbers() {
        for index in fields.indices {
            fields[index].isNumber = false
            guard case .message(var inner) = fields[index].type else { continue }
            inner.clearNumbers()
            fields[index].type = .message(inner)
        }
        guard var kinds = variants?.cases else { return }
        for index in kinds.indices { kinds[index].layout.clearNumbers() }
        variants?.cases = kinds
    }

    /// The paths of all integers that could carry a number.
    private var numberPaths: [String] {
        var paths = fields.flatMap { field -> [String] in
            switch field.type {
            case .integer where field.role == .value: [field.name]
            case .message(let inner): inner.numberPaths.map { "\(field.name).\($0)" }
            default: []
            }
        }
        for variant in variants?.cases ?? [] {
            for path in variant.layout.numberPaths where !paths.contains(path) { paths.append(path) }
        }
        return paths
    }
}
