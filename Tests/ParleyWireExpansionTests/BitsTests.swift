import Testing

@Suite struct BitsTests {
    private func expansion(_ members: String) -> Expansion {
        Expansion(of: "@WireMessage struct Message {\n\(members)\n}")
    }

    @Test func `bits that share bytes are one number`() {
        let expansion = Expansion(
            of: """
                @WireMessage(bitOrder: .leastSignificantFirst)
                struct Start {
                    @Bits(4) let version: UInt8 = 4
                    @Bits(4) var words: UInt8
                    @Bits(3) var spare: ReservedBits
                    @Bits(13) var offset: Int16
                }
                """
        )
        #expect(expansion.sentences.isEmpty)
        let expected = """
            struct Start {
                let version: UInt8 = 4
                var words: UInt8
                var spare: ReservedBits
                var offset: Int16

                nonisolated init(words: UInt8, offset: Int16) {
                    self.words = words
                    self.spare = ReservedBits()
                    self.offset = offset
                }
            }

            nonisolated extension Start: WireMessage {
                static let layout = MessageLayout(
                    name: "Start",
                    packing: [
                        .bits("version", UInt8.self, 4, .leastSignificantFirst).constant(4 as UInt8),
                        .bits("words", UInt8.self, 4, .leastSignificantFirst),
                        .bits("spare", ReservedBits.self, 3, .leastSignificantFirst),
                        .bits("offset", Int16.self, 13, .leastSignificantFirst),
                    ]
                )

                static var wireSizeMinimum: Int {
                    var size = 0
                    size += 1
                    size += 2
                    return size
                }

                static var isWireSizeFixed: Bool {
                    true
                }

                var wireSize: Int {
                    Self.wireSizeMinimum
                }

                init(from reader: inout WireReader) throws(WireError) {
                    try reader.begin(Self.self)
                    let bits0 = try reader.readBits(1, .leastSignificantFirst, "version")
                    try reader.expectBits(self.version, bits0, width: 4, back: 1, "version")
                    self.words = try reader.bits(UInt8.self, bits0 >> 4, width: 4, back: 1, "words")
                    let bits1 = try reader.readBits(2, .leastSignificantFirst, "spare")
                    self.spare = ReservedBits()
                    self.offset = try reader.bits(Int16.self, bits1 >> 3, width: 13, back: 2, "offset")
                }

                func write(to output: inout OutputRawSpan) throws(WireError) {
                    var bits0: UInt64 = 0
                    bits0 |= try BitField.bits(self.version, width: 4, at: output.byteCount, "version")
                    bits0 |= try BitField.bits(self.words, width: 4, at: output.byteCount, "words") << 4
                    BitField.append(bits0, 1, .leastSignificantFirst, to: &output)
                    var bits1: UInt64 = 0
                    bits1 |= try BitField.bits(self.offset, width: 13, at: output.byteCount, "offset") << 3
                    BitField.append(bits1, 2, .leastSignificantFirst, to: &output)
                }
            }
            """
        #expect(expansion.source.drop { $0 == "\n" } == expected)
    }

    @Test func `most significant first shifts the other way`() {
        let source = expansion("@Bits(3) var a: UInt8\n@Bits(70 - 7) var b: UInt8").sentences
        #expect(source == ["@Bits(70 - 7): say how many bits with a literal from 1 to 64, as in @Bits(4)"])
        let text = expansion("@Bits(3) var a: UInt8\n@Bits(13) var b: UInt16").source
        let place = "at: output.byteCount"
        #expect(text.contains("bits0 |= try BitField.bits(self.a, width: 3, \(place), \"a\") << 13\n"))
        #expect(text.contains("bits0 |= try BitField.bits(self.b, width: 13, \(place), \"b\")\n"))
    }

