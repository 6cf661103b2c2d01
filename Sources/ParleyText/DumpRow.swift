/// A line of a dump, taken apart: an offset, digits, perhaps a text.
struct DumpRow {
    var offset: Int
    /// Where in the line the digits are.
    var digits: Range<Int>
    /// Whether the digits are words of two bytes or octal numbers, whose bytes stand in another order.
    var isWords = false
    /// Where in the line the bytes stand as text; empty when they do not.
    var text: Range<Int>

    /// The base that od wrote the offset in; nil when the dump is another tool's, or nobody can tell yet.
    var radix: Int?

    /// What the lines before say about a line.
    struct Place {
        /// The bytes that came before.
        var position: Int
        /// Whether the line before was of a dump, too.
        var isDump: Bool
        /// Whether a star stands between: the offset is then anywhere behind.
        var isRepeated: Bool
        var radix: Int?

        func takes(_ offset: Int) -> Bool { offset == position || isRepeated && offset > position }
    }

    /// Nil for a line that is of no dump.
    init?(_ line: [UInt8], at place: Place) {
        var start = line.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? line.endIndex
        let isMarked = line[start...].starts(with: "0x".utf8)
        if isMarked { start += 2 }
        let end = line[start...].firstIndex { Hex.value(of: $0) == nil } ?? line.endIndex
        let head = line[start..<end]
        guard head.count >= 4, head.count <= 12 else { return nil }
        let offset = head.reduce(0) { $0 << 4 | Int(Hex.value(of: $1) ?? 0) }
        if end < line.endIndex, line[end] == UInt8(ascii: ":") {
            self.init(colon: line, end, offset)
        } else if isMarked {
            return nil
        } else if let row = Self(od: line, head, place) {
            self = row
        } else {
            self.init(hexdump: line, head, offset, place)
        }
    }

    private init(_ offset: Int, _ digits: Range<Int>, _ text: Range<Int>, isWords: Bool = false) {
        self.offset = offset
        self.digits = digits
        self.text = text
        self.isWords = isWords
    }

    /// xxd and tcpdump: digits after a colon, the text after two blanks.
    private init?(colon line: [UInt8], _ end: Int, _ offset: Int) {
        // `5472:6f6e` is digits with a colon between them.
        guard end + 1 == line.endIndex || Self.isBlank(line[end + 1]) else { return nil }
        let first = line[(end + 1)...].firstIndex { !Self.isBlank($0) } ?? line.endIndex
        let last = Self.blanks(2, in: line, from: first)
        self.init(offset, first..<last, last..<line.endIndex)
    }

    /// od: seven octal or decimal digits, or six hexadecimal ones, one blank, and two digits for each byte;
    /// `od -t x1z` puts the text between angle brackets. hexdump without options looks alike, with words.
    private init?(od line: [UInt8], _ head: ArraySlice<UInt8>, _ place: Place) {
        let rest = line[head.endIndex...]
        guard head.count == 7 || head.count == 6, rest.isEmpty || rest.first == 0x20 else { return nil }
        let end = max(head.endIndex, Self.blanks(2, in: line, from: head.endIndex + 1))
        let widths = Set(line[head.endIndex..<end].split(separator: 0x20).map(\.count))
        let text = String(decoding: head, as: UTF8.self)
        let bases = place.radix.map { [$0] } ?? (head.count == 7 ? [8, 10, 16] : [16])
        let offsets = bases.compactMap { base in Int(text, radix: base).map { (base: base, offset: $0) } }
        let taken = offsets.filter { place.takes($0.offset) }
        let known = taken.first
        // Six digits are three bytes too; nobody writes three together and the others one by one.
        let isCertain = known != nil || place.isDump && head.count == 7
        guard let (base, offset) = known ?? offsets.first else { return nil }
        if widths.isEmpty {
            guard place.isDump, isCertain else { return nil }
            self.init(offset, end..<end, end..<end)
        } else if widths == [2] {
            guard isCertain else { return nil }
            self.init(offset, head.endIndex..<end, Self.text(in: line, from: end, ">", "<"))
            // The first lines may mean the same in all bases: 0000004.
            if offset > 0, taken.count == 1 { radix = base }
        } else {
            let isWords = head.count == 7 && widths.isSubset(of: [2, 4]) || widths == [3] || widths == [6]
            guard isWords, known != nil else { return nil }
            self.init(offset, head.endIndex..<end, end..<end, isWords: true)
        }
    }

    /// The offset of a line of `od` whose base its digits do not tell, and how many bytes follow it; nil for
    /// other lines.
    static func offset(ofOd line: [UInt8]) -> (digits: String, count: Int)? {
        let start = line.firstIndex { !isBlank($0) } ?? line.endIndex
        let end = line[start...].firstIndex { Hex.value(of: $0) == nil } ?? line.endIndex
        guard end - start == 7, end == line.endIndex || line[end] == 0x20 else { return nil }
        let digits = line[end..<max(end, blanks(2, in: line, from: min(end + 1, line.endIndex)))]
        let words = digits.split(separator: 0x20)
        guard words.allSatisfy({ $0.count == 2 }) else { return nil }
        return (String(decoding: line[start..<end], as: UTF8.self), words.count)
    }

    /// hexdump -C: eight digits, two blanks, bytes, the text between bars; the last line is an offset alone.
    /// Wireshark: four digits, three blanks, bytes, three blanks, the text; tshark has two blanks in front.
    private init?(hexdump line: [UInt8], _ head: ArraySlice<UInt8>, _ offset: Int, _ place: Place) {
        let end = head.endIndex
        let rest = line[end...]
        if head.count >= 8 {
            if rest.allSatisfy({ $0 == 0x20 }) {
                guard place.isDump else { return nil }
                self.init(offset, end..<end, end..<end)
            } else {
                guard rest.starts(with: "  ".utf8) else { return nil }
                let bar = rest.firstIndex(of: UInt8(ascii: "|")) ?? line.endIndex
                self.init(offset, end..<bar, Self.text(in: line, from: bar, "|", "|"))
            }
        } else {
            let first = rest.firstIndex { $0 != 0x20 } ?? line.endIndex
            let last = Self.blanks(3, in: line, from: first)
            guard 2...3 ~= first - end, place.takes(offset) || offset == 0 || place.isDump else { return nil }
            // `0000  6f6e` is digits with two blanks between them.
            let isBytes = line[first..<last].split(separator: 0x20).allSatisfy { $0.count == 2 }
            guard first - end == 3 && place.takes(offset) || isBytes else { return nil }
            self.init(offset, first..<last, last..<line.endIndex)
        }
    }

    /// The text that stands from `start` to the end of the line, without the marks around it.
    private static func text(
        in line: [UInt8],
        from start: Int,
        _ opening: Unicode.Scalar,
        _ closing: Unicode.Scalar
    ) -> Range<Int> {
        guard let first = line[start...].firstIndex(where: { $0 != 0x20 }) else { return start..<start }
        guard line[first] == UInt8(ascii: opening) else { return start..<line.endIndex }
        let last = line[(first + 1)...].lastIndex(of: UInt8(ascii: closing)) ?? line.endIndex
        return (first + 1)..<last
    }

    /// Where so many blanks begin; the line's end when they do nowhere.
    private static func blanks(_ count: Int, in line: [UInt8], from start: Int) -> Int {
        var run = 0
        guard start < line.endIndex else { return line.endIndex }
        for index in start..<line.endIndex {
            run = line[index] == 0x20 ? run + 1 : 0
            if run == count { return index + 1 - count }
        }
        return line.endIndex
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
