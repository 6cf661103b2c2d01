/// Bytes written in hexadecimal, as people paste them: all that ``DumpReader`` reads, as one run of bytes.
public enum HexInput {
    /// The most bytes that are accepted: more than any datagram.
    public static let bytesMax = 1 << 20

    public static func parse(_ text: some StringProtocol) throws(HexError) -> [UInt8] {
        var reader = DumpReader(bytesMax: bytesMax)
        var bytes: [UInt8] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try reader.receive(line: Array(line))
            while let piece = reader.next() { bytes += piece.bytes }
        }
        try reader.finish()
        while let piece = reader.next() { bytes += piece.bytes }
        guard bytes.count <= bytesMax else {
            throw HexError(reason: .tooMany(maximum: bytesMax), line: 1, column: 1)
        }
        return bytes
    }
}
