/// The offsets of `od` have seven digits in octal (its default) and in decimal (`-A d`) alike. Line by line the
/// column's own arithmetic tells which: only in one base does each line begin where the one before ended.
/// Behind a star it does not, for any number may follow. What follows is then held back until the next
/// lines fit one base alone.
extension DumpReader {
    /// The lines that are held back, and how far each base would have come.
    struct HeldLines: Sendable {
        var lines: [[UInt8]] = []
        var bases: [(base: Int, position: Int)] = []
        /// Whether a star stands before the next line.
        var isRepeated = false
    }

    /// How many lines may stay undecided: every tenth byte at the latest makes a difference.
    private static let heldLinesMax = 64

    static func isStar(_ line: [UInt8]) -> Bool {
        line.contains(UInt8(ascii: "*")) && line.allSatisfy { $0 == UInt8(ascii: "*") || $0 == 0x20 }
    }

    /// Keeps a line back whose offset cannot be read yet; false for all others.
    mutating func hold(_ line: [UInt8]) throws(HexError) -> Bool {
        let isHolding = !held.lines.isEmpty
        guard isHolding || isDump && isRepeated && radix == nil && !lastLine.isEmpty else { return false }
        if isHolding, Self.isStar(line) {
            held.isRepeated = true
            held.lines.append(line)
            return true
        }
        guard let (digits, count) = DumpRow.offset(ofOd: line) else {
            try settle()
            return false
        }
        if !isHolding {
            held.bases = [(8, position), (10, position)]
            held.isRepeated = true
        }
        held.lines.append(line)
        let width = lastLine.count
        held.bases = held.bases.compactMap { base, position in
            guard let offset = Int(digits, radix: base) else { return nil }
            // A star stands for whole lines.
            let fits =
                held.isRepeated
                ? offset > position && (offset - position) % width == 0 : offset == position
            return fits ? (base, offset + count) : nil
        }
        held.isRepeated = false
        if held.bases.count < 2 || count == 0 || held.lines.count >= Self.heldLinesMax { try settle() }
        return true
    }

    /// Reads the lines that were held back, in the base that is left.
    mutating func settle() throws(HexError) {
        guard let first = held.lines.first else { return }
        let (lines, bases) = (held.lines, held.bases)
        held = HeldLines()
        let last = lineNumber
        defer { lineNumber = last }
        lineNumber = last - lines.count + 1
        guard bases.count < 2 else {
            let digits = DumpRow.offset(ofOd: first)?.digits ?? ""
            throw HexError(reason: .ambiguousOffset(digits), line: lineNumber, column: 1)
        }
        // In neither base: hexadecimal, or an error that reading them tells.
        radix = bases.first?.base ?? 16
        for line in lines {
            try take(line)
            lineNumber += 1
        }
    }
}
