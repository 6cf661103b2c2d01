import ParleyWire
import Testing

/// What is refused when values are given, and how it is said.
@Suite struct DynamicErrorTests {
    static func error(_ layout: MessageLayout, _ values: FieldValues) -> WireError? {
        #expect(throws: WireError.self) { try DynamicMessage(layout: layout, values: values) }
    }

    static func layout(_ type: FieldType) -> MessageLayout {
        MessageLayout(name: "M", packing: [.init("head", UInt8.fieldType), .init("x", type)])
    }

    static func error(_ type: FieldType, _ value: FieldValue) -> WireError? {
        error(layout(type), ["head": 0, "x": value])
    }

    @Test("A missing and an unknown field say what there is; the unknown one is told first")
    func missingAndUnknown() {
        #expect(
            Self.error(Score.layout, ["name": "Li", "chinese": 1])
                == WireError(.missingField(type: "u32"), field: "math", offset: 13)
        )
        #expect(
            Self.error(Score.layout, ["name": "Li", "mth": 1, "chinese": 1])
                == WireError(.unknownField(known: ["name", "math", "chinese"]), field: "mth")
        )
        #expect(
            Self.error(Score.layout, ["name": "Li", "math": 1, "chinese": 1, "more": 2])
                == WireError(.unknownField(known: ["name", "math", "chinese"]), field: "more")
        )
        #expect(
            Self.error(
                Score.layout,
                FieldValues([.init("math", 1), .init("name", ""), .init("chinese", 1), .init("math", 2)])
            )
                == WireError(.wrongKind(expected: "one value", found: "several"), field: "math")
        )
    }

    @Test(
        "Integers outside their range are refused with the range, at every width and sign",
        arguments: [
            (1, true, -129, "-128", "127"), (1, true, 128, "-128", "127"), (1, false, 256, "0", "255"),
            (2, true, 32768, "-32768", "32767"), (2, false, -1, "0", "65535"),
            (4, true, -2_147_483_649, "-2147483648", "2147483647"),
            (4, false, 4_294_967_296, "0", "4294967295"),
            (8, false, -1, "0", "18446744073709551615"),
        ] as [(Int, Bool, Int64, String, String)]
    )
    func outOfRange(bytes: Int, isSigned: Bool, value: Int64, minimum: String, maximum: String) {
        for order in ByteOrder.allCases {
            let type = FieldType.integer(IntegerType(bytes: bytes, isSigned: isSigned, order: order))
            #expect(
                Self.error(type, .signed(value))
                    == WireError(
                        .outOfRange(value: "\(value)", minimum: minimum, maximum: maximum),
                        field: "x",
                        offset: 1
                    )
            )
        }
    }

    @Test("The ends of every range are values")
    func rangeEnds() throws {
        for bytes in [1, 2, 4, 8] {
            for order in ByteOrder.allCases {
                for isSigned in [true, false] {
                    let integer = IntegerType(bytes: bytes, isSigned: isSigned, order: order)
                    for value: FieldValue in [.signed(integer.minimum), .unsigned(integer.maximum)] {
                        let layout = Self.layout(.integer(integer))
                        let message = try DynamicMessage(layout: layout, values: ["head": 0, "x": value])
                        let read = try #require(message["x"])
                        #expect(read.integer(Int128.self) == value.integer(Int128.self))
                    }
                }
            }
        }
    }

    @Test("Values of another kind, size or name are refused")
    func wrongValues() {
        #expect(
            Self.error(UInt32.fieldType, "83")?.reason
                == .wrongKind(expected: "an integer", found: "text or bytes")
        )
        #expect(Self.error(.bool, 1)?.reason == .wrongKind(expected: "a Boolean", found: "an integer"))
        #expect(Self.error(CString<3>.fieldType, "four")?.reason == .doesNotFit(bytes: 4, capacity: 3))
        #expect(Self.error(Bytes<3>.fieldType, "ab")?.reason == .doesNotFit(bytes: 2, capacity: 3))
        #expect(Self.error(Colour.fieldType, 9)?.reason == .unknownValue("9", type: "Colour"))
        #expect(Self.error(Level.fieldType, -301)?.reason == .unknownValue("-301", type: "Level"))
        #expect(
            Self.error([3 of UInt16].fieldType, [1, 2])?.reason
                == .wrongKind(expected: "3 values", found: "2")
        )
        #expect(Self.error([3 of UInt16].fieldType, [1, 2, 65536])?.field == "x[2]")
        #expect(Self.error(Score.fieldType, ["name": "Li", "math": -1, "chinese": 1])?.field == "x.math")
        #expect(
            Self.error(Float.fieldType, 1e300)?.reason
                == .outOfRange(value: "1e+300", minimum: "-3.4028235e+38", maximum: "3.4028235e+38")
        )
    }

    @Test("A tail that its count field cannot count is refused, as the type refuses it")
    func countOverflow() throws {
        typealias Block = Counted<ByteCount<UInt8>, [UInt8]>
        typealias Whole = Counted<MessageByteCount<Int8>, [UInt8]>
        typealias Items = Counted<ItemCount<UInt8>, [UInt16]>
        func compare<Message: WireMessage>(_ message: Message, _ body: FieldValue) {
            let fixed = #expect(throws: WireError.self) { try message.encoded }
            #expect(Self.error(Message.layout, ["kind": 1, "body": body]) == fixed)
        }
        compare(
            Block(kind: 1, body: Array(repeating: 7, count: 256)),
            .bytes(Array(repeating: 7, count: 256))
        )
        compare(
            Whole(kind: 1, body: Array(repeating: 7, count: 126)),
            .bytes(Array(repeating: 7, count: 126))
        )
        compare(
            Items(kind: 1, body: Array(repeating: 7, count: 256)),
            .array(Array(repeating: 7, count: 256))
        )
    }

    @Test("Counts and constants may be given when they are right")
    func computedValues() throws {
        typealias Block = Counted<ByteCount<UInt8>, [UInt8]>
        #expect(
            try DynamicMessage(layout: Block.layout, values: ["kind": 1, "length": 2, "body": "ab"])["length"]
                == 2 as UInt64
        )
        #expect(
            Self.error(Block.layout, ["kind": 1, "length": 3, "body": "ab"])
                == WireError(.wrongConstant(expected: "2", found: "3"), field: "length", offset: 1)
        )
        let magic = MessageLayout(
            name: "M",
            packing: [.init("magic", UInt16.fieldType, role: .constant(0xCAFE))]
        )
        #expect(try DynamicMessage(layout: magic, values: [:]).bytes == [0xCA, 0xFE])
        #expect(try DynamicMessage(layout: magic, values: ["magic": 0xCAFE]).bytes == [0xCA, 0xFE])
        #expect(
            Self.error(magic, ["magic": 1])
                == WireError(.wrongConstant(expected: "51966", found: "1"), field: "magic")
        )
    }
}

