import ParleyTypes
import ParleyWire
import Testing

/// Messages that say their length in a field of their own.
@Suite(.timeLimit(.minutes(5))) struct LengthFieldTests {
    /// A framing, and a message of it with so many bytes behind the header.
    struct Sample: Sendable, CustomTestStringConvertible {
        var framing: Framing
        var header: Int
        var offset: Int
        var width: Int
        var order: ByteOrder
        /// What the number is for a message of no bytes behind the header.
        var least: Int

        var testDescription: String { "\(width) bytes at \(offset), \(order), \(least) and more" }

        func message(_ rest: Int) -> [UInt8] {
            var bytes = (0..<header + rest).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            let number = least + rest
            for index in 0..<width {
                let shift = 8 * (order == .big ? width - 1 - index : index)
                bytes[offset + index] = UInt8(truncatingIfNeeded: shift < 64 ? number >> shift : 0)
            }
            return bytes
        }
    }

    static let samples = [
        Sample(framing: .lengthField(width: 1), header: 1, offset: 0, width: 1, order: .big, least: 0),
        Sample(
            framing: .lengthField(offset: 8, width: 1),
            header: 9,
            offset: 8,
            width: 1,
            order: .big,
            least: 0
        ),
        Sample(
            framing: .lengthField(offset: 2, width: 2, order: .little, counts: .frame),
            header: 4,
            offset: 2,
            width: 2,
            order: .little,
            least: 4
        ),
        Sample(
            framing: .lengthField(offset: 4, width: 4, counts: .frame, plus: 16),
            header: 16,
            offset: 4,
            width: 4,
            order: .big,
            least: 0
        ),
        Sample(
            framing: .lengthField(offset: 3, width: 8, order: .little, plus: -2),
            header: 11,
            offset: 3,
            width: 8,
            order: .little,
            least: 2
        ),
    ]

    static let sizes = [0, 1, 7, 100, 200, 3]

    @Test(arguments: samples)
    func `any split of the bytes gives the same frames`(sample: Sample) throws {
        let messages = Self.sizes.map { sample.message($0) }
        let stream = messages.flatMap { $0 }
        for step in [1, 2, 3, 5, 16, 97, stream.count] {
            #expect(try frames(of: stream, by: sample.framing, step: step) == messages)
        }
    }

    @Test(arguments: samples)
    func `a message whose length is true may be sent, another may not`(sample: Sample) throws {
        let message = sample.message(9)
        try sample.framing.check(messageBytes: message.count)
        try check(message, by: sample.framing)
        #expect(sample.framing.overhead == 0)
        for wrong in [message + [0], Array(message.dropLast())] {
            #expect(throws: FramingError.wrongLength(says: message.count, bytes: wrong.count)) {
                try check(wrong, by: sample.framing)
            }
        }
        #expect(throws: FramingError.self) { try check([UInt8](), by: sample.framing) }
    }

    @Test(arguments: samples)
    func `an end inside of a message says how much is missing`(sample: Sample) throws {
        let message = sample.message(9)
        for count in 1..<message.count {
            let end = count < sample.offset + sample.width ? sample.offset + sample.width : message.count
            #expect(
                throws: FramingError.endsInside(
                    missing: end - count,
                    beginning: Array(message[..<count].prefix(16))
                )
            ) {
                _ = try cut(message[..<count], by: sample.framing, atEnd: true)
            }
        }
    }

    @Test(arguments: samples)
    func `whatever comes is a frame within the limit, a wait or an error`(sample: Sample) {
        var generator = SeededGenerator(seed: 15)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<count).map { _ in
                [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(
                    using: &generator
                )!
            }
            for isAtEnd in [false, true] {
                do throws(FramingError) {
                    guard
                        let frame = try cut(bytes, by: sample.framing, atEnd: isAtEnd)
                    else { continue }
                    #expect(
                        frame.consumed <= count && frame.message == 0..<frame.consumed && frame.consumed > 0
                    )
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    @Test func `lengths stop at the limit and at the header, whatever the number`() {
        let framing = Framing.lengthField(offset: 0, width: 8, counts: .frame, messageBytesMax: 100)
        for (number, size) in [(101, 101), (Int.max, Int.max)] {
            let bytes = bigEndian(UInt64(number))
            #expect(throws: FramingError.tooLong(bytes: size, maximum: 100, beginning: bytes)) {
                _ = try cut(bytes, by: framing, atEnd: false)
            }
        }
        for number in [UInt64.max, 1 << 63] {
            let bytes = bigEndian(number)
            #expect(throws: FramingError.tooLong(bytes: .max, maximum: 100, beginning: bytes)) {
                _ = try cut(bytes, by: framing, atEnd: false)
            }
        }
        let small = bigEndian(7)
        #expect(throws: FramingError.endsInHeader(bytes: 7, header: 8, beginning: small)) {
            _ = try cut(small, by: framing, atEnd: false)
        }
        // The sum of the number and what it leaves out.
        let beyond = Framing.lengthField(width: 8, plus: LengthField.plusMax)
        let most = bigEndian(.max)
        #expect(throws: FramingError.tooLong(bytes: .max, maximum: 16 << 20, beginning: most)) {
            _ = try cut(most, by: beyond, atEnd: false)
        }
    }

    @Test func `each error says what to do`() {
        let long = FramingError.tooLong(bytes: 1_195_725_856, maximum: 1000, beginning: Array("GET /".utf8))
        #expect(
            "\(long)" == "a message of 1195725856 bytes, the framing allows 1000: do both sides agree on the "
                + "framing? It begins with 47 45 54 20 2f"
        )
        let header = FramingError.endsInHeader(bytes: 3, header: 9, beginning: [0, 3])
        #expect(
            "\(header)"
                == "a message that says it has 3 bytes, fewer than the 9 that it takes to say so: do both sides "
                + "agree on the framing? It begins with 00 03"
        )
        #expect(
            "\(FramingError.wrongLength(says: 12, bytes: 13))"
                == "a message of 13 bytes was not sent, because "
                + "its own length says 12: correct the field, or say otherwise what it counts "
                + "(--framing length:…, Framing.lengthField)"
        )
    }

    private func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}

/// The messages of a stream that comes `step` bytes at a time.
func frames(of stream: [UInt8], by framing: Framing, step: Int) throws(FramingError) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var start = 0
    var end = 0
    while end < stream.count {
        end = min(end + step, stream.count)
        while start < end {
            let frame = try cut(stream[start..<end], by: framing, atEnd: false)
            guard let frame else { break }
            messages.append(
                Array(
                    stream[start..<end][
                        (start + frame.message.lowerBound)..<(start + frame.message.upperBound)
                    ]
                )
            )
            start += frame.consumed
        }
    }
    return messages
}

/// The first message of some bytes.
func cut(_ bytes: some Sequence<UInt8>, by framing: Framing, atEnd isAtEnd: Bool) throws(FramingError)
    -> Framing.Frame?
{
    let bytes = Array(bytes)
    return unsafe try framing.nextFrame(in: bytes.span.bytes, atEnd: isAtEnd)
}

func check(_ bytes: [UInt8], by framing: Framing) throws(FramingError) {
    try framing.check(messageBytes: bytes.count)
    unsafe try framing.check(message: bytes.span.bytes)
}
