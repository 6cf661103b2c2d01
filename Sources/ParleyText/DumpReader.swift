/// Reads bytes that are written as text, line by line: lines in, bytes out.
///
/// Accepted, recognized line by line:
/// - digits with or without blanks (`54 72`, `5472`; so `xxd -p`), commas, colons and semicolons between
///   bytes, `0x54`, `\x54`, comments after `#`;
/// - the output of `xxd`, `hexdump -C`, `od -t x1` (whatever its `-A`) and `tcpdump -x`, and Wireshark's,
///   with `*` for repeated lines: offsets are checked, and so are texts beside the bytes. Whether od's offsets
///   are octal or decimal is told by the lines themselves; where a star leaves both possible, the dump is
///   refused;
/// - arrays and strings of C (`{0x54, 114, 'a'}`, `"\x54r\0"`; so `xxd -i`) and of Python (`b'…'`).
///
/// A message ends where the text says so: a dump begins again at offset 0, a line of `hexdump -C` or `od` has
/// nothing but the offset, an array or a string ends. C's NUL behind a string is not read. `= { }` is a
/// message without a byte.
///
/// Call ``receive(line:)`` for each line, then ``next()`` until it gives nil; ``finish()`` at the end.
public struct DumpReader: Sendable {
    /// The most bytes of one message: what the text may make us hold.
    public let bytesMax: Int
    /// Whether an empty line between plain digits ends a message, or means nothing.
    public let emptyLinesEnd: Bool
    /// Whether every line of plain digits is a message.
    public let linesEnd: Bool

    /// Some bytes, and whether a message ends behind them.
    public struct Piece: Sendable, Hashable {
        public var bytes: [UInt8]
        public var endsMessage: Bool
    }

    /// How many lines have been read.
    public internal(set) var lineNumber = 0
    /// The bytes of this message that were not taken yet.
    private var bytes: [UInt8] = []
    /// How many bytes of this message there are, those that were taken included.
    private(set) var position = 0
    private var pieces: [Piece] = []
    private var taken = 0
    /// The last line of a dump, which a star repeats.
    private(set) var lastLine: [UInt8] = []
    private(set) var isRepeated = false
    private(set) var isDump = false
    /// The base of od's offsets, once it is known.
    var radix: Int?
    /// Lines of od behind a star, until it is known in which base their offsets are.
    var held = HeldLines()
    var code: CodeState?

    /// The longest line that is read, in bytes: a byte takes at most six characters (`0x54, `).
    public static let lineBytesMax = 8 * HexInput.bytesMax
    /// The most that a star may stand for.
    private static let repeatedBytesMax = 64 << 20

    public init(
        bytesMax: Int = HexInput.bytesMax,
        emptyLinesEnd: Bool = false,
        linesEnd: Bool = false
    ) {
        self.bytesMax = bytesMax
        self.emptyLinesEnd = emptyLinesEnd
        self.linesEnd = linesEnd
    }

    /// Reads a line, without its end.
    ///
    /// - Throws: ``HexError`` with line and column. What follows cannot be told from what it should have
    ///   been.
    public mutating func receive(line: [UInt8]) throws(HexError) {
        lineNumber += 1
        guard line.count <= Self.lineBytesMax else {
            throw HexError(reason: .lineTooLong(maximum: Self.lineBytesMax), line: lineNumber, column: 1)
        }
        let line = line.last == 0x0D ? Array(line.dropLast()) : line
        if code != nil { return try readCode(line) }
        if try hold(line) { return }
        try take(line)
    }

    /// Reads a line whose offset, if it is od's, is of a known base.
    mutating func take(_ line: [UInt8]) throws(HexError) {
        if isDump, Self.isStar(line) {
            isRepeated = true
            return
        }
        let place = DumpRow.Place(position: position, isDump: isDump, isRepeated: isRepeated, radix: radix)
        if let row = DumpRow(line, at: place) { return try read(row, of: line) }
        if isDump { endMessage() }
        if CodeState.begins(line) {
            endMessage()
            code = CodeState()
            return try readCode(line)
        }
        try readDigits(line, line.indices)
        if linesEnd || emptyLinesEnd && line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { endMessage() }
    }

