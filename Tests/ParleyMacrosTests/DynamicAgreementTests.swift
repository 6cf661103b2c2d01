import ParleyMacros
import ParleyTypes
import Testing

/// A `DynamicMessage` of a generated type's layout has the type's bytes, and refuses what the type refuses
/// with the same error: reason, path and offset.
@Suite struct DynamicAgreementTests {
    typealias Outcome = Result<[UInt8], WireError>

    static func generated<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> Outcome {
        do throws(WireError) {
            return .success(try Message(decoding: bytes).encodedBytes())
        } catch {
            return .failure(error)
        }
    }

    static func dynamic(_ compiled: CompiledLayout, _ bytes: [UInt8]) -> Outcome {
        do throws(WireError) {
            return .success(try DynamicMessage(decoding: unsafe bytes.span.bytes, as: compiled).bytes)
        } catch {
            return .failure(error)
        }
    }

    /// Compares on the message's bytes, every prefix of them, every byte changed, and seeded damage.
    ///
    /// - Parameter start: bytes at the front that stay as they are.
    static func agree<Message: WireMessage>(_ message: Message, seed: UInt64, keeping start: [UInt8] = [])
        throws
    {
        let layout = CompiledLayout(Message.layout)
        func compare(_ bytes: [UInt8]) {
            guard bytes.starts(with: start) || bytes.count < start.count else { return }
            let (one, other) = (generated(Message.self, bytes), dynamic(layout, bytes))
            #expect(one == other, "\(Message.self), seed \(seed): \(bytes)")
        }
        let bytes = try message.encodedBytes()
        #expect(dynamic(layout, bytes) == .success(bytes))
        for length in 0...bytes.count { compare(Array(bytes[..<length])) }
        compare(bytes + [0])
        var generator = SeededGenerator(seed: seed)
        for index in bytes.indices {
            for value: UInt8 in [0, 1, 2, 3, 4, 5, 0x7F, 0x80, 0xFF] {
                var changed = bytes
                changed[index] = value
                compare(changed)
            }
        }
        for _ in 0..<500 {
            var changed = bytes + (0..<Int.random(in: 0...4, using: &generator)).map(UInt8.init)
            for _ in 0..<3 where !changed.isEmpty {
                changed[.random(in: changed.indices, using: &generator)] = .random(
                    in: 0...5,
                    using: &generator
                )
            }
            compare(Array(changed.prefix(.random(in: 0...changed.count, using: &generator))))
        }
    }

    @Test("Structs of every kind of field")
    func structs() throws {
        let point = Point(x: 1, y: -2, moves: 3)
        try Self.agree(Score(name: "Trans", math: 83, chinese: 86), seed: 1)
        try Self.agree(
            Everything(
                small: -1,
                unsigned16: 2,
                unsigned16b: 3,
                signed32: -4,
                unsigned64: 5,
                signed64: -6,
                single: 0.5,
                double: 1e300,
                flag: true,
                colour: .green,
                text: "text",
                key: [1, 2, 3],
                pair: [7, 8],
                little: 9,
                point: point,
                last: 10
            ),
            seed: 2
        )
        try Self.agree(Note(id: 1, text: "hello"), seed: 3)
        try Self.agree(Shown(grid: [1, 2], reader: 3, output: [4, 5]), seed: 6)
        try Self.agree(Empty(), seed: 4)
        try Self.agree(Pair(first: point, second: point), seed: 5)
    }

    @Test("Tails by every count")
    func tails() throws {
        let point = Point(x: 1, y: -2, moves: 3)
        try Self.agree(Block(body: [1, 2, 3]), seed: 11)
        try Self.agree(Points(kind: 1, items: [point, point]), seed: 12)
        try Self.agree(Datagram(source: 1, destination: 2, payload: [3, 4, 5]), seed: 13)
        try Self.agree(TLV(type: 1, value: [2]), seed: 14)
        // A layout says which numbers are constant; that the text "OP" is one, only the type knows.
        let options = Options(list: [TLV(type: 1, value: [2]), TLV(type: 3, value: [])])
        try Self.agree(options, seed: 15, keeping: Array("OP".utf8))
        try Self.agree(Huge(items: [1, 2]), seed: 16)
        // `Colour2` is not CaseIterable: its layout is a number, so what refuses another constant has another
        // reason.
        let shown = Shown(grid: [1, 2], reader: 3, output: [4, 5])
        try Self.agree(shown, seed: 17, keeping: [1, 2, 0, 9, 3, 4])
    }

    @Test("Tagged unions, open and closed, the tag in front and inside")
    func unions() throws {
        let score = Score(name: "Trans", math: 83, chinese: 86)
        for (index, packet) in [
            Packet.score(score), .block(Block(body: [1, 2, 3])), .bye, .number(7), .text(words: "hello"),
        ].enumerated() {
            try Self.agree(packet, seed: 20 + UInt64(index))
            try Self.agree(Envelope(sequence: 1, packet: packet), seed: 30 + UInt64(index))
        }
        try Self.agree(Open.point(Point(x: 1, y: 2, moves: 3)), seed: 40)
        try Self.agree(Open.unknown(tag: 9, [1, 2, 3]), seed: 41)
        try Self.agree(Exchange.request(Request(id: 1, question: 2)), seed: 42)
        try Self.agree(Exchange.reply(Reply(id: 1, answer: "yes")), seed: 43)
        try Self.agree(OpenExchange.request(Request(id: 1, question: 2)), seed: 44)
        try Self.agree(OpenExchange.unknown(tag: 9, [1, 9, 3]), seed: 45)
    }
}