    @Test func `more than eight bytes without a border are a wider number`() {
        let text = expansion("@Bits(4) var a: UInt8\n@Bits(64) var b: UInt64\n@Bits(4) var c: UInt8").source
        #expect(text.contains("let bits0 = try reader.readWideBits(9, .mostSignificantFirst, \"a\")"))
        let value = "UInt128(BitField.bits(self.b, width: 64, at: output.byteCount, \"b\"))"
        #expect(text.contains("bits0 |= try \(value) << 4"))
    }

    @Test(arguments: [
        ("@Bits(0) var a: UInt8", "@Bits(0): say how many bits with a literal from 1 to 64, as in @Bits(4)"),
        (
            "@Bits(65) var a: UInt64",
            "@Bits(65): say how many bits with a literal from 1 to 64, as in @Bits(4)"
        ),
        ("@Bits(9) var a: UInt8", "UInt8: UInt8 holds 8 bits, a has 9: say UInt16"),
        ("@Bits(33) var a: Int32", "Int32: Int32 holds 32 bits, a has 33: say Int64"),
        ("@Bits(2) var a: Bool", "Bool: a Boolean has one bit: say @Bits(1), or UInt8 for 2"),
        (
            "@Bits(8) var a: Float",
            "Float: bits hold an integer, a Boolean or an enum of numbers: Float is none"
        ),
        ("@Bits(8) var a: Int", "Int: Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"),
        ("@Bits(8) var a: Reserved<1>", "Reserved<1>: Reserved is made of whole bytes: say ReservedBits"),
        ("var a: ReservedBits", "ReservedBits: say how many bits, as in @Bits(3) var a: ReservedBits"),
        (
            "@Bits(8) var a: [UInt8]",
            "[UInt8]: an array is made of whole bytes: give each of its bits a field of its own"
        ),
        (
            "@Bits(8) var a: ByteCount<UInt8>\nvar b: [UInt8]",
            "ByteCount<UInt8>: a count is made of whole bytes: say a without @Bits"
        ),
        (
            "@Bits(4) var a: LittleEndian<UInt16>",
            "LittleEndian<UInt16>: the order of bits is the message's: "
                + "say @WireMessage(bitOrder: .leastSignificantFirst)"
        ),
        (
            "@Bits(4) var a: UInt8\n@Bits(1) var b: Bool\nvar c: UInt8",
            "b: a, b have 5 bits, which is no whole number of bytes: "
                + "add 3 behind, as in @Bits(3) var reserved: ReservedBits"
        ),
        (
            "@Bits(7) var reserved: UInt8",
            "reserved: reserved has 7 bits, which is no whole number of bytes: "
                + "add 1 behind, as in @Bits(1) var reserved_: ReservedBits"
        ),
        (
            "@Bits(4) var a: UInt8\n@Bits(64) var b: UInt64\n@Bits(64) var c: UInt64\n@Bits(4) var d: UInt8",
            "a: the bits from a to d meet no border between bytes for 17 bytes, 16 are the most: "
                + "order them otherwise"
        ),
        (
            "@Bits(8) static var a: UInt8 = 0",
            "@Bits(8): @Bits belongs to a stored property of a @WireMessage struct: remove it"
        ),
    ])
    func `a bit field that cannot be`(members: String, sentence: String) {
        #expect(expansion(members).sentences == [sentence])
    }

    @Test func `an editor can add the bits that are missing`() {
        let expansion = expansion("    @Bits(4) var a: UInt8\n    var c: UInt8")
        #expect(
            expansion.remedies == [
                "@Bits(4) var a: UInt8\n    var c: UInt8 -> "
                    + "@Bits(4) var a: UInt8\n    @Bits(4) var reserved: ReservedBits\n    var c: UInt8"
            ]
        )
    }

    @Test func `the order of bits is one of two`() {
        let sentences = Expansion(of: "@WireMessage(bitOrder: order) struct M { var a: UInt8 }").sentences
        #expect(
            sentences == [
                "order: say .mostSignificantFirst (RFCs) or .leastSignificantFirst (C on little-endian machines)"
            ]
        )
    }
}
