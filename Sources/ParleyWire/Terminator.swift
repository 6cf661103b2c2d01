/// What ends each message of a stream: the same bytes behind every one.
///
/// Found eight bytes at a time, and none is looked at twice when more come, but for those that may be the first part
/// of a terminator.
final class Terminator: FrameFinder, @unchecked Sendable {
    let bytes: [UInt8]

    /// - Precondition: 1 byte to ``Framing/terminatorBytesMax``.
    init(_ bytes: [UInt8]) {
        precondition(
            (1...Framing.terminatorBytesMax).contains(bytes.count),
            "a terminator has 1 to \(Framing.terminatorBytesMax) bytes"
        )
        self.bytes = bytes
    }

    /// Where the first terminator begins, or nil when more bytes are needed.
    override func end(
        in bytes: RawSpan,
        maximum: Int,
        progress: inout Framing.Progress
    ) throws(FramingError) -> Int? {
        let count = bytes.byteCount
        let size = self.bytes.count
        if let end = index(in: bytes, from: max(0, progress.searched - (size - 1))) {
            guard end <= maximum else { throw Self.tooLong(end, maximum, bytes) }
            return end
        }
        guard count < maximum + size else { throw Self.tooLong(count, maximum, bytes) }
        progress.searched = count
        return nil
    }

    /// How many bytes of the terminator lie at the end: so many fewer are missing.
    func partBytes(in bytes: RawSpan) -> Int {
        let longest = min(bytes.byteCount, self.bytes.count - 1)
        return (0...longest).last { matches(bytes, at: bytes.byteCount - $0, count: $0) } ?? 0
    }

    /// Where a reader would find the message's end, when it is not behind the message.
    func indexInside(_ message: RawSpan) -> Int? {
        if let index = index(in: message, from: 0) { return index }
        // The last bytes of a message and the first of its terminator may be one, too.
        let size = bytes.count
        let begin = max(0, message.byteCount - (size - 1))
        return (begin..<message.byteCount).first { start in
            let inside = message.byteCount - start
            return matches(message, at: start, count: inside)
                && bytes[inside...].elementsEqual(bytes.prefix(size - inside))
        }
    }

    private func index(in bytes: RawSpan, from start: Int) -> Int? {
        let size = self.bytes.count
        let first = self.bytes[0]
        let last = self.bytes[size - 1]
        var start = start
        while let index = bytes.firstIndex(of: first, from: start) {
            guard index <= bytes.byteCount - size else { return nil }
            if bytes.byte(at: index + size - 1) == last, matches(bytes, at: index, count: size) {
                return index
            }
            start = index + 1
        }
        return nil
    }

    private func matches(_ bytes: RawSpan, at start: Int, count: Int) -> Bool {
        for index in 0..<count where bytes.byte(at: start + index) != self.bytes[index] { return false }
        return true
    }

    private static func tooLong(_ size: Int, _ maximum: Int, _ bytes: RawSpan) -> FramingError {
        .tooLong(bytes: size, maximum: maximum, beginning: FramingError.beginning(of: bytes))
    }

    override func isEqual(to other: FrameFinder) -> Bool { (other as? Terminator)?.bytes == bytes }

    override func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension Framing {
    /// The most bytes of a terminator.
    public static let terminatorBytesMax = 64

    /// Messages that end where certain bytes stand: `.terminated(by: [0])` is what a C program writes with
    /// `write(fd, text, strlen(text) + 1)`, `.terminated(by: "\r\n\r\n")` cuts heads that end with an empty line.
    ///
    /// A message is handed out without its terminator, and sending appends it. A message may be empty. One that holds
    /// the terminator, or ends so that a reader would find it too early, is refused and nothing of it is sent. What
    /// stands behind the last terminator when the stream ends is no message, but an error.
    ///
    /// - Parameters:
    ///   - terminator: 1 byte to ``terminatorBytesMax``.
    ///   - messageBytesMax: the largest message in bytes without its terminator; 64 KiB unless said otherwise.
    public static func terminated(by terminator: [UInt8], messageBytesMax: Int = 64 << 10) -> Framing {
        Framing(Terminator(terminator), messageBytesMax: messageBytesMax)
    }

    /// Messages that end where a text stands, in UTF-8; otherwise as ``terminated(by:messageBytesMax:)-([UInt8],_)``.
    public static func terminated(by terminator: String, messageBytesMax: Int = 64 << 10) -> Framing {
        terminated(by: Array(terminator.utf8), messageBytesMax: messageBytesMax)
    }
}

extension RawSpan {
    /// Where a byte stands first, at an offset or behind it: eight bytes at a time.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        let count = byteCount
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var index = start
        while index <= count - 8 {
            let word = UInt64(
                littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let difference = word ^ pattern
            // The lowest byte that is zero has its high bit set; those above it do not matter.
            let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            if self.byte(at: index) == byte { return index }
            index += 1
        }
        return nil
    }
}
