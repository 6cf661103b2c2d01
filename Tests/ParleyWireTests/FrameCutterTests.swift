import ParleyTypes
import ParleyWire
import Testing

/// Framings that somebody wrote by hand.
@Suite(.timeLimit(.minutes(5))) struct FrameCutterTests {
    /// Bytes up to a zero, which is part of the message; 0xFF never comes.
    struct Zeros: FrameCutter {
        var messageBytesMax = 100

        func cut(_ bytes: RawSpan, after searched: Int) throws(FramingError) -> FrameCut {
            for index in searched..<bytes.byteCount {
                let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                if byte == 0 { return .message(bytes: index + 1) }
                if byte == 0xFF {
                    throw .noMessage(offset: index, beginning: FramingError.beginning(of: bytes))
                }
            }
            return .more(bytes: 1)
        }
    }

    /// As docs/streams-and-borders.md shows it.
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

    @Test func `the packets of a public protocol are cut wherever the stream is`() throws {
        // PINGREQ, DISCONNECT, and PUBLISH of 5 and of 321 bytes behind the header.
        let messages: [[UInt8]] = [
            [0xC0, 0], [0x30, 5, 0, 1, 97, 98, 99], [0x30, 0xC1, 2] + [UInt8](repeating: 7, count: 321),
            [0xE0, 0],
        ]
        let stream = messages.flatMap { $0 }
        for step in [1, 2, 3, 7, stream.count] {
            #expect(try frames(resuming: stream, by: .handWritten(MQTTPackets()), step: step) == messages)
        }
        for wrong in [[0x0F, 1], [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1]] as [[UInt8]] {
            #expect(throws: FramingError.self) {
                try cut(wrong, by: .handWritten(MQTTPackets()), atEnd: false)
            }
        }
    }

    /// Says whatever it was told to say.
    struct Oracle: FrameCutter {
        var answer: FrameCut
        var messageBytesMax: Int { 100 }

        func cut(_ bytes: RawSpan, after searched: Int) throws(FramingError) -> FrameCut { answer }
    }

    @Test func `any split of the bytes gives the same frames`() throws {
        let messages: [[UInt8]] = [[1, 2, 0], [0], [9, 0], [UInt8](repeating: 5, count: 99) + [0]]
        let stream = messages.flatMap { $0 }
        for step in [1, 2, 3, 7, stream.count] {
            #expect(try frames(of: stream, by: .handWritten(Zeros()), step: step) == messages)
            #expect(try frames(resuming: stream, by: .handWritten(Zeros()), step: step) == messages)
        }
    }

    @Test func `what it would cut so may be sent`() throws {
        let framing = Framing.handWritten(Zeros())
        try check([1, 2, 0], by: framing)
        #expect(throws: FramingError.self) { try check([1, 2], by: framing) }
        #expect(throws: FramingError.wrongLength(says: 1, bytes: 2)) { try check([0, 0], by: framing) }
        #expect(framing == .handWritten(Zeros()) && framing.isBackToBack)
        #expect(framing != .handWritten(Zeros(messageBytesMax: 7)))
    }

    @Test func `no answer stops the program`() {
        func look(_ answer: FrameCut, atEnd: Bool = false) -> FramingError? {
            do throws(FramingError) {
                _ = try cut([7, 8], by: .handWritten(Oracle(answer: answer)), atEnd: atEnd)
            } catch { return error }
            return nil
        }
        #expect(look(.more(bytes: .min)) == nil && look(.more(bytes: 98)) == nil)
        #expect(look(.more(bytes: 98), atEnd: true) == .endsInside(missing: 98, beginning: [7, 8]))
        #expect(look(.more(bytes: 99)) == .tooLong(bytes: 101, maximum: 100, beginning: [7, 8]))
        #expect(look(.more(bytes: .max)) == .tooLong(bytes: .max, maximum: 100, beginning: [7, 8]))
        #expect(look(.message(bytes: 100), atEnd: true) == .endsInside(missing: 98, beginning: [7, 8]))
        #expect(look(.message(bytes: .max)) == .tooLong(bytes: .max, maximum: 100, beginning: [7, 8]))
        #expect(look(.message(bytes: 0)) == .endsInHeader(bytes: 0, header: 1, beginning: [7, 8]))
        #expect(look(.message(bytes: .min)) == .endsInHeader(bytes: .min, header: 1, beginning: [7, 8]))
        let refused = #expect(throws: FramingError.self) {
            _ = try cut([1, 0xFF], by: .handWritten(Zeros()), atEnd: false)
        }
        #expect(
            refused?.description
                == "what begins here is no message, as its byte 1 shows: do both sides agree "
                + "on the framing? It begins with 01 ff"
        )
    }
}
