import ParleyWire
import Testing

/// IPv4 or IPv6: the first four bits tell.
@Suite struct BitTagTests {
    static let u8 = FieldType.integer(IntegerType(bytes: 1, isSigned: false))
    static func layout(isOpen: Bool) -> MessageLayout {
        let version = BitsType(width: 4)
        func bits(_ name: String, _ width: Int) -> MessageLayout.Field {
            .init(name, .bits(BitsType(width: width)))
        }
        let four = MessageLayout(
            name: "Four",
            packing: [bits("version", 4), bits("ihl", 4), .init("tos", u8)]
        )
        let six = MessageLayout(
            name: "Six",
            packing: [bits("version", 4), bits("class", 8), bits("label", 20)]
        )
        return MessageLayout(
            name: "IP",
            packing: [],
            variants: .init(
                bits: version,
                tagName: "version",
                offset: 0,
                cases: [.init(tag: 4, name: "four", layout: four), .init(tag: 6, name: "six", layout: six)],
                isOpen: isOpen
            )
        )
    }

    @Test("A tag of four bits chooses the message, both ways")
    func choice() throws {
        let layout = Self.layout(isOpen: false)
        #expect(layout.sizeMinimum == 2)
        #expect(layout.sizeMaximum == 4)
        let four = try DynamicMessage(decoding: [0x45, 0x10], as: layout)
        #expect(four["four"] == ["version": .unsigned(4), "ihl": .unsigned(5), "tos": .unsigned(16)])
        // The tag need not be given.
        #expect(
            try DynamicMessage(layout: layout, values: ["six": ["class": 0xAB, "label": 1]]).bytes
                == [0x6A, 0xB0, 0, 1]
        )
        #expect(throws: WireError.self) {
            try DynamicMessage(layout: layout, values: ["six": ["version": 4, "class": 0, "label": 1]])
        }
    }

    @Test("A tagged union lies inside of another message, in its place or at its end")
    func nested() throws {
        let outer = MessageLayout(
            name: "Outer",
            packing: [.init("hops", Self.u8), .init("ip", .message(Self.layout(isOpen: false)))]
        )
        let message = try DynamicMessage(decoding: [9, 0x6A, 0xB0, 0, 1], as: outer)
        #expect(
            message["ip"]
                == ["six": ["version": .unsigned(6), "class": .unsigned(0xAB), "label": .unsigned(1)]]
        )
        #expect(try DynamicMessage(layout: outer, values: message.values).bytes == message.bytes)
        let error = #expect(throws: WireError.self) {
            try DynamicMessage(decoding: [9, 0x6A, 0xB0, 0], as: outer)
        }
        #expect(error?.field == "ip.six.label")
        // Cases of one size: the union is a field as any.
        let four = Self.layout(isOpen: false).variants.map { [$0.cases[0]] } ?? []
        let fixed = MessageLayout(
            name: "IP",
            packing: [],
            variants: .init(
                bits: BitsType(width: 4),
                tagName: "version",
                offset: 0,
                cases: four,
                isOpen: false
            )
        )
        let pair = MessageLayout(
            name: "Pair",
            packing: [.init("ip", .message(fixed)), .init("end", Self.u8)]
        )
        let read = try DynamicMessage(decoding: [0x45, 1, 7], as: pair)
        #expect(read["end"] == .unsigned(7))
        #expect(
            try DynamicMessage(layout: pair, values: ["ip": ["four": ["ihl": 5, "tos": 1]], "end": 7]) == read
        )
    }

    @Test("A tag that is none is refused, or kept with its bytes")
    func unknown() throws {
        #expect(throws: WireError(.unknownTag(7, known: [4, 6]), field: "version")) {
            try DynamicMessage(decoding: [0x75, 0x10], as: Self.layout(isOpen: false))
        }
        #expect(throws: WireError(.tooShort(needed: 1, found: 0), field: "version")) {
            try DynamicMessage(decoding: [], as: Self.layout(isOpen: false))
        }
        let open = try DynamicMessage(decoding: [0x75, 0x10], as: Self.layout(isOpen: true))
        #expect(open["version"] == .unsigned(7))
        #expect(open["bytes"] == .bytes([0x75, 0x10]))
        #expect(try DynamicMessage(layout: open.layout, values: open.values).bytes == [0x75, 0x10])
    }
}
