import ParleyMacros
import ParleyTypes
import Testing

@Suite struct BytesTests {
    /// What a C program with `strcpy(m.name, "Trans")` on a buffer of 0xEE left in memory, dumped byte by byte.
    static let captured: [UInt8] = [
        0x54, 0x72, 0x61, 0x6E, 0x73, 0x00, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE,
        0x00, 0x00, 0x00, 0x53,
        0x30, 0x31, 0x32, 0x33,
    ]

    static let everything = Everything(
        small: -1,
        unsigned16: 0x0102,
        unsigned16b: 0x0304,
        signed32: -3,
        unsigned64: 0x0102_0304_0506_0708,
        signed64: -4,
        single: 1.5,
        double: -2.25,
        flag: true,
        colour: .green,
        text: "abc",
        key: [1, 2, 3],
        pair: [0x0A0B, 0x0C0D],
        little: 0x0102_0304,
        point: Point(x: -5, y: 6),
        last: 0xFF
    )

    static let everythingBytes: [UInt8] = [
        7,  // version, a constant
        0xFF,  // small
        0x01, 0x02, 0x03, 0x04,  // unsigned16, unsigned16b
        0xFF, 0xFE,  // signed16
        0xFF, 0xFF, 0xFF, 0xFD,  // signed32
        1, 2, 3, 4, 5, 6, 7, 8,  // unsigned64
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC,  // signed64
        0x3F, 0xC0, 0x00, 0x00,  // single
        0xC0, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // double
        1,  // flag
        0x02, 0x03,  // colour
        0x61, 0x62, 0x63, 0, 0,  // text
        1, 2, 3,  // key
        0, 0,  // reserved
        0x0A, 0x0B, 0x0C, 0x0D,  // pair
        4, 3, 2, 1,  // little
        0xFF, 0xFB, 0x00, 0x06, 0x00,  // point
        0xFF,  // last
    ]

    @Test func `C's packed struct is read and written byte by byte`() throws {
        let score = try Score(decoding: Self.captured)
        #expect(score == Score(name: "Trans", math: 83, chinese: 0x3031_3233))
        #expect(score.name.string == "Trans")
        #expect(try score.encodedBytes() == Self.captured)
        try expect(
            Score(name: "Trans", math: 83, chinese: 86),
            isWrittenAs: Array("Trans".utf8) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 83, 0, 0, 0, 86]
        )
    }

    @Test func `every kind of field has its bytes`() throws {
        try expect(Self.everything, isWrittenAs: Self.everythingBytes)
    }

    @Test func `reserved bytes are not looked at`() throws {
        var bytes = Self.everythingBytes
        bytes[51] = 0xAA
        let decoded = try Everything(decoding: bytes)
        #expect(decoded == Self.everything)
        #expect(try decoded.encodedBytes() == Self.everythingBytes)
    }

    @Test func `a full CString has no NUL`() throws {
        let score = Score(name: "ThirteenBytes", math: 0, chinese: 0)
        try expect(score, isWrittenAs: Array("ThirteenBytes".utf8) + [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(score.name.count == 13)
        #expect(try Score(decoding: score.encodedBytes()).name.string == "ThirteenBytes")
    }

    @Test func `a text that is too long is an error and cuts nothing off`() {
        #expect(throws: WireError(.doesNotFit(bytes: 14, capacity: 13))) {
            try CString<13>("FourteenBytes!" as String)
        }
    }

    @Test func `a literal that is too long stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = Score(name: "FourteenBytes!", math: 0, chinese: 0)
        }
    }

    @Test func `a field in the middle that varies in size stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = try? Crooked(decoding: [0, 0, 0])
        }
    }

    @Test func `default values are default arguments`() {
        let point = Point(x: 1)
        #expect(point.y == 0 && point.moves == 0)
        #expect(Datagram(source: 1, destination: 2, payload: []).checksum == 0)
        #expect(Request(id: 1, question: 2).kind == .request)
    }

    @Test func `an empty message has no bytes`() throws {
        try expect(Empty(), isWrittenAs: [])
        expect(Empty.self, [1], fails: .tooLong(expected: 0, found: 1), at: "", 0)
    }

    @Test func `a generic message has the bytes of its arguments`() throws {
        try expect(Pair<UInt16>(first: 1, second: 2), isWrittenAs: [0, 1, 0, 2])
        #expect(Pair<UInt8>.layout.sizeMinimum == 2)
    }

    @Test func `arrays take part in equality and hashing`() throws {
        let shown = Shown(grid: [1, 2], reader: 3, output: [4])
        #expect(shown == Shown(grid: [1, 2], reader: 3, output: [4]))
        #expect(shown != Shown(grid: [1, 3], reader: 3, output: [4]))
        #expect(Set([shown, Shown(grid: [1, 2], default: 9, reader: 3, output: [4])]).count == 1)
        try expect(shown, isWrittenAs: [1, 2, 0, 9, 3, 4, 2, 0, 0, 4])
    }

    @Test func `a buffer that is too small takes nothing`() throws {
        let score = Score(name: "Li", math: 1, chinese: 2)
        let count = unsafe withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { buffer in
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
            #expect(throws: WireError(.bufferTooSmall(needed: 21, capacity: 20))) {
                try score.encode(into: &output)
            }
            return output.byteCount
        }
        #expect(count == 0)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random values come back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = Everything(
            small: random.number(),
            unsigned16: random.number(),
            unsigned16b: random.number(),
            signed16: random.number(),
            signed32: random.number(),
            unsigned64: random.number(),
            signed64: random.number(),
            single: Float(random.number(Int32.self)),
            double: Double(random.number(Int64.self)),
            flag: .random(using: &random),
            colour: .allCases.randomElement(using: &random)!,
            text: try CString("\(random.number(UInt8.self))"),
            key: try Bytes(random.bytes(3)),
            pair: [random.number(), random.number()],
            little: LittleEndian(random.number()),
            point: Point(x: random.number(), y: random.number(), moves: random.number()),
            last: random.number()
        )
        #expect(try Everything(decoding: value.encodedBytes()) == value)
    }
}

/// A message that must not be: nothing behind a note has an offset.
@WireMessage
struct Crooked {
    var note: Note
    var id: UInt8
}
