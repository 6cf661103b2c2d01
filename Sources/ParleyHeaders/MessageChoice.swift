/// Several messages on one port, told apart by a field: what `kind{1=hello,2=data}` says.
///
///     let choice = try MessageChoice(spelled: "kind{1=hello,2=data}")
///     let layout = try header.layout(of: choice)
///
/// Two forms:
/// - `kind{1=hello,HELLO_AGAIN=again}`: every struct named has the integer `kind` (or `hdr.kind`) at the same
///   place, and it says which struct a message is.
/// - `packet{kind:1=hello,2=data}`: the messages are all `packet`, whose field `kind` says which member of its
///   union is meant.
///
/// A tag is a number as C writes it (`1`, `0x10`, `'A'`) or the name of a constant of the header. Messages
/// with another tag are kept as bytes.
public struct MessageChoice: Sendable, Hashable {
    /// The struct that holds both field and union, or nil when each case is a struct of its own.
    public var structure: String?
    /// The field that tells the messages apart, as a path: `kind`, `hdr.kind`.
    public var field: String
    /// In the order in which they were written; at least one.
    public var cases: [Case]
    private var text: String

    /// One message and its tag.
    public struct Case: Sendable, Hashable {
        /// A number or the name of a constant, as written.
        public var tag: String
        /// The struct, or the member of the union.
        public var name: String
        fileprivate var place: Range<Int>

        public init(tag: String, name: String) {
            self.tag = tag
            self.name = name
            place = 0..<0
        }

        fileprivate init(tag: String, name: String, place: Range<Int>) {
            self.tag = tag
            self.name = name
            self.place = place
        }
    }

    public init(structure: String? = nil, field: String, cases: [Case]) {
        self.structure = structure
        self.field = field
        self.cases = cases
        let inside = cases.map { "\($0.tag)=\($0.name)" }.joined(separator: ",")
        text = structure.map { "\($0){\(field):\(inside)}" } ?? "\(field){\(inside)}"
    }

    /// Reads the short spelling.
    ///
    /// - Throws: ``HeaderError`` with the column.
    public init(spelled text: String) throws(HeaderError) {
        var parser = ChoiceParser(text)
        self = try parser.run(text)
    }

    /// The name of the file in the locations of errors in a spelling.
    public static let locationFile = "layout"

    /// Whether a text is meant as a choice.
    public static func isSpelled(_ text: String) -> Bool { text.contains("{") }

    fileprivate init(structure: String?, field: String, cases: [Case], text: String) {
        self.structure = structure
        self.field = field
        self.cases = cases
        self.text = text
    }

    /// The structs that the messages are.
    public var structures: [String] { structure.map { [$0] } ?? cases.map(\.name) }

    /// The place of a case in the spelling.
    func location(of choice: Case) -> SourceLocation {
        let bytes = Array(text.utf8)
        guard !choice.place.isEmpty, choice.place.upperBound <= bytes.count else {
            return SourceLocation(file: text)
        }
        return SourceLocation(
            file: ChoiceParser.file,
            bytes: bytes,
            line: 1,
            start: 0,
            offset: choice.place.lowerBound,
            length: choice.place.count
        )
    }

    /// The spelling as a whole.
    var location: SourceLocation {
        let bytes = Array(text.utf8)
        return SourceLocation(
            file: ChoiceParser.file,
            bytes: bytes,
            line: 1,
            start: 0,
            offset: 0,
            length: bytes.count
        )
    }
}

/// Reads `kind{1=hello,2=data}`.
private struct ChoiceParser {
    static var file: String { MessageChoice.locationFile }
    /// More kinds than an 8-bit tag tells apart, and still a table that one reads.
    static let casesMax = 1024
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func run(_ text: String) throws(HeaderError) -> MessageChoice {
        var field = try word("a field that tells the messages apart")
        var structure: String?
        try expect("{")
        let start = position
        if let inner = try? word("a field"), take(":") {
            structure = field
            field = inner
        } else {
            position = start
        }
        var cases: [MessageChoice.Case] = []
        repeat {
            guard cases.count < Self.casesMax else {
                throw HeaderError(.tooMuch(.cases, maximum: Self.casesMax), at: location(position))
            }
            cases.append(try choice())
        } while take(",")
        try expect("}")
        guard position == bytes.count else { throw expected("the end") }
        return MessageChoice(structure: structure, field: field, cases: cases, text: text)
    }

    private mutating func choice() throws(HeaderError) -> MessageChoice.Case {
        skipBlanks()
        let start = position
        let tag = try word("a tag: a number or a constant's name")
        guard take("=") else { throw expected("\u{201C}=\u{201D} and a struct after the tag \(tag)") }
        let name = try word("the struct that \(tag) means")
        return MessageChoice.Case(tag: tag, name: name, place: start..<position)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func word(_ what: String) throws(HeaderError) -> String {
        skipBlanks()
        let start = position
        while position < bytes.count, !Self.punctuation.contains(bytes[position]) { position += 1 }
        guard position > start else { throw expected(what) }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        skipBlanks()
        return word
    }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Character) throws(HeaderError) {
        guard take(character) else { throw expected("\u{201C}\(character)\u{201D}") }
    }

    private func expected(_ what: String) -> HeaderError {
        var found = "the end"
        if position < bytes.count {
            found = "\u{201C}\(String(decoding: bytes[position...].prefix(1), as: UTF8.self))\u{201D}"
        }
        return HeaderError(
            .expected(what, found: found),
            at: location(position),
            hint: "several messages are written kind{1=hello,2=data}"
        )
    }

    private func location(_ offset: Int) -> SourceLocation {
        SourceLocation(file: Self.file, bytes: bytes, line: 1, start: 0, offset: offset, length: 1)
    }

    private static let punctuation = Set("{}=,: \t".utf8)
}
