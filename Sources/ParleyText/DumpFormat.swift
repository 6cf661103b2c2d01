/// How bytes are written as text. ``DumpReader`` reads all of them again.
public enum DumpFormat: String, Sendable, Hashable, CaseIterable {
    /// Digits alone, a message a line.
    case plain
    /// As `xxd` writes it; `xxd -r` gives the bytes back.
    case xxd
    /// As `hexdump -C` writes it, without its stars.
    case hexdump
    /// An array of C, as `xxd -i` writes it.
    case c

    /// Whether a message without a byte can be told from no message: an array of C can, and the others
    /// have no sign for it (the lone offset of `hexdump -C` is four bytes of plain digits).
    public var writesEmpty: Bool { self == .c }

    /// The text of one message, with its line ends.
    ///
    /// - Parameter name: what the array of C is called; what no identifier can have becomes `_`.
    public func text(_ bytes: [UInt8], name: String = "message") -> String {
        switch self {
        case .plain: Hex.text(bytes) + "\n"
        case .xxd: Self.xxd(bytes)
        case .hexdump: Self.hexdump(bytes)
        case .c: Self.c(bytes, name)
        }
    }

    private static func rows(_ bytes: [UInt8], _ width: Int) -> [(offset: Int, bytes: ArraySlice<UInt8>)] {
        stride(from: 0, to: bytes.count, by: width).map { ($0, bytes[$0..<min($0 + width, bytes.count)]) }
    }

    private static func xxd(_ bytes: [UInt8]) -> String {
        rows(bytes, 16).map { offset, row in
            var digits = ""
            for (index, byte) in row.enumerated() {
                digits += (index > 0 && index % 2 == 0 ? " " : "") + Hex.text([byte])
            }
            let blanks = String(repeating: " ", count: 39 - digits.utf8.count)
            return Hex.digits(UInt64(offset), count: 8) + ": \(digits)\(blanks)  \(text(row))\n"
        }.joined()
    }

    private static func hexdump(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "" }
        let lines = rows(bytes, 16).map { offset, row in
            let digits =
                Hex.text(row.prefix(8), separator: " ") + "  " + Hex.text(row.dropFirst(8), separator: " ")
            let blanks = String(repeating: " ", count: 49 - digits.utf8.count)
            return Hex.digits(UInt64(offset), count: 8) + "  \(digits)\(blanks) |\(text(row))|\n"
        }
        return lines.joined() + Hex.digits(UInt64(bytes.count), count: 8) + "\n"
    }

    private static func c(_ bytes: [UInt8], _ name: String) -> String {
        var identifier = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" }
        )
        if identifier.first?.isNumber ?? true { identifier = "_" + identifier }
        let lines = rows(bytes, 12).map { _, row in
            "  " + row.map { "0x" + Hex.text([$0]) }.joined(separator: ", ")
        }
        return "unsigned char \(identifier)[] = {\n" + lines.joined(separator: ",\n")
            + "\n};\nunsigned int \(identifier)_len = \(bytes.count);\n"
    }

    private static func text(_ row: ArraySlice<UInt8>) -> String {
        String(decoding: row.map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
}
