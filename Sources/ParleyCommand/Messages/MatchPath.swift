import ParleyText
import ParleyTypes
import ParleyWire

/// The way to one field of a layout: `seq`, `header.seq`, `ids[2]`; in a layout of several messages `hello.seq`, or
/// `seq` where each of them has one.
struct MatchPath: Hashable, Sendable {
    let text: String
    private let steps: [Step]
    let kind: Kind
    /// Whether what stands behind a NUL means nothing.
    private let isText: Bool

    private enum Step: Hashable {
        case name(String)
        /// A field of whichever message it is of several.
        case shared(String)
        case index(Int)
    }

    /// What can be equal at all.
    enum Kind: String, Sendable {
        case number = "a number"
        case float = "a floating-point number"
        case bytes = "text or bytes"
    }

    /// What a field says, whatever its width and byte order.
    enum Value: Hashable, Sendable {
        case number(Int128)
        case float(Double)
        case bytes([UInt8])
    }

    /// - Throws: a usage error that names the fields that are meant perhaps.
    init(_ text: String, in layout: MessageLayout) throws(Ending) {
        guard let words = Self.words(text) else {
            throw Ending(
                .usage,
                "--match: \u{201C}\(SafeText.line(text))\u{201D} is no field",
                remedy: "Write its name, or its path as in header.seq, ids[2]."
            )
        }
        var steps: [Step] = []
        var end = End(type: .message(layout))
        for word in words {
            guard let (step, next) = Self.next(word, of: end.type) else {
                throw Self.unknown(text, in: layout)
            }
            steps.append(step)
            end = next
        }
        self.text = text
        self.steps = steps
        guard !end.isConstant else {
            throw Ending(
                .usage,
                "--match \(text): it is the same in every message, and tells none apart",
                remedy: "Name a field that each question has another value in."
            )
        }
        guard let kind = Self.kind(end.type) else {
            throw Ending(
                .usage,
                "--match \(text): it is not one value",
                remedy: Self.inside(text, in: layout)
            )
        }
        self.kind = kind
        if case .text = end.type { isText = true } else { isText = false }
    }

    // MARK: Values

    /// What a message says there; nil where it has no such field, or is none of the layout.
    func value(in parcel: Parcel) -> Value? {
        guard case .fit(.message(let message)) = parcel.content else { return nil }
        if steps.count == 1, case .name(let name) = steps[0] { return message[name].flatMap { value($0) } }
        var found = FieldValue.message(message.values)
        for step in steps {
            guard let next = Self.next(step, of: found) else { return nil }
            found = next
        }
        return value(found)
    }

    private static func next(_ step: Step, of value: FieldValue) -> FieldValue? {
        switch (step, value) {
        case (.name(let name), .message(let values)): return values[name]
        case (.shared(let name), .message(let values)):
            guard case .message(let content)? = values.elements.last?.value else { return nil }
            return content[name]
        case (.index(let index), .array(let items)): return index < items.count ? items[index] : nil
        default: return nil
        }
    }

    private func value(_ value: FieldValue) -> Value? {
        switch value {
        case .signed(let number): .number(Int128(number))
        case .unsigned(let number): .number(Int128(number))
        case .bool(let flag): .number(flag ? 1 : 0)
        case .float(let number): .float(number)
        case .bytes(let bytes): .bytes(Array(bytes[..<end(of: bytes)]))
        case .array, .message: nil
        }
    }

    /// Without the NULs that fill a field up.
    private func end(of bytes: [UInt8]) -> Int {
        if isText { return bytes.firstIndex(of: 0) ?? bytes.count }
        return (bytes.lastIndex { $0 != 0 } ?? -1) + 1
    }

    // MARK: Layouts

    private struct End {
        var type: FieldType
        var isConstant = false
    }

    private enum Word {
        case name(String)
        case index(Int)
    }

    private static func words(_ text: String) -> [Word]? {
        var words: [Word] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard !pieces[0].isEmpty else { return nil }
            words.append(.name(String(pieces[0])))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else { return nil }
                words.append(.index(index))
            }
        }
        return words
    }

    private static func next(_ word: Word, of type: FieldType) -> (Step, End)? {
        switch (word, type) {
        case (.name(let name), .message(let layout)): return next(name, of: layout)
        case (.name(let name), .union(let union)):
            return union.type(of: name).map { (.name(name), End(type: $0)) }
        case (.index(let index), .array(let element, let count)):
            return index < count ? (.index(index), End(type: element)) : nil
        case (.index(let index), .tail(let tail)):
            return tail.itemType.map { (.index(index), End(type: $0)) }
        default: return nil
        }
    }

    private static func next(_ name: String, of layout: MessageLayout) -> (Step, End)? {
        if let field = layout.field(name) {
            switch field.role {
            case .reserved, .padding: return nil
            case .constant: return (.name(name), End(type: field.type, isConstant: true))
            case .value, .count: return (.name(name), End(type: field.type))
            }
        }
        guard let cases = layout.variants?.cases, !cases.isEmpty else { return nil }
        if let variant = cases.first(where: { $0.name == name }) {
            return (.name(name), End(type: .message(variant.layout)))
        }
        let ends = cases.compactMap { next(name, of: $0.layout) }
        guard ends.count == cases.count, ends.allSatisfy({ $0.0 == .name(name) }),
            let first = ends.first, Set(ends.map { kind($0.1.type) }).count == 1
        else { return nil }
        return (.shared(name), End(type: first.1.type, isConstant: ends.allSatisfy(\.1.isConstant)))
    }

    private static func kind(_ type: FieldType) -> Kind? {
        switch type {
        case .integer, .bool, .enumeration, .bits: .number
        case .float: .float
        case .text, .bytes: .bytes
        case .tail(let tail): tail.itemType == nil ? .bytes : nil
        case .array, .message, .union: nil
        }
    }

    // MARK: What may be meant

    private static func unknown(_ text: String, in layout: MessageLayout) -> Ending {
        Ending(
            .usage,
            "--match: \(SafeText.line(layout.title)) has no field \(SafeText.line(text))",
            remedy: FieldHint.question(for: text, in: layout, among: paths(of: layout))
        )
    }

    /// What is inside of a field that is not one value.
    private static func inside(_ text: String, in layout: MessageLayout) -> String {
        let paths = paths(of: layout)
        let meant = paths.filter { $0.hasPrefix(text) }.prefix(5)
        return meant.isEmpty
            ? Nearest.hint(for: text, among: paths) : "Did you mean \(Phrase.list(Array(meant), "or"))?"
    }

    /// The fields of one value each, as far as a person would read them.
    static func paths(of layout: MessageLayout) -> [String] {
        var paths: [String] = []
        collect(.message(layout), "", &paths)
        return paths
    }

    private static let pathsMax = 256

    private static func collect(_ type: FieldType, _ path: String, _ paths: inout [String]) {
        guard paths.count < pathsMax else { return }
        let start = path.isEmpty ? "" : path + "."
        switch type {
        case .message(let layout):
            for field in layout.fields where field.role == .value {
                collect(field.type, start + field.name, &paths)
            }
            for variant in layout.variants?.cases ?? [] {
                collect(.message(variant.layout), start + variant.name, &paths)
            }
        case .union(let union):
            for member in union.members { collect(member.type, start + member.name, &paths) }
        case .array(let element, let count) where count > 0: collect(element, path + "[0]", &paths)
        default: if kind(type) != nil { paths.append(path) }
        }
    }
}
