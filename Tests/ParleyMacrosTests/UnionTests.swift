import ParleyMacros
import Testing

@Suite struct UnionTests {
    @Test func `the tag stands in front`() throws {
        let score = Score(name: "Li", math: 1, chinese: 2)
        try expect(Packet.score(score), isWrittenAs: [1] + score.encodedBytes())
        try expect(Packet.block(Block(body: [5])), isWrittenAs: [2, 0, 1, 5])
        try expect(Packet.bye, isWrittenAs: [3])
        try expect(Packet.number(0x0102_0304), isWrittenAs: [4, 1, 2, 3, 4])
        try expect(Packet.text(words: "hi"), isWrittenAs: [5, 0x68, 0x69])
    }

    @Test func `an unknown tag is an error with the known ones`() {
        expect(Packet.self, [6, 1, 2], fails: .unknownTag(6, known: [1, 2, 3, 4, 5]), at: "tag", 0)
        expect(Packet.self, [], fails: .tooShort(needed: 1, found: 0), at: "tag", 0)
        expect(Packet.self, [3, 0], fails: .tooLong(expected: 1, found: 2), at: "", 1)
    }

    @Test func `an open union keeps what it does not know`() throws {
        try expect(Open.point(Point(x: 1)), isWrittenAs: [2, 1, 0, 1, 0, 0, 0])
        try expect(Open.unknown(tag: 0x0304, [9, 8]), isWrittenAs: [4, 3, 9, 8])
        try expect(Open.unknown(tag: 0, []), isWrittenAs: [0, 0])
        expect(Open.self, [1], fails: .tooShort(needed: 2, found: 1), at: "kind", 0)
    }

    @Test func `the tag is a field of the payload`() throws {
        try expect(Exchange.request(Request(id: 9, question: 7)), isWrittenAs: [9, 1, 0, 7])
        try expect(Exchange.reply(Reply(id: 9, answer: "no")), isWrittenAs: [9, 2, 0x6E, 0x6F])
        expect(Exchange.self, [9, 3], fails: .unknownTag(3, known: [1, 2]), at: "kind", 1)
        expect(Exchange.self, [9], fails: .tooShort(needed: 1, found: 0), at: "kind", 1)
        expect(Exchange.self, [], fails: .tooShort(needed: 1, found: 0), at: "kind", 0)
        expect(Exchange.self, [9, 1, 0], fails: .tooShort(needed: 2, found: 1), at: "request.question", 2)
    }

    @Test func `encoding makes sure that the payload holds the tag`() throws {
        let wrong = Exchange.request(Request(id: 9, kind: .reply, question: 7))
        #expect(try wrong.encodedBytes() == [9, 1, 0, 7])
    }

    @Test func `an open union with the tag inside keeps all bytes`() throws {
        try expect(OpenExchange.unknown(tag: 8, [1, 8, 2]), isWrittenAs: [1, 8, 2])
        #expect(try OpenExchange.unknown(tag: 8, [1, 0, 2]).encodedBytes() == [1, 8, 2])
        #expect(throws: WireError(.tooShort(needed: 1, found: 0), field: "tag", offset: 1)) {
            try OpenExchange.unknown(tag: 8, [1]).encodedBytes()
        }
    }

    @Test func `a union is a field`() throws {
        try expect(Envelope(sequence: 1, packet: .bye), isWrittenAs: [0, 0, 0, 1, 3])
        try expect(
            Envelope(sequence: 1, packet: .block(Block(body: [4]))),
            isWrittenAs: [0, 0, 0, 1, 2, 0, 1, 4]
        )
    }
}
