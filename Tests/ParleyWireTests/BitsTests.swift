import ParleyTypes
import ParleyWire
import Testing

/// Bits in their places, one by one: what the code under test does with shifts.
enum BitOracle {
    /// Bit `place` of a run: in a byte counted from the most significant (big) or the least (little).
    static func mask(_ place: Int, _ order: ByteOrder) -> UInt8 {
        order == .big ? 0x80 >> (place % 8) : 1 << (place % 8)
    }

    static func bytes(_ fields: [(width: Int, value: UInt64)], _ order: ByteOrder) -> [UInt8] {
        var bytes: [UInt8] = []
        var place = 0
        for (width, value) in fields {
            for index in 0..<width {
                if place % 8 == 0 { bytes.append(0) }
                let shift = order == .big ? width - 1 - index : index
                if value >> shift & 1 == 1 { bytes[place / 8] |= mask(place, order) }
                place += 1
            }
        }
        return bytes
    }
}

@Suite struct BitsTests {
    static func bits(
        _ name: String,
        _ width: Int,
        _ order: ByteOrder = .big,
        _ kind: BitsType.Kind = .unsigned,
        role: MessageLayout.Role = .value
    ) -> MessageLayout.Field {
        .init(name, .bits(BitsType(width: width, order: order, kind: kind)), role: role)
    }

    static func layout(_ fields: MessageLayout.Field...) -> MessageLayout {
        MessageLayout(name: "Bits", packing: fields)
    }

    static func check(_ layout: MessageLayout, _ values: FieldValues, _ bytes: [UInt8]) throws {
        let message = try DynamicMessage(layout: layout, values: values)
        #expect(message.bytes == bytes)
        let read = try DynamicMessage(decoding: bytes, as: layout)
        for element in values.elements {
            #expect(read[element.name] == element.value)
            #expect(read.values[element.name] == element.value)
        }
    }

    @Test("IPv4's first byte: version 4 and five words are 0x45 as RFC 791 draws them")
    func mostSignificantFirst() throws {
        let layout = Self.layout(Self.bits("version", 4), Self.bits("ihl", 4))
        try Self.check(layout, ["version": .unsigned(4), "ihl": .unsigned(5)], [0x45])
        #expect(layout.sizeMinimum == 1)
        #expect(layout.sizeMaximum == 1)
        #expect(layout.fields.map(\.offset) == [0, 0])
    }

    @Test("IPv4's first byte: a compiler for a little-endian machine wants ihl first")
    func leastSignificantFirst() throws {
        let layout = Self.layout(Self.bits("ihl", 4, .little), Self.bits("version", 4, .little))
        try Self.check(layout, ["ihl": .unsigned(5), "version": .unsigned(4)], [0x45])
        let wrong = Self.layout(Self.bits("version", 4, .little), Self.bits("ihl", 4, .little))
        try Self.check(wrong, ["version": .unsigned(4), "ihl": .unsigned(5)], [0x54])
    }

    @Test("Fields that cross bytes: IPv4's flags and fragment offset, IPv6's first word")
    func straddling() throws {
        let fragment = Self.layout(Self.bits("flags", 3), Self.bits("offset", 13))
        try Self.check(fragment, ["flags": .unsigned(2), "offset": .unsigned(0x123)], [0x41, 0x23])
        let word = Self.layout(Self.bits("version", 4), Self.bits("class", 8), Self.bits("label", 20))
        try Self.check(
            word,
            ["version": .unsigned(6), "class": .unsigned(0xAB), "label": .unsigned(0x12345)],
            [0x6A, 0xB1, 0x23, 0x45]
        )
    }

    @Test("64 bits that begin inside of a byte touch nine", arguments: ByteOrder.allCases)
    func nineBytes(_ order: ByteOrder) throws {
        for first in 1...7 {
            let layout = Self.layout(
                Self.bits("a", first, order),
                Self.bits("wide", 64, order),
                Self.bits("b", 8 - first, order)
            )
            let values: [UInt64] = [1, 0x8123_4567_89AB_CDEF, 1]
            try Self.check(
                layout,
                ["a": .unsigned(1), "wide": .unsigned(values[1]), "b": .unsigned(1)],
                BitOracle.bytes(Array(zip([first, 64, 8 - first], values)), order)
            )
        }
    }

