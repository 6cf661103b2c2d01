internal import ParleyTypes

/// Why a stream cannot be cut into messages.
public enum FramingError: Error, Sendable, Hashable {
    /// A message that comes is, or says that it is, larger than the framing allows. In bytes.
    /// `beginning` is what the stream holds where the message was to begin: at most 16 bytes.
    case tooLong(bytes: Int, maximum: Int, beginning: [UInt8])
    /// A message says that it ends before the bytes that say so do: up to the end of its length field, or of all that
    /// stands before its tail. In bytes; `beginning` as above.
    case endsInHeader(bytes: Int, header: Int, beginning: [UInt8])
    /// A message is of no kind that the layout knows, so nobody can say where it ends.
    case unknownTag(UInt64, beginning: [UInt8])
    /// What begins here is no message, as a ``FrameCutter`` has found at this byte (0 is the first).
    case noMessage(offset: Int, beginning: [UInt8])
    /// A message to be sent is larger than the framing allows; nothing of it was sent. In bytes.
    case tooLongToSend(bytes: Int, maximum: Int)
    /// The stream ended inside a message; `missing` bytes at least were to come. `beginning` is what that message
    /// begins with: at most 16 bytes.
    case endsInside(missing: Int, beginning: [UInt8])
    /// A message to be sent back to back has another size than the others. In bytes.
    case wrongSize(bytes: Int, expected: Int)
    /// A message to be sent as a line holds a line feed, at this byte (0 is the first).
    case lineEndInside(offset: Int)
    /// A message to be sent holds the bytes that end a message, or ends with a part of them so that a reader would find
    /// its end there: at this byte (0 is the first). Nothing of it was sent.
    case terminatorInside(offset: Int)
    /// A message to be sent has a field that says another length than it has. In bytes.
    case wrongLength(says: Int, bytes: Int)
}

extension FramingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong(let bytes, let maximum, let beginning):
            "a message of \(Phrase.count(bytes, "byte")), the framing allows \(maximum): "
                + Self.question(beginning)
        case .endsInHeader(let bytes, let header, let beginning):
            "a message that says it has \(Phrase.count(bytes, "byte")), fewer than the \(header) that it takes to "
                + "say so: " + Self.question(beginning)
        case .unknownTag(let tag, let beginning):
            "a message whose tag \(tag) is none of the layout's, so that it has no end: "
                + Self.question(beginning)
        case .noMessage(let offset, let beginning):
            "what begins here is no message, as its byte \(offset) shows: " + Self.question(beginning)
        case .tooLongToSend(let bytes, let maximum):
            "a message of \(Phrase.count(bytes, "byte")) was not sent, because this framing takes "
                + "\(Phrase.count(maximum, "byte")) at most: send it in parts, or give both sides a framing that "
                + "takes more (--framing length takes 16 MiB; "
                + "Framing.lengthPrefixed and messageBytesMax)"
        case .endsInside(let missing, let beginning):
            "the stream ended inside a message, at least \(Phrase.count(missing, "byte")) before its end: did the peer "
                + "break off, or do the two sides not agree on the framing? \(Self.shown(beginning))"
        case .wrongSize(let bytes, let expected):
            "a message of \(Phrase.count(bytes, "byte")) among messages of \(expected): use a length-prefixed framing"
        case .lineEndInside(let offset):
            "byte \(offset) of the message is 0a, where a line would end: choose --framing length "
                + "(Framing.lengthPrefixed)"
        case .terminatorInside(let offset):
            "a message was not sent, because from its byte \(offset) on stands what would end it there: choose "
                + "another terminator, or a length (--framing length, Framing.lengthPrefixed)"
        case .wrongLength(let says, let bytes):
            "a message of \(Phrase.count(bytes, "byte")) was not sent, because its own length says \(says): "
                + "correct the field, or say otherwise what it counts (--framing length:…, Framing.lengthField)"
        }
    }

    /// What to ask when a stream makes no sense, beside what it holds.
    private static func question(_ beginning: [UInt8]) -> String {
        "do both sides agree on the framing? \(shown(beginning))"
    }

    private static func shown(_ beginning: [UInt8]) -> String {
        let bytes = beginning.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
        return "It begins with \(bytes)"
    }

    /// So much of a stream that a person sees what it is: its first bytes, at most 16.
    public static func beginning(of bytes: RawSpan) -> [UInt8] {
        (0..<min(bytes.byteCount, 16)).map { bytes.byte(at: $0) }
    }
}
