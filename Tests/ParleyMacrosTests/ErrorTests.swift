import ParleyMacros
import Testing

@Suite struct ErrorTests {
    static let bytes = BytesTests.everythingBytes

    /// The fields of `Everything` with their first bytes, deepest names.
    static let starts: [(Int, String)] = [
        (0, "version"), (1, "small"), (2, "unsigned16"), (4, "unsigned16b"), (6, "signed16"), (8, "signed32"),
        (12, "unsigned64"), (20, "signed64"), (28, "single"), (32, "double"), (40, "flag"), (41, "colour"),
        (43, "text"), (48, "key"), (51, "reserved"), (53, "pair[0]"), (55, "pair[1]"), (57, "little"),
        (61, "point.x"), (63, "point.y"), (65, "point.moves"), (66, "last"), (67, ""),
    ]

    @Test(arguments: 0..<67)
    func `short input names the first incomplete field`(length: Int) throws {
        let index = try #require(Self.starts.lastIndex { $0.0 <= length })
        let (start, name) = Self.starts[index]
        let needed = Self.starts[index + 1].0 - start
        expect(
            Everything.self,
            Array(Self.bytes[..<length]),
            fails: .tooShort(needed: needed, found: length - start),
            at: name,
            start
        )
    }

    @Test func `long input tells both sizes`() {
        expect(Everything.self, Self.bytes + [0], fails: .tooLong(expected: 67, found: 68), at: "", 67)
        expect(
            Score.self,
            [UInt8](repeating: 0, count: 30),
            fails: .tooLong(expected: 21, found: 30),
            at: "",
            21
        )
    }

    @Test func `a Boolean is 0 or 1`() {
        expect(Everything.self, with(2, at: 40), fails: .notBoolean(2), at: "flag", 40)
    }

    @Test func `an unknown enumeration value is refused`() {
        expect(
            Everything.self,
            with(9, at: 42),
            fails: .unknownValue("521", type: "Colour"),
            at: "colour",
            41
        )
    }

    @Test func `a constant has its value`() {
        expect(
            Everything.self,
            with(8, at: 0),
            fails: .wrongConstant(expected: "7", found: "8"),
            at: "version",
            0
        )
        expect(
            Options.self,
            Array("OQ".utf8),
            fails: .wrongConstant(expected: "OP", found: "OQ"),
            at: "magic",
            0
        )
    }

    @Test func `a path leads to the field inside`() {
        // count 4, then 3 whole points and the first two bytes of a fourth
        let bytes: [UInt8] = [1, 4] + [UInt8](repeating: 0, count: 18)
        expect(Points.self, bytes, fails: .badCount(4, unit: .items, available: 18), at: "items", 2)
        let list: [UInt8] = Array("OP".utf8) + [1, 0, 2, 1, 0xAA, 3, 2, 0xBB]
        expect(Options.self, list, fails: .badCount(2, unit: .bytes, available: 1), at: "list[2].value", 9)
        expect(Options.self, list.dropLast(2), fails: .tooShort(needed: 1, found: 0), at: "list[2].length", 8)
    }

    @Test func `a path leads through unions`() {
        let head: [UInt8] = [0, 0, 0, 9]
        expect(Envelope.self, head, fails: .tooShort(needed: 1, found: 0), at: "packet.tag", 4)
        expect(Envelope.self, head + [1], fails: .tooShort(needed: 13, found: 0), at: "packet.score.name", 5)
        expect(
            Envelope.self,
            head + [9],
            fails: .unknownTag(9, known: [1, 2, 3, 4, 5]),
            at: "packet.tag",
            4
        )
        expect(
            Envelope.self,
            head + [2, 0, 3, 1],
            fails: .badCount(3, unit: .bytes, available: 1),
            at: "packet.block.body",
            7
        )
    }

    @Test func `an error is a sentence`() {
        let error = failure(Score.self, [0, 0, 0])
        #expect(
            error?.description
                == "name (byte 0): the message ends too early: 13 bytes are needed here, 3 are left"
        )
    }

    @Test func `text that is no UTF-8 is told on request`() throws {
        let note = try Note(decoding: [0, 1, 0x61, 0xFF, 0, 0x62])
        #expect(note.text.string == "a\u{FFFD}")
        #expect(throws: WireError(.notUTF8)) { try note.text.validatedString() }
        let score = try Score(decoding: [0xFF] + [UInt8](repeating: 0, count: 20))
        #expect(throws: WireError(.notUTF8)) { try score.name.validatedString() }
    }

    private func with(_ byte: UInt8, at index: Int) -> [UInt8] {
        var bytes = Self.bytes
        bytes[index] = byte
        return bytes
    }
}

private func expect<Message: WireMessage>(
    _ type: Message.Type,
    _ bytes: ArraySlice<UInt8>,
    fails reason: WireError.Reason,
    at field: String,
    _ offset: Int
) {
    expect(type, Array(bytes), fails: reason, at: field, offset)
}
