internal import ParleyTypes

/// Values from strangers, made safe for a terminal in a way that can be read back: a backslash stands as
/// two. For names within sentences there is ``ParleyTypes/SafeText``, which spells the rest the same.
public enum TerminalText {
    /// The text with every character that a terminal could obey, or that cannot be seen, as an escape: `\n`,
    /// `\u{1b}`.
    public static func escape(_ text: some StringProtocol) -> String {
        // As most texts are: nothing to do, and not a character at a time.
        if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }) { return String(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                result += "\\\\"
            } else if SafeText.isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += SafeText.spelled(scalar)
            }
        }
        return result
    }

    /// Bytes as text: what is no UTF-8 stands as `\xE9`, so nothing is lost and nothing is obeyed.
    public static func escape(bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return escape(text) }
        var result = ""
        var rest = bytes[...]
        while let first = rest.first {
            // The longest a scalar can be is four bytes.
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length {
                result += escape(String(decoding: rest.prefix(length), as: UTF8.self))
            } else {
                result += "\\x" + Hex.text([first])
            }
            rest = rest.dropFirst(length ?? 1)
        }
        return result
    }
}
