/// Percent-encoding of RFC 3986, section 2.1, over bytes.
enum Escapes {
    /// The bytes that a text stands for. A percent sign without two hexadecimal digits is an error.
    static func decoded(_ text: Substring) throws(EndpointError) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw .invalidEscape(String(text))
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// A text that ``decoded(_:)`` turns back. Only what cannot be misread stays as it is.
    static func encoded(_ bytes: some Sequence<UInt8>, keeping kept: String = "") -> String {
        var text = ""
        for byte in bytes {
            if isAlphanumeric(byte) || "-._~:".utf8.contains(byte) || kept.utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    /// A path: slashes and later `@` stay, a first `@` would mean an abstract name.
    static func path(_ path: String) -> String {
        encoded(path.utf8.prefix(1), keeping: "/") + encoded(path.utf8.dropFirst(), keeping: "/@+,=")
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
