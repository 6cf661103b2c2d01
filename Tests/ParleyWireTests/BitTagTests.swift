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