private func == (left: FieldValue?, right: UInt64) -> Bool { left?.integer(UInt64.self) == right }

/// Tagged unions whose layout is known only at run time.
@Suite struct DynamicVariantTests {
    static func packet(_ placement: MessageLayout.Variants.Placement, isOpen: Bool) -> MessageLayout {
        let tag = MessageLayout.Field("kind", UInt16.fieldType, role: .value)
        let inside = placement == .before ? [] : [tag]
        let hello = MessageLayout(name: "Hello", packing: inside + [.init("seq", UInt8.fieldType)])
        let data = MessageLayout(name: "Data", packing: inside + [.init("body", .tail(TailType(.bytes)))])
        return MessageLayout(
            name: "Packet",
            packing: [],
            variants: .init(
                tag: IntegerType(bytes: 2, isSigned: false),
                tagName: "kind",
                placement: placement,
                cases: [
                    .init(tag: 1, name: "hello", layout: hello), .init(tag: 2, name: "data", layout: data),
                ],
                isOpen: isOpen
            )
        )
    }

    @Test("A case is chosen by its name, in front of its bytes or inside them", arguments: [true, false])
    func cases(isBefore: Bool) throws {
        let layout = Self.packet(isBefore ? .before : .inside(offset: 0), isOpen: false)
        let hello = try DynamicMessage(layout: layout, values: ["hello": ["seq": 7]])
        #expect(hello.bytes == [0, 1, 7])
        #expect(try DynamicMessage(decoding: [0, 1, 7], as: layout) == hello)
        let data = try DynamicMessage(decoding: [0, 2, 8, 9], as: layout)
        #expect(data.values.elements.map(\.name) == ["data"])
        #expect(try DynamicMessage(layout: layout, values: data.values) == data)
        #expect(try DynamicMessage(layout: layout, values: ["kind": 1, "hello": ["seq": 7]]) == hello)
    }

