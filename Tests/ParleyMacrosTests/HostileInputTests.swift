import ParleyMacros
import ParleyTypes
import Testing

/// Bytes that nobody meant as a message: decoding answers every one of them and never traps.
@Suite struct HostileInputTests {
    /// What decoding makes of random bytes: what was accepted must be written as it came.
    private func feed<Message: WireMessage>(
        _ type: Message.Type,
        seed: UInt64,
        isExact: Bool = true,
        lengths: ClosedRange<Int>
    ) throws -> Int {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<2000 {
            var bytes = random.bytes(Int.random(in: lengths, using: &random))
            // Small numbers are the ones that tags and counts look at.
            for index in bytes.indices where Bool.random(using: &random) { bytes[index] %= 6 }
            guard let message = try? Message(decoding: bytes) else { continue }
            accepted += 1
            let written = try message.encodedBytes()
            #expect(written.count == bytes.count)
            if isExact { #expect(written == bytes, "seed \(seed)") }
        }
        return accepted
    }

    @Test(arguments: 1..<6 as Range<UInt64>)
    func `random bytes are refused or written again as they came`(seed: UInt64) throws {
        #expect(try feed(Score.self, seed: seed, lengths: 20...22) > 0)
        #expect(try feed(Point.self, seed: seed, lengths: 0...6) > 0)
        #expect(try feed(Pair<UInt32>.self, seed: seed, lengths: 0...9) > 0)
        #expect(try feed(Note.self, seed: seed, lengths: 0...20) > 0)
        #expect(try feed(Block.self, seed: seed, lengths: 0...8) > 0)
        #expect(try feed(Points.self, seed: seed, lengths: 0...20) > 0)
        #expect(try feed(Packet.self, seed: seed, lengths: 0...30) > 0)
        #expect(try feed(Open.self, seed: seed, lengths: 0...30) > 0)
        #expect(try feed(Exchange.self, seed: seed, lengths: 0...30) > 0)
        #expect(try feed(OpenExchange.self, seed: seed, lengths: 0...30) > 0)
        #expect(try feed(Envelope.self, seed: seed, lengths: 0...30) > 0)
        #expect(try feed(Datagram.self, seed: seed, lengths: 0...12) >= 0)
        #expect(try feed(Huge.self, seed: seed, lengths: 0...40) >= 0)
        #expect(try feed(Options.self, seed: seed, lengths: 0...20) >= 0)
        #expect(try feed(Everything.self, seed: seed, isExact: false, lengths: 60...70) >= 0)
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `one changed byte of a message never traps`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes = BytesTests.everythingBytes
        bytes[Int.random(in: bytes.indices, using: &random)] = random.number()
        if let value = try? Everything(decoding: bytes) {
            // Reserved bytes alone are not kept.
            bytes[51] = 0
            bytes[52] = 0
            #expect(try value.encodedBytes() == bytes)
        }
        var list = try Options(list: (0..<5).map { TLV(type: $0, value: random.bytes(Int($0))) })
            .encodedBytes()
        list[Int.random(in: list.indices, using: &random)] = random.number()
        if let options = try? Options(decoding: list) { #expect(try options.encodedBytes() == list) }
    }
}
