import ParleyWire
import Testing

@Suite struct SizeLimitTests {
    @Test("The named limits are the RFCs' arithmetic")
    func arithmetic() {
        #expect(SizeLimit.guaranteedWithOptions.bytes == 576 - 60 - 8)
        #expect(SizeLimit.dns.bytes == 512)
        #expect(SizeLimit.guaranteed.bytes == 576 - 20 - 8)
        #expect(SizeLimit.ipv6Safe.bytes == 1280 - 40 - 8)
        #expect(SizeLimit.ethernet.bytes == 1500 - 20 - 8)
        #expect(SizeLimit.largestIPv4.bytes == 65535 - 20 - 8)
        #expect(SizeLimit.largestIPv6.bytes == 65535 - 8)
        #expect(SizeLimit.all.map(\.bytes) == SizeLimit.all.map(\.bytes).sorted())
    }

    @Test(
        "The room for a tail is what the limit leaves after the fixed fields",
        arguments: zip(SizeLimit.all, [500, 504, 540, 1224, 1464, 65499, 65519])
    )
    func tailCapacity(limit: SizeLimit, capacity: Int) throws {
        // `struct { uint32_t math, chinese; char name[]; }`: 8 bytes stand in front of the tail.
        let layout = MessageLayout(
            name: "msg_st",
            packing: [
                .init("math", UInt32.fieldType), .init("chinese", UInt32.fieldType),
                .init("name", .tail(TailType(.text))),
            ]
        )
        #expect(layout.tailCapacity(under: limit) == capacity)
        let full = FieldValue.bytes(Array(repeating: 65, count: capacity))
        let message = try DynamicMessage(layout: layout, values: ["math": 1, "chinese": 2, "name": full])
        #expect(message.wireSize == limit.bytes)
        try limit.check(message.wireSize)
        #expect(throws: WireError.self) { try limit.check(message.wireSize + 1) }
    }

    @Test("A layout without a tail has no capacity, a small limit leaves none")
    func noCapacity() {
        #expect(Score.layout.tailCapacity(under: .dns) == nil)
        #expect(Rest<TailText>.layout.tailCapacity(under: SizeLimit(bytes: 1, name: "one byte")) == 0)
    }

    @Test(
        "Too large a message says how large it is, which limit it breaks and what to do",
        arguments: SizeLimit.all
    )
    func message(limit: SizeLimit) throws {
        let error = #expect(throws: WireError.self) { try limit.check(limit.bytes + 1) }
        let text = try #require(error?.reason.description)
        #expect(text.contains("\(limit.bytes + 1) bytes"))
        #expect(text.contains(limit.name))
        #expect(text.contains("\(limit.bytes)"))
        #expect(text.hasSuffix(limit.remedy))
    }

    @Test("The sentence, word for word")
    func sentence() {
        #expect(
            WireError.Reason.exceedsLimit(bytes: 600, limit: .dns).description == """
                the message has 600 bytes, the DNS payload limit (512) allows 512: shorten the tail, send it \
                in parts or \
                over a stream, or raise the limit and accept fragments
                """
        )
        #expect(SizeLimit.largestIPv4.remedy == "send it in parts or over a stream (tcp, unix)")
    }
}

@Suite struct LayoutDescriptionTests {
    @Test("Types are named as they are spelled")
    func names() {
        #expect(UInt32.fieldType.name == "u32")
        #expect(LittleEndian<Int16>.fieldType.name == "i16le")
        #expect(Double.fieldType.name == "f64")
        #expect(CString<13>.fieldType.name == "char[13]")
        #expect(Bytes<4>.fieldType.name == "u8[4]")
        #expect([2 of [3 of UInt16]].fieldType.name == "u16[2][3]")
        #expect([2 of CString<8>].fieldType.name == "char[2][8]")
        #expect(Colour.fieldType.name == "Colour")
        #expect(Score.fieldType.name == "Score")
        #expect(FieldType.tail(TailType(.text)).name == "text")
        #expect(FieldType.tail(TailType(.bytes)).name == "bytes")
        #expect(FieldType.tail(TailType(.items(UInt16.fieldType))).name == "u16[]")
    }

    @Test("A layout lists its fields with types and limits")
    func summary() {
        #expect(
            Score.layout.summary == "name: char[13]; math: u32, 0...4294967295; chinese: u32, 0...4294967295"
        )
        #expect(
            MessageLayout.Field("c", Colour.fieldType).summary == "c: Colour, red = 1, green = 2, last = 255"
        )
        #expect(Rest<[Score]>.layout.summary.hasSuffix("tail: Score[], { \(Score.layout.summary) }"))
    }
}
