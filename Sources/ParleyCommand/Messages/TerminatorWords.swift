import ParleyText
import ParleyTypes
import ParleyWire

/// `--framing terminator:…`: the bytes that end each message.
///
///     terminator:0x00                        a zero
///     terminator:\r\n\r\n                    an empty line behind CR LF
///     terminator:END\n,max=4096              a word and LF, behind at most 4096 bytes
struct TerminatorWords {
    private let text: String

    static let grammar = """
        Write --framing terminator:0x00 (hexadecimal digits) or terminator:'\\r\\n' (text with \\0 \\n \\r \\t \
        \\\\ \\, \\xHH), 1 to \(Framing.terminatorBytesMax) bytes; then perhaps ,max=N (the largest message in bytes).
        """

    init(_ text: String) { self.text = text }

    /// As large as a line may be here.
    private static let messageBytesMax = 1 << 20

    func framing() throws(Ending) -> Framing {
        // Commas with a backslash belong to the terminator.
        var spelled = Array(text.utf8)[...]
        var maximum = Self.messageBytesMax
        if let comma = Self.comma(in: spelled) {
            let word = String(decoding: spelled[(comma + 1)...], as: UTF8.self)
            spelled = spelled[..<comma]
            guard word.hasPrefix("max="), let number = Int(word.dropFirst(4)), 1...(1 << 30) ~= number else {
                throw refusal(
                    "\(SafeText.line(word)) is no max=N, N from 1 to \(1 << 30); write \\, for a comma"
                )
            }
            maximum = number
        }
        let bytes = spelled.starts(with: "0x".utf8) ? try digits(spelled.dropFirst(2)) : try escaped(spelled)
        guard !bytes.isEmpty else { throw refusal("which bytes?") }
        guard bytes.count <= Framing.terminatorBytesMax else {
            throw refusal("\(bytes.count) bytes are too many")
        }
        return .terminated(by: bytes, messageBytesMax: maximum)
    }

    /// `terminator:0d0a` is four letters: what is probably meant.
    static func remark(on text: String) -> String? {
        let word = text.prefix { $0 != "," }
        guard word.utf8.count >= 2, word.utf8.count % 2 == 0, word.contains(where: \.isNumber),
            word.utf8.allSatisfy({ value(of: $0) != nil })
        else { return nil }
        return
            "--framing terminator:\(word) ends messages with the text \u{201C}\(word)\u{201D}: as bytes it is written "
            + "terminator:0x\(word)"
    }

    private static func comma(in bytes: ArraySlice<UInt8>) -> Int? {
        var isEscaped = false
        return bytes.firstIndex { byte in
            defer { isEscaped = byte == UInt8(ascii: "\\") && !isEscaped }
            return byte == UInt8(ascii: ",") && !isEscaped
        }
    }

    private func digits(_ digits: ArraySlice<UInt8>) throws(Ending) -> [UInt8] {
        let values = digits.map { Self.value(of: $0) }
        guard !values.contains(nil) else { throw refusal("not all behind 0x are hexadecimal digits") }
        guard values.count % 2 == 0 else {
            throw refusal("a byte has two digits, and here are \(values.count)")
        }
        return stride(from: 0, to: values.count, by: 2).map { values[$0]! << 4 | values[$0 + 1]! }
    }

    private func escaped(_ text: ArraySlice<UInt8>) throws(Ending) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let letter = rest.popFirst() else { throw refusal("nothing stands behind the last \\") }
            switch letter {
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "\\"), UInt8(ascii: ","): bytes.append(letter)
            case UInt8(ascii: "x"):
                guard let high = rest.popFirst().flatMap(Self.value),
                    let low = rest.popFirst().flatMap(Self.value)
                else { throw refusal("two hexadecimal digits stand behind \\x") }
                bytes.append(high << 4 | low)
            default:
                throw refusal("\\\(SafeText.line(String(decoding: [letter], as: UTF8.self))) means nothing")
            }
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        Character(UnicodeScalar(digit)).hexDigitValue.map { UInt8($0) }
    }

    private func refusal(_ cause: String) -> Ending {
        Ending(.usage, "--framing terminator:\(SafeText.line(text)): \(cause)", remedy: Self.grammar)
    }
}

/// `--framing size:N`: messages of one size.
struct SizeWord {
    private let text: String
    private let form: Form?

    init(_ text: String, _ form: Form?) {
        self.text = text
        self.form = form
    }

    func framing() throws(Ending) -> Framing {
        guard let size = Int(text), 1...(1 << 30) ~= size else {
            throw refusal("a number of bytes from 1 to \(1 << 30) is meant", "Write --framing size:512.")
        }
        if case .layout(let compiled, _)? = form {
            let least = compiled.layout.sizeMinimum
            let isFixed = compiled.layout.isFixedSize
            guard isFixed ? size == least : size >= least else {
                throw refusal(
                    "messages of the layout have \(Phrase.count(least, "byte"))\(isFixed ? "" : " or more")",
                    isFixed
                        ? "Leave --framing out: they stand back to back."
                        : "Write --framing size:N, N \(least) or more."
                )
            }
        }
        return .backToBack(bytes: size)
    }

    private func refusal(_ cause: String, _ remedy: String) -> Ending {
        Ending(.usage, "--framing size:\(SafeText.line(text)): \(cause)", remedy: remedy)
    }
}
