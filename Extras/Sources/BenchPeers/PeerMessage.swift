import NIOCore

/// The messages of Benchmarks/c/score.h and block.h, written and read as SwiftNIO's users do.
enum PeerMessage: String {
    case score
    case block

    private static let name = Array("Trans".utf8) + [UInt8](repeating: 0, count: 8)
    private static let filler = [UInt8](repeating: 0x5a, count: 1196)

    var size: Int { self == .score ? 21 : 1200 }

    func write(number: Int, to buffer: inout ByteBuffer) {
        switch self {
        case .score:
            buffer.writeBytes(Self.name)
            buffer.writeInteger(UInt32(truncatingIfNeeded: number))
            buffer.writeInteger(UInt32(97))
        case .block:
            buffer.writeInteger(UInt32(truncatingIfNeeded: number))
            buffer.writeBytes(Self.filler)
        }
    }

    /// Reads the next message; false when it is wrong.
    func readNext(from buffer: inout ByteBuffer) -> Bool {
        switch self {
        case .score:
            let name = buffer.readSlice(length: 13)
            let math = buffer.readInteger(as: UInt32.self)
            let chinese = buffer.readInteger(as: UInt32.self)
            return name != nil && math != nil && chinese == 97
        case .block:
            let number = buffer.readInteger(as: UInt32.self)
            let bytes = buffer.readSlice(length: 1196)
            guard number != nil, let bytes else { return false }
            return bytes.getInteger(at: bytes.writerIndex - 1, as: UInt8.self) == 0x5a
        }
    }

    /// The same as an array, for a library without buffers of its own.
    func bytes(number: Int) -> [UInt8] {
        switch self {
        case .score: Self.name + bigEndian(number) + bigEndian(97)
        case .block: bigEndian(number) + Self.filler
        }
    }

    /// Whether these bytes are the message: as much of a decoding as its last field.
    func isRight(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        bytes.count == size && bytes.last == (self == .score ? 97 : 0x5a)
    }

    private func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
