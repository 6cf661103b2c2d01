import ParleyWire
import Testing

@Suite struct UnionTypeTests {
    static let u8 = FieldType.integer(IntegerType(bytes: 1, isSigned: false))
    static let u32 = FieldType.integer(IntegerType(bytes: 4, isSigned: false))
    static let halves = MessageLayout(
        name: "halves",
        packing: [
            .init("high", .integer(IntegerType(bytes: 2, isSigned: false))),
            .init("padding", .bytes(count: 1), role: .padding), .init("low", u8),
        ]
    )

    /// `struct { uint8_t kind; union { uint32_t number; char text[4]; struct {…} halves; bool flag; } u; }`
    static let layout = MessageLayout(
        name: "M",
        packing: [
            .init("kind", u8),
            .init(
                "u",
                .union(
                    UnionType(
                        name: "u_t",
                        size: 4,
                        members: [
                            .init("number", u32), .init("text", .text(capacity: 4)),
                            .init("halves", .message(halves)), .init("flag", .bool),
                            .init("top", .bits(BitsType(width: 4))),
                        ]
                    )
                )
            ),
        ]
    )

    func bytes(_ union: FieldValue) throws -> [UInt8] {
        Array(try DynamicMessage(layout: Self.layout, values: ["kind": 1, "u": union]).bytes.dropFirst())
    }

    @Test("A union is every member that can be read, and all its bytes")
    func decoding() throws {
        let message = try DynamicMessage(decoding: [1, 0x41, 0x42, 0x99, 0x43], as: Self.layout)
        #expect(
            message["u"]
                == [
                    "number": .unsigned(0x4142_9943), "text": .bytes([0x41, 0x42, 0x99, 0x43]),
                    "halves": ["high": .unsigned(0x4142), "low": .unsigned(0x43)],
                    "top": .unsigned(4), "raw": .bytes([0x41, 0x42, 0x99, 0x43]),
                ]
        )
        // Nothing is lost, the padding of one member included.
        #expect(message.bytes == [1, 0x41, 0x42, 0x99, 0x43])
        #expect(try DynamicMessage(layout: Self.layout, values: message.values) == message)
    }

    @Test("One member is enough; what lies behind it is zero")
    func oneMember() throws {
        #expect(try bytes(["number": 83]) == [0, 0, 0, 83])
        #expect(try bytes(["text": "ab"]) == [0x61, 0x62, 0, 0])
        #expect(try bytes(["halves": ["high": 1, "low": 2]]) == [0, 1, 0, 2])
        #expect(try bytes(["flag": true]) == [1, 0, 0, 0])
        #expect(try bytes(["top": 9]) == [0x90, 0, 0, 0])
        #expect(try bytes(["raw": .bytes([1, 2, 3, 4])]) == [1, 2, 3, 4])
        #expect(try bytes(.bytes([1, 2, 3, 4])) == [1, 2, 3, 4])
    }

    @Test("Several members that agree are as good as one, in either order")
    func agreement() throws {
        #expect(try bytes(["number": 0x0001_0002, "halves": ["high": 1, "low": 2]]) == [0, 1, 0, 2])
        // The padding of `halves` says nothing, so the number may say something.
        #expect(try bytes(["halves": ["high": 1, "low": 2], "number": 0x0001_FF02]) == [0, 1, 0xFF, 2])
        #expect(try bytes(["flag": true, "raw": .bytes([1, 2, 3, 4])]) == [1, 2, 3, 4])
    }

    @Test("Members that do not agree are an error that names them")
    func conflict() throws {
        let expected = WireError(.disagreement(members: ["number", "text"]), field: "u", offset: 1)
        #expect(throws: expected) { try bytes(["number": 1, "text": "ab"]) }
        #expect(
            expected.description
                == "u (byte 1): number and text lie on the same bytes and do not agree: give one of them"
        )
        #expect(throws: WireError(.disagreement(members: ["number", "raw"]), field: "u", offset: 1)) {
            try bytes(["number": 1, "raw": .bytes([1, 2, 3, 4])])
        }
        // Text "a" is over after one byte: what another member puts behind it would be read as text.
        #expect(throws: WireError(.disagreement(members: ["text", "number"]), field: "u", offset: 1)) {
            try bytes(["text": "a", "number": 0x6162_0000])
        }
    }

    @Test("What is no member, or does not fit, is refused with the path")
    func refusals() throws {
        #expect(
            throws: WireError(
                .unknownField(known: ["number", "text", "halves", "flag", "top", "raw"]),
                field: "u.other",
                offset: 1
            )
        ) { try bytes(["other": 1]) }
        #expect(throws: WireError(.doesNotFit(bytes: 5, capacity: 4), field: "u.text", offset: 1)) {
            try bytes(["text": "abcde"])
        }
        #expect(throws: WireError(.doesNotFit(bytes: 3, capacity: 4), field: "u.raw", offset: 1)) {
            try bytes(.bytes([1, 2, 3]))
        }
        #expect(
            throws: WireError(
                .missingField(type: "one of number, text, halves, flag, top, raw"),
                field: "u",
                offset: 1
            )
        ) { try bytes(.message(FieldValues())) }
        #expect(
            throws: WireError(
                .wrongKind(expected: "the members of a union", found: "an integer"),
                field: "u",
                offset: 1
            )
        ) {
            try bytes(5)
        }
    }

    @Test("A member called raw keeps its name; the bytes get another")
    func rawName() {
        let union = UnionType(name: "u", size: 1, members: [.init("raw", Self.u8)])
        #expect(union.rawName == "raw_")
        #expect(union.type(of: "raw") == Self.u8)
        #expect(union.type(of: "raw_") == .bytes(count: 1))
    }
}
