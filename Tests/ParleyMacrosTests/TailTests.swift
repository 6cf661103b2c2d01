import ParleyMacros
import Testing

@Suite struct TailTests {
    @Test func `the rest is the tail`() throws {
        try expect(Note(id: 5, text: "hi"), isWrittenAs: [0, 5, 0x68, 0x69])
        try expect(Note(id: 5, text: ""), isWrittenAs: [0, 5])
    }

    @Test func `text ends at the NUL that C sends along, the bytes stay`() throws {
        let note = try Note(decoding: [0, 1, 0x68, 0x69, 0])
        #expect(note.text.string == "hi")
        #expect(note.text.bytes == [0x68, 0x69, 0])
        #expect(try note.encodedBytes() == [0, 1, 0x68, 0x69, 0])
    }

    @Test func `bytes are counted`() throws {
        try expect(Block(body: [7, 8, 9]), isWrittenAs: [0, 3, 7, 8, 9])
        expect(Block.self, [0, 3, 7, 8], fails: .badCount(3, unit: .bytes, available: 2), at: "body", 2)
        expect(Block.self, [0, 1, 7, 8], fails: .tooLong(expected: 3, found: 4), at: "", 3)
    }

    @Test func `items are counted`() throws {
        try expect(
            Points(kind: 1, items: [Point(x: 1), Point(x: 2, y: 3, moves: 4)]),
            isWrittenAs: [1, 2, 0, 1, 0, 0, 0, 0, 2, 0, 3, 4]
        )
        try expect(Points(kind: 1, items: []), isWrittenAs: [1, 0])
    }

    @Test func `the whole message is counted`() throws {
        try expect(
            Datagram(source: 1, destination: 2, checksum: 3, payload: [9]),
            isWrittenAs: [0, 1, 0, 2, 0, 9, 0, 3, 9]
        )
        // A length below the header's, and one beyond the datagram's.
        expect(
            Datagram.self,
            [0, 1, 0, 2, 0, 7, 0, 3, 9],
            fails: .badCount(7, unit: .messageBytes, available: 9),
            at: "payload",
            8
        )
        expect(
            Datagram.self,
            [0, 1, 0, 2, 0, 10, 0, 3, 9],
            fails: .badCount(10, unit: .messageBytes, available: 9),
            at: "payload",
            8
        )
    }

    @Test func `items that carry their own lengths follow one another`() throws {
        try expect(
            Options(list: [TLV(type: 1, value: []), TLV(type: 2, value: [0xAA, 0xBB])]),
            isWrittenAs: Array("OP".utf8) + [1, 0, 2, 2, 0xAA, 0xBB]
        )
        try expect(Options(list: []), isWrittenAs: Array("OP".utf8))
    }

    @Test func `a count that promises much sets nothing aside`() {
        let bytes = [UInt8](repeating: 0xFF, count: 16)
        expect(
            Huge.self,
            bytes,
            fails: .badCount(UInt64(Int.max), unit: .items, available: 8),
            at: "items",
            8
        )
        expect(
            Huge.self,
            [0, 0, 0, 1, 0, 0, 0, 0] + [0, 0, 0, 0],
            fails: .badCount(1 << 32, unit: .items, available: 4),
            at: "items",
            8
        )
    }

    @Test func `a tail that its count cannot count is not written`() {
        let item = TLV(type: 1, value: [UInt8](repeating: 0, count: 256))
        #expect(
            throws: WireError(
                .countOverflow(256, unit: .bytes, maximum: 255),
                field: "list[0].length",
                offset: 3
            )
        ) {
            try Options(list: [item]).encodedBytes()
        }
        #expect(throws: WireError(.countOverflow(65536, unit: .bytes, maximum: 65535), field: "length")) {
            try Block(body: [UInt8](repeating: 0, count: 65536)).encodedBytes()
        }
    }

    @Test func `the layout tells how much fits`() throws {
        #expect(Datagram.layout.tailCapacity(under: .dns) == 512 - 8)
        #expect(Datagram.layout.tailCapacity(under: .guaranteed) == 548 - 8)
        #expect(Note.layout.tailCapacity(under: .largestIPv4) == 65507 - 2)
        #expect(Score.layout.tailCapacity(under: .dns) == nil)
        let error = WireError(.exceedsLimit(bytes: 513, limit: .dns))
        #expect(throws: error) { try SizeLimit.dns.check(513) }
        #expect(throws: Never.self) { try SizeLimit.dns.check(512) }
    }
}
