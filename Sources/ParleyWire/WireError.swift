internal import ParleyTypes

/// Why bytes are not a message, or a value cannot become bytes: where, what was expected, what was found.
public struct WireError: Error, Sendable, Hashable {
    public var reason: Reason
    /// The field as a path, `items[3].name`; empty when the message as a whole is meant.
    public var field: String
    /// The byte of the message at which that field begins (0 is the first), or where the trouble was met.
    public var offset: Int

    public init(_ reason: Reason, field: String = "", offset: Int = 0) {
        self.reason = reason
        self.field = field
        self.offset = offset
    }

    public enum Reason: Sendable, Hashable {
        /// The bytes end before the field does. Both in bytes, counted from the field's first.
        case tooShort(needed: Int, found: Int)
        /// Bytes are left after the message's last field. Both are sizes of the whole, in bytes.
        case tooLong(expected: Int, found: Int)
        /// A count field promises more than the bytes hold, or a number of bytes that no whole items fill.
        case badCount(UInt64, unit: CountUnit, available: Int)
        /// A signed count field holds a negative number.
        case negativeCount(Int64, unit: CountUnit, available: Int)
        /// No case of the tagged union has this tag.
        case unknownTag(UInt64, known: [UInt64])
        /// No case of the enumeration has this raw value.
        case unknownValue(String, type: String)
        /// A Boolean is one byte, 0 or 1.
        case notBoolean(UInt8)
        /// A constant of the layout has another value.
        case wrongConstant(expected: String, found: String)
        /// Text was asked for strictly and is not UTF-8.
        case notUTF8
        /// Text or bytes do not fit into their field. In bytes of UTF-8.
        case doesNotFit(bytes: Int, capacity: Int)
        /// The tail has more bytes or items than its count field can say.
        case countOverflow(UInt64, unit: CountUnit, maximum: UInt64)
        /// A number is outside its field's range.
        case outOfRange(value: String, minimum: String, maximum: String)
        /// The message is larger than the limit that was set for it. In bytes.
        case exceedsLimit(bytes: Int, limit: SizeLimit)
        /// The caller's buffer is smaller than the encoded message. In bytes.
        case bufferTooSmall(needed: Int, capacity: Int)
        /// The text could not be read as a value of the type.
        case unreadable(String, type: String)
        /// A value is of another kind than its field.
        case wrongKind(expected: String, found: String)
        /// Members of a union were given values that are not the same bytes.
        case disagreement(members: [String])
        /// The layout has no field of that name.
        case unknownField(known: [String])
        /// The layout has a field that was given no value.
        case missingField(type: String)
        /// Messages that contain themselves are nested deeper than is accepted; see ``WireNesting``.
        case tooDeep(maximum: Int)
        /// The layout is that of a Swift type which contains itself: its values are of that type only.
        case selfReference(type: String)
    }
}

/// What a count field counts.
public enum CountUnit: String, Sendable, Hashable, CaseIterable {
    /// The bytes of the tail.
    case bytes
    /// The items of the tail.
    case items
    /// The bytes of the whole message, its fixed fields and the count itself included.
    case messageBytes
}

extension WireError {
    /// The same error seen from the message that holds this one as its field `name`.
    ///
    /// Offsets need no change: a reader's offsets are those of the outermost message.
    @inline(never)
    @usableFromInline
    func within(_ name: StaticString) -> WireError { within("\(name)") }

    /// The same error seen from the array that holds this one as its item.
    @inline(never)
    @usableFromInline
    func within(index: Int) -> WireError { within("[\(index)]") }

    @usableFromInline
    func within(_ name: String) -> WireError {
        var error = self
        if field.isEmpty {
            error.field = name
        } else if field.utf8.first == UInt8(ascii: "[") {
            error.field = name + field
        } else {
            error.field = name + "." + field
        }
        return error
    }
}

extension WireError: CustomStringConvertible {
    public var description: String {
        field.isEmpty
            ? "byte \(offset): \(reason)" : "\(SafeText.line(field)) (byte \(offset)): \(reason)"
    }
}

extension WireError.Reason: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .tooShort(let needed, let found):
            "the message ends too early: \(Phrase.countIs(needed, "byte")) needed here, "
                + "\(found) \(found == 1 ? "is" : "are") left"
        case .tooLong(let expected, let found):
            "the message is \(Phrase.count(found, "byte")) long, its layout ends after \(expected)"
        case .badCount(let count, .items, let available):
            "the count says \(Phrase.count(count, "item")), the \(Phrase.count(available, "byte")) that "
                + (available == 1 ? "follows does not hold as many" : "follow do not hold as many")
        case .badCount(let count, .bytes, let available):
            "the count says \(Phrase.count(count, "byte")), which \(Phrase.count(available, "byte")) of tail "
                + "cannot satisfy with whole items"
        case .badCount(let count, .messageBytes, let available):
            "the message says it has \(Phrase.count(count, "byte")), it came with \(available)"
        case .negativeCount(let count, let unit, _):
            "the count says \(count) \(unit.noun), and nothing has fewer than none"
        case .unknownTag(let tag, let known):
            "no message has the tag \(tag); known are \(known.map(String.init).joined(separator: ", "))"
        case .unknownValue(let value, let type):
            "\(value) is no value of \(type)"
        case .notBoolean(let byte):
            "\(byte) is not a Boolean: 0 is false, 1 is true"
        case .wrongConstant(let expected, let found):
            "\(found) stands where the layout has the constant \(expected)"
        case .notUTF8:
            "the text is not UTF-8; ask for it leniently or as bytes"
        case .doesNotFit(let bytes, let capacity):
            "\(Phrase.count(bytes, "byte")) \(bytes == 1 ? "does" : "do") not fit into a field of \(capacity)"
        case .countOverflow(let count, let unit, let maximum):
            "the tail has \(Phrase.count(count, String(unit.noun.dropLast()))), its count field ends at \(maximum)"
        case .outOfRange(let value, let minimum, let maximum):
            "\(value) is outside \(minimum)...\(maximum)"
        case .exceedsLimit(let bytes, let limit):
            "the message has \(Phrase.count(bytes, "byte")), \(limit) allows \(limit.bytes): \(limit.remedy)"
        case .bufferTooSmall(let needed, let capacity):
            "the message has \(Phrase.count(needed, "byte")), the buffer has room for \(capacity)"
        case .unreadable(let text, let type):
            "\u{201C}\(text)\u{201D} is not readable as \(type)"
        case .wrongKind(let expected, let found):
            "expected \(expected), found \(found)"
        case .disagreement(let members):
            "\(members.joined(separator: " and ")) lie on the same bytes and do not agree: give one of them"
        case .unknownField(let known):
            "there is no such field; the layout has \(known.joined(separator: ", "))"
        case .missingField(let type):
            "no value was given for this field of type \(type)"
        case .tooDeep(let maximum):
            "messages are nested deeper here than \(maximum) levels, the most that are accepted: send fewer levels, "
                + "or a list whose items name each other by number"
        case .selfReference(let type):
            "\(type) contains itself, which a layout cannot say: use the Swift type, or keep the items as bytes"
        }
    }
}

extension CountUnit {
    /// The plural that a sentence needs.
    var noun: String { self == .items ? "items" : "bytes" }
}