    @Test("Unknown tags are refused with the known ones, or kept with their bytes", arguments: [true, false])
    func unknown(isBefore: Bool) throws {
        let placement: MessageLayout.Variants.Placement = isBefore ? .before : .inside(offset: 0)
        let error = #expect(throws: WireError.self) {
            try DynamicMessage(decoding: [0, 9, 1], as: Self.packet(placement, isOpen: false))
        }
        #expect(error == WireError(.unknownTag(9, known: [1, 2]), field: "kind", offset: 0))
        let open = Self.packet(placement, isOpen: true)
        let message = try DynamicMessage(decoding: [0, 9, 1], as: open)
        #expect(message.bytes == [0, 9, 1])
        #expect(message["kind"] == .unsigned(9))
        #expect(message["bytes"] == .bytes(isBefore ? [1] : [0, 9, 1]))
        #expect(try DynamicMessage(layout: open, values: message.values) == message)
        #expect(throws: WireError.self) {
            try DynamicMessage(layout: open, values: ["kind": 1, "bytes": [1]])
        }
    }

    @Test(
        "Bytes that end early are told with the field's path; none of any length trap",
        arguments: [true, false]
    )
    func short(isBefore: Bool) throws {
        let layout = Self.packet(isBefore ? .before : .inside(offset: 0), isOpen: false)
        let tag = #expect(throws: WireError.self) { try DynamicMessage(decoding: [0], as: layout) }
        #expect(tag == WireError(.tooShort(needed: 2, found: 1), field: "kind", offset: 0))
        let body = #expect(throws: WireError.self) { try DynamicMessage(decoding: [0, 1], as: layout) }
        #expect(body == WireError(.tooShort(needed: 1, found: 0), field: "hello.seq", offset: 2))
        let long = #expect(throws: WireError.self) { try DynamicMessage(decoding: [0, 1, 7, 7], as: layout) }
        #expect(long == WireError(.tooLong(expected: 3, found: 4), offset: 3))
    }

    @Test("No case, two cases and a tag that is not the case's are refused")
    func mistakes() {
        let layout = Self.packet(.before, isOpen: false)
        #expect(
            DynamicErrorTests.error(layout, [:])
                == WireError(.missingField(type: "one of hello, data"), field: "kind")
        )
        #expect(
            DynamicErrorTests.error(layout, ["hello": ["seq": 1], "data": ["body": "x"]])?.reason
                == .wrongKind(expected: "one of hello, data", found: "hello and data")
        )
        #expect(
            DynamicErrorTests.error(layout, ["kind": 2, "hello": ["seq": 1]])
                == WireError(.wrongConstant(expected: "1", found: "2"), field: "kind")
        )
        #expect(DynamicErrorTests.error(layout, ["helo": ["seq": 1]])?.field == "helo")
    }
}