    /// Says that no more lines come.
    public mutating func finish() throws(HexError) {
        try settle()
        if let code, let unfinished = code.unfinished {
            throw HexError(reason: .unfinished(unfinished), line: lineNumber, column: 1)
        }
        endMessage()
    }

    /// The next bytes; nil when more lines are needed.
    public mutating func next() -> Piece? {
        if taken < pieces.count {
            taken += 1
            return pieces[taken - 1]
        }
        pieces.removeAll(keepingCapacity: true)
        taken = 0
        guard !bytes.isEmpty else { return nil }
        defer { bytes.removeAll(keepingCapacity: true) }
        return Piece(bytes: bytes, endsMessage: false)
    }

    // MARK: Steps

    mutating func append(_ byte: UInt8, column: Int) throws(HexError) {
        guard position < bytesMax else {
            throw HexError(reason: .tooMany(maximum: bytesMax), line: lineNumber, column: column)
        }
        bytes.append(byte)
        position += 1
    }

    /// Ends a message, if it has any bytes or may have none.
    mutating func endMessage(evenEmpty: Bool = false) {
        if position > 0 || evenEmpty { pieces.append(Piece(bytes: bytes, endsMessage: true)) }
        bytes = []
        position = 0
        lastLine = []
        isRepeated = false
        isDump = false
        radix = nil
    }

    private mutating func read(_ row: DumpRow, of line: [UInt8]) throws(HexError) {
        if row.isWords { throw HexError(reason: .words, line: lineNumber, column: row.digits.lowerBound + 1) }
        if isRepeated {
            try repeatLastLine(upTo: row.offset)
            isRepeated = false
        }
        // Another dump, of another message.
        if row.offset == 0, position > 0 { endMessage() }
        guard row.offset == position else {
            let reason = HexError.Reason.gap(expected: position, found: row.offset)
            throw HexError(reason: reason, line: lineNumber, column: 1)
        }
        if row.digits.isEmpty, isDump { return endMessage() }
        isDump = true
        radix = row.radix ?? radix
        let before = bytes.count
        try readDigits(line, row.digits)
        lastLine = Array(bytes[before...])
        if let index = DumpText.difference(in: line, row.text, from: lastLine) {
            throw HexError(reason: .otherText, line: lineNumber, column: index + 1)
        }
    }

    private mutating func repeatLastLine(upTo offset: Int) throws(HexError) {
        let maximum = min(bytesMax, position + Self.repeatedBytesMax)
        guard offset <= maximum else {
            throw HexError(reason: .tooMany(maximum: maximum), line: lineNumber, column: 1)
        }
        while !lastLine.isEmpty, position + lastLine.count <= offset {
            bytes.append(contentsOf: lastLine)
            position += lastLine.count
        }
    }

    private mutating func readDigits(_ line: [UInt8], _ range: Range<Int>) throws(HexError) {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = line[index]
            if byte == UInt8(ascii: "#") { return }
            if Self.isSeparator(byte) {
                index += 1
                continue
            }
            let next = index + 1 < range.upperBound ? line[index + 1] : 0
            let isMark = byte == UInt8(ascii: "0") && (next == UInt8(ascii: "x") || next == UInt8(ascii: "X"))
            if isMark || byte == UInt8(ascii: "\\") && next == UInt8(ascii: "x") {
                index += 2
                guard index < range.upperBound, Hex.value(of: line[index]) != nil else {
                    throw HexError(reason: .oddDigits, line: lineNumber, column: index + 1)
                }
                continue
            }
            guard let high = Hex.value(of: byte) else {
                throw HexError(reason: .notADigit(byte), line: lineNumber, column: index + 1)
            }
            guard let low = Hex.value(of: next) else {
                let isEnd = index + 1 == range.upperBound || Self.isSeparator(next)
                throw HexError(
                    reason: isEnd ? .oddDigits : .notADigit(next),
                    line: lineNumber,
                    column: index + 2
                )
            }
            try append(high << 4 | low, column: index + 1)
            index += 2
        }
    }

    /// What may stand between bytes: blank, tab, and `,:;`.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x2C || byte == 0x3A || byte == 0x3B
    }
}
