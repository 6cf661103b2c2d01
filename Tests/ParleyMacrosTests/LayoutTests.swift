import ParleyMacros
import Testing

@Suite struct LayoutTests {
    typealias Field = MessageLayout.Field

    private func unsigned(_ bytes: Int, _ order: ByteOrder = .big) -> FieldType {
        .integer(IntegerType(bytes: bytes, isSigned: false, order: order))
    }

    private func signed(_ bytes: Int) -> FieldType {
        .integer(IntegerType(bytes: bytes, isSigned: true))
    }

    @Test func `a struct's layout is its fields`() {
        let expected = MessageLayout(
            name: "Score",
            packing: [
                Field("name", .text(capacity: 13)), Field("math", unsigned(4)), Field("chinese", unsigned(4)),
            ]
        )
        #expect(Score.layout == expected)
        #expect(Score.layout.fields.map(\.offset) == [0, 13, 17])
        #expect(Score.wireSizeMinimum == 21)
    }

    @Test func `roles say what a field is for`() {
        let colour = EnumerationType(
            name: "Colour",
            integer: IntegerType(bytes: 2, isSigned: false),
            cases: [.init(name: "red", value: 1), .init(name: "green", value: 0x0203)],
            isOpen: false
        )
        let expected = MessageLayout(
            name: "Everything",
            packing: [
                Field("version", unsigned(1), role: .constant(7)), Field("small", signed(1)),
                Field("unsigned16", unsigned(2)), Field("unsigned16b", unsigned(2)),
                Field("signed16", signed(2)),
                Field("signed32", signed(4)), Field("unsigned64", unsigned(8)), Field("signed64", signed(8)),
                Field("single", .float(bytes: 4, order: .big)),
                Field("double", .float(bytes: 8, order: .big)),
                Field("flag", .bool), Field("colour", .enumeration(colour)),
                Field("text", .text(capacity: 5)),
                Field("key", .bytes(count: 3)), Field("reserved", .bytes(count: 2), role: .reserved),
                Field("pair", .array(of: unsigned(2), count: 2)), Field("little", unsigned(4, .little)),
                Field("point", .message(Point.layout)), Field("last", unsigned(1)),
            ]
        )
        #expect(Everything.layout == expected)
    }

    @Test func `a tail knows its count`() {
        let expected = MessageLayout(
            name: "Datagram",
            packing: [
                Field("source", unsigned(2)), Field("destination", unsigned(2)),
                Field("length", unsigned(2), role: .count), Field("checksum", unsigned(2)),
                Field("payload", .tail(TailType(.bytes, count: .init(field: "length", unit: .messageBytes)))),
            ]
        )
        #expect(Datagram.layout == expected)
        #expect(Note.layout.tail?.type == .tail(TailType(.text)))
        #expect(Options.layout.tail?.type == .tail(TailType(.items(.message(TLV.layout)))))
        #expect(
            Points.layout.tail?.type
                == .tail(
                    TailType(.items(.message(Point.layout)), count: .init(field: "count", unit: .items))
                )
        )
    }

    @Test func `a union's layout is its cases`() {
        let variants = Packet.layout.variants
        #expect(variants?.cases.map(\.tag) == [1, 2, 3, 4, 5])
        #expect(variants?.cases.map(\.name) == ["score", "block", "bye", "number", "text"])
        #expect(variants?.cases[0].layout == Score.layout)
        #expect(variants?.cases[2].layout.sizeMinimum == 0)
        #expect(variants?.placement == .before)
        #expect(variants?.tagName == "tag")
        #expect(variants?.isOpen == false)
        #expect(Open.layout.variants?.isOpen == true)
        #expect(Open.layout.variants?.tag == IntegerType(bytes: 2, isSigned: false, order: .little))
        #expect(Exchange.layout.variants?.placement == .inside(offset: 1))
        #expect(Exchange.layout.variants?.tagName == "kind")
        #expect(Exchange.layout.variants?.cases.map(\.tag) == [1, 2])
    }
}
