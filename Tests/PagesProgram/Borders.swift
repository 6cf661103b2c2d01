// swift-format-ignore-file
// The Swift of docs/streams-and-borders.md: types here, the rest in functions. Tests/TidyTests finds each block here.

import Parley

enum Borders {
    @WireMessage
    struct Note {
        var a: UInt32
        var b: UInt32
        var n: ByteCount<UInt8>       // filled in; ItemCount counts items, MessageByteCount the whole message
        var text: TailText
    }

    struct MQTTPackets: FrameCutter {
        var messageBytesMax = 1 << 20

        func cut(_ bytes: RawSpan, after searched: Int) throws(FramingError) -> FrameCut {
            guard bytes.byte(at: 0) >> 4 != 0 else {
                throw .noMessage(offset: 0, beginning: FramingError.beginning(of: bytes))
            }
            var length = 0
            for place in 1...4 {
                guard place < bytes.byteCount else { return .more(bytes: 1) }
                let byte = bytes.byte(at: place)
                length |= Int(byte & 0x7F) << (7 * (place - 1))
                if byte < 0x80 { return .message(bytes: 1 + place + length) }
            }
            throw .noMessage(offset: 4, beginning: FramingError.beginning(of: bytes))
        }
    }

    static func layout() async throws -> Note {
        let answer = try await withConnection(Note.self, to: .tcp("server.example", 8089)) { server in
            try await server.request(Note(a: 1, b: 2, text: "hello"), timeout: .seconds(5))
        }
        return answer
    }

    static func field() async throws -> Connection<[UInt8], [UInt8]> {
        let frames = try await Connection(
            [UInt8].self,
            to: .tcp("server.example", 8089),
            framing: .lengthField(offset: 4, width: 4, counts: .frame)
        )
        return frames
    }

    static func front() async throws -> Connection<[UInt8], [UInt8]> {
        let names = try await Connection(
            [UInt8].self,
            to: .tcp("192.0.2.53", 53),
            framing: .lengthPrefixed(counterBytes: 2)
        )
        return names
    }

    static func terminator() async throws -> Connection<[UInt8], [UInt8]> {
        let texts = try await Connection(
            [UInt8].self,
            to: .unix("/run/texts.sock"),
            framing: .terminated(by: [0], messageBytesMax: 4096)
        )
        return texts
    }

    static func others() async throws {
        let lines = try await Connection(Line<String>.self, to: .tcp("server.example", 8086))
        let day = try await Connection([UInt8].self, to: .tcp("server.example", 13), framing: .untilEnd())
        print(try await lines.next() as Any, try await day.next() as Any)
    }

    static func server() async throws {
        try await Listener(Note.self, at: .tcp(port: 8090), limits: .forStrangers).respond { note in
            Note(a: note.a + 1, b: note.b, text: TailText(note.text.string.uppercased()))
        }
    }

    static func hand() async throws -> Connection<[UInt8], [UInt8]> {
        let broker = try await Connection(
            [UInt8].self,
            to: .tcp("broker.example", 1883),
            framing: .handWritten(MQTTPackets())
        )
        return broker
    }
}
