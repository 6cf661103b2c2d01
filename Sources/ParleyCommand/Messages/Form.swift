import ParleyText
import ParleyTypes
import ParleyWire

/// What the messages are: what `--as` says.
enum Form: Sendable {
    case layout(CompiledLayout, TextPolicy)
    case text, lines, hex, raw, json
    /// Nothing was said: text where it is text, otherwise hexadecimal.
    case automatic

    static let keywords: [(name: String, form: Form)] = [
        ("text", .text), ("lines", .lines), ("hex", .hex), ("raw", .raw), ("json", .json),
    ]

    var isText: Bool { if case .text = self { true } else { false } }

    var policy: TextPolicy {
        if case .layout(_, let policy) = self { policy } else { TextPolicy() }
    }

    /// How messages are told apart on a stream unless `--framing` says otherwise.
    var framing: Framing {
        switch self {
        // Who is on the other side switches over the tag, and puts no length in front for us.
        case .layout(let compiled, _): .following(compiled.layout, refusingUnknownTags: true)
        case .lines, .json: .lines(messageBytesMax: 1 << 20)
        case .text, .hex, .raw, .automatic: .chunks
        }
    }
}

/// A message as the command holds it: what it says, or why it says nothing, and its bytes.
struct Parcel: Message {
    typealias Coder = ParcelCoder

    enum Content: Sendable {
        case fit(JSONLine.Content)
        case misfit(WireError)
    }

    var content: Content
    var bytes: [UInt8]

    init(_ content: Content, bytes: [UInt8]) {
        self.content = content
        self.bytes = bytes
    }

    init(_ message: DynamicMessage) {
        self.init(.fit(.message(message)), bytes: message.bytes)
    }

    init(text: String) {
        self.init(.fit(.text(text)), bytes: Array(text.utf8))
    }

    init(bytes: [UInt8]) {
        self.init(.fit(.bytes(bytes)), bytes: bytes)
    }
}

/// Reads every datagram and every frame; what does not fit is a message too, so that its bytes can be shown.
struct ParcelCoder: MessageCoder {
    let form: Form
    /// What does not fit is no message, as elsewhere.
    var refusesMisfits = false
    /// Where messages carry their number, where one was named.
    var numbering: MessageNumbering?

    var framing: Framing { form.framing }
    /// Nil, so that the true length of what is too long is known.
    var sizeMaximum: Int? { nil }

    func size(of message: Parcel) -> Int { message.bytes.count }

    func encode(_ message: Parcel, into output: inout OutputRawSpan) throws(WireError) {
        try BytesCoder().encode(message.bytes, into: &output)
    }

    func decode(_ bytes: RawSpan) throws(WireError) -> Parcel {
        let copy = try BytesCoder().decode(bytes)
        let content = content(copy)
        if refusesMisfits, case .misfit(let error) = content { throw error }
        return Parcel(content, bytes: copy)
    }

    /// What the bytes say, or why they say nothing.
    func content(_ bytes: [UInt8]) -> Parcel.Content {
        switch form {
        case .layout(let compiled, _):
            do throws(WireError) {
                return unsafe .fit(.message(try DynamicMessage(decoding: bytes.span.bytes, as: compiled)))
            } catch {
                return .misfit(error)
            }
        case .text:
            return .fit(Self.text(bytes))
        case .lines:
            var line = bytes[...]
            if line.last == UInt8(ascii: "\n") { line.removeLast() }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            return .fit(Self.text(Array(line)))
        case .hex, .raw:
            return .fit(.bytes(bytes))
        case .json:
            do throws(JSONError) {
                return .fit(.json(try JSONValue(parsing: bytes)))
            } catch {
                return .misfit(WireError(.unreadable(Self.excerpt(bytes), type: "JSON (\(error))")))
            }
        case .automatic:
            return .fit(TextPolicy.isText(bytes) ? Self.text(bytes) : .bytes(bytes))
        }
    }

    /// Text where it is UTF-8; what is none stays bytes, so that nothing is lost.
    private static func text(_ bytes: [UInt8]) -> JSONLine.Content {
        String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
    }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        TerminalText.escape(bytes: bytes.prefix(32)) + (bytes.count > 32 ? "…" : "")
    }
}
