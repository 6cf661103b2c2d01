/// The column of a dump that shows its bytes as text. It tells bytes in another order (`xxd -e`), and digits
/// that were changed by hand.
enum DumpText {
    /// Where the text first shows another byte than there is; nil when it agrees, or says nothing.
    ///
    /// A dot stands for what is not printable, and with some tools for a blank. Text in another character set
    /// than ASCII says nothing, and blanks at both ends count only as far as nobody can have lost them.
    static func difference(in line: [UInt8], _ range: Range<Int>, from bytes: some Sequence<UInt8>) -> Int? {
        let text = line[range]
        guard !text.isEmpty, text.allSatisfy({ 0x20...0x7E ~= $0 }) else { return nil }
        let shown = trimmed(text)
        // A comment, or nothing at all.
        guard !shown.isEmpty, !shown.starts(with: "# ".utf8) else { return nil }
        let expected = bytes.map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: ".") }
        let dotted = expected.map { $0 == 0x20 ? UInt8(ascii: ".") : $0 }
        // Blanks at the end were not lost when there are some.
        let isWhole = text.last == 0x20
        for expected in [expected, dotted] {
            if text.suffix(expected.count).elementsEqual(expected) { return nil }
            if !isWhole, shown.elementsEqual(trimmed(expected[...])) { return nil }
        }
        if isWhole, text.count >= expected.count {
            let column = text.suffix(expected.count)
            return column.startIndex + zip(column, expected).prefix { $0 == $1 }.count
        }
        let count = zip(shown, trimmed(expected[...])).prefix { $0 == $1 }.count
        return min(shown.startIndex + count, shown.endIndex - 1)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = text.lastIndex(where: { $0 != 0x20 }) else { return [] }
        return text[...last].drop { $0 == 0x20 }
    }
}