    @Test("Signed bits, Booleans and enumerations")
    func kinds() throws {
        let colour = BitsType.Kind.enumeration(
            name: "Colour",
            cases: [.init(name: "red", value: 1), .init(name: "blue", value: 5)],
            isSigned: false
        )
        let layout = Self.layout(
            Self.bits("delta", 12, .big, .signed),
            Self.bits("flag", 1, .big, .bool),
            Self.bits("colour", 3, .big, colour)
        )
        try Self.check(
            layout,
            ["delta": .signed(-2), "flag": .bool(true), "colour": .unsigned(5)],
            [0xFF, 0xED]
        )
        #expect(layout.fields[2].type.caseName(of: .unsigned(5)) == "blue")
        #expect(layout.fields[2].type.caseName(of: .unsigned(2)) == nil)
        #expect(
            layout.summary
                == "delta: i12, -2048...2047; flag: bit, true or false; colour: Colour, red = 1, blue = 5, or 0...7"
        )
    }

    @Test("A closed enumeration of bits refuses what has no name, both ways")
    func closed() throws {
        let type = BitsType(
            width: 4,
            kind: .enumeration(name: "Kind", cases: [.init(name: "one", value: 1)], isSigned: false),
            isOpen: false
        )
        let layout = Self.layout(.init("kind", .bits(type)), Self.bits("rest", 4))
        let expected = WireError(.unknownValue("2", type: "Kind"), field: "kind")
        #expect(throws: expected) { try DynamicMessage(layout: layout, values: ["kind": 2, "rest": 0]) }
        #expect(throws: expected) { try DynamicMessage(decoding: [0x20], as: layout) }
        #expect(try DynamicMessage(decoding: [0x1F], as: layout)["rest"] == .unsigned(15))
    }

    @Test("Nothing is masked away: a value that has more bits than the field is an error")
    func range() throws {
        let layout = Self.layout(Self.bits("version", 4), Self.bits("delta", 4, .big, .signed))
        #expect(throws: WireError(.outOfRange(value: "16", minimum: "0", maximum: "15"), field: "version")) {
            try DynamicMessage(layout: layout, values: ["version": 16, "delta": 0])
        }
        #expect(throws: WireError(.outOfRange(value: "-9", minimum: "-8", maximum: "7"), field: "delta")) {
            try DynamicMessage(layout: layout, values: ["version": 15, "delta": -9])
        }
        #expect(throws: WireError(.wrongKind(expected: "an integer", found: "a Boolean"), field: "version")) {
            try DynamicMessage(layout: layout, values: ["version": true, "delta": 0])
        }
    }

    @Test("Reserved bits are sent as zero and not looked at; constant ones are checked")
    func roles() throws {
        let layout = Self.layout(
            Self.bits("version", 3, role: .constant(4)),
            Self.bits("spare", 3, role: .reserved),
            Self.bits("code", 10)
        )
        #expect(try DynamicMessage(layout: layout, values: ["code": 0x155]).bytes == [0x81, 0x55])
        let read = try DynamicMessage(decoding: [0x9D, 0x55], as: layout)
        #expect(read.bytes == [0x81, 0x55])
        #expect(read["spare"] == nil)
        #expect(read["code"] == .unsigned(0x155))
        #expect(throws: WireError(.wrongConstant(expected: "4", found: "5"), field: "version")) {
            try DynamicMessage(decoding: [0xA1, 0x55], as: layout)
        }
    }

    @Test("Bits can count a tail")
    func counts() throws {
        let layout = MessageLayout(
            name: "Block",
            packing: [
                Self.bits("version", 4), Self.bits("length", 12, role: .count),
                .init("body", .tail(TailType(.bytes, count: .init(field: "length", unit: .bytes)))),
            ]
        )
        let message = try DynamicMessage(layout: layout, values: ["version": 1, "body": .bytes([7, 8, 9])])
        #expect(message.bytes == [0x10, 3, 7, 8, 9])
        #expect(try DynamicMessage(decoding: message.bytes, as: layout)["body"] == .bytes([7, 8, 9]))
        #expect(
            throws: WireError(
                .countOverflow(4096, unit: .bytes, maximum: 4095),
                field: "length"
            )
        ) {
            try DynamicMessage(
                layout: layout,
                values: ["version": 1, "body": .bytes([UInt8](repeating: 0, count: 4096))]
            )
        }
    }

    @Test("Too few bytes are an error with the first field that is not there")
    func shortage() throws {
        let layout = Self.layout(Self.bits("a", 4), Self.bits("b", 12), Self.bits("c", 8))
        #expect(throws: WireError(.tooShort(needed: 2, found: 1), field: "b")) {
            try DynamicMessage(decoding: [1], as: layout)
        }
        #expect(throws: WireError(.tooShort(needed: 1, found: 0), field: "a")) {
            try DynamicMessage(decoding: [], as: layout)
        }
    }

    @Test("Random runs have the bytes that setting bits one by one gives", arguments: ByteOrder.allCases)
    func random(_ order: ByteOrder) throws {
        var generator = SeededGenerator(seed: 0xB175)
        for _ in 0..<2000 {
            var widths: [Int] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                widths.append(.random(in: 1...64, using: &generator))
            }
            let rest = 8 - widths.reduce(0, +) % 8
            if rest < 8 { widths.append(rest) }
            let values = widths.map { UInt64.random(in: 0...(.max >> (64 - $0)), using: &generator) }
            var fields: [MessageLayout.Field] = []
            var given = FieldValues()
            for (index, width) in widths.enumerated() {
                let kind: BitsType.Kind = .random(using: &generator) ? .signed : .unsigned
                let type = BitsType(width: width, order: order, kind: kind)
                fields.append(.init("f\(index)", .bits(type)))
                given.elements.append(.init("f\(index)", type.value(bits: values[index])))
            }
            let layout = MessageLayout(name: "Random", packing: fields)
            try Self.check(layout, given, BitOracle.bytes(Array(zip(widths, values)), order))
        }
    }

    @Test("A layout whose bits do not fill their bytes is a mistake of the program")
    func unfilled() async {
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(Self.bits("a", 4), .init("b", .bool))
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(Self.bits("a", 4))
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(Self.bits("a", 4), Self.bits("b", 4, .little))
        }
        await #expect(processExitsWith: .failure) {
            _ = Self.layout(.init("a", .array(of: .bits(BitsType(width: 8)), count: 2)))
        }
    }
}
