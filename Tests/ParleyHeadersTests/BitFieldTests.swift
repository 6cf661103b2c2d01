import ParleyHeaders
import ParleyWire
import Testing

/// Bit fields and unions of headers, as structures and as messages.
@Suite struct BitFieldTests {
    private func header(
        _ text: String,
        _ abi: ABI = .x86_64Linux,
        _ packing: CHeader.Packing = .asWritten
    ) throws(HeaderError) -> CHeader {
        try CHeader(
            source: "#include <stdint.h>\n#include <stdbool.h>\n" + text,
            file: "t.h",
            abi: abi,
            packing: packing
        )
    }

    /// `name:offset+width` of each bit field, and the size of `struct s`.
    private func places(_ text: String, _ abi: ABI = .x86_64Linux) throws -> String {
        let structure = try header(text, abi).structure("s")
        let fields = structure.members.map { member in
            guard let bits = member.bits else { return "\(member.name):\(8 * member.offset)" }
            return "\(member.name):\(bits.offset)+\(bits.width)"
        }
        return (fields + ["\(structure.size)/\(structure.alignment)"]).joined(separator: " ")
    }

    @Test(arguments: [
        ("struct s { unsigned a:3, b:5; uint8_t c; };", "a:0+3 b:3+5 c:8 4/4"),
        ("struct s { uint8_t a:3; unsigned b:30; };", "a:0+3 b:32+30 8/4"),
        ("struct s { uint8_t a:3; unsigned b:30; } __attribute__((packed));", "a:0+3 b:3+30 5/1"),
        ("struct s { unsigned a:3; unsigned :0; unsigned b:3; };", "a:0+3 b:32+3 8/4"),
        ("struct s { char c; int :7; char d; };", "c:0 d:16 3/1"),
        ("struct s { bool a:1, b:1; enum { X = 3 } c:2; };", "a:0+1 b:1+1 c:2+2 4/4"),
        ("struct s { long long a:40, b:40; };", "a:0+40 b:64+40 16/8"),
        ("struct s { union { unsigned a:3; unsigned b:9; }; int :0; };", "a:0+3 b:0+9 4/4"),
        ("struct s { int a:3 __attribute__((aligned(8))); };", "a:0+3 8/8"),
        ("#pragma pack(1)\nstruct s { uint8_t a:3; unsigned b:30; };", "a:0+3 b:3+30 5/1"),
    ])
    func bitsLieWhereGCCPutsThem(_ text: String, _ expected: String) throws {
        #expect(try places(text) == expected)
    }

    @Test(arguments: [
        (ABI.x86_64Linux, "a:0+4 b:32+30 8/4"), (.arm32Linux, "a:0+4 b:32+30 8/4"),
        (.m68kLinux, "a:0+4 b:4+30 6/2"), (.avr, "a:0+4 b:4+30 5/1"),
        (.windowsX64, "a:0+4 b:32+30 8/4"), (.s390xLinux, "a:0+4 b:32+30 8/4"),
    ])
    func placeOfBitsDependsOnTheABI(_ abi: ABI, _ expected: String) throws {
        let text = "struct s { uint8_t a:4; uint32_t b:30; };"
        let own = abi == .m68kLinux ? expected.replacing("6/2", with: "5/1") : expected
        #expect(try places(text, abi) == own)
    }

    @Test func unnamedBitFieldsAlignOnArmOnly() throws {
        let text = "struct s { char a; int :0; char b; };"
        #expect(try places(text) == "a:0 b:32 5/1")
        #expect(try places(text, .aarch64Linux) == "a:0 b:32 8/4")
    }

    @Test func microsoftSharesUnitsOnlyBetweenTypesOfOneSize() throws {
        let text = "struct s { unsigned a:3; uint8_t b:3; unsigned c:3; };"
        #expect(try places(text) == "a:0+3 b:3+3 c:6+3 4/4")
        #expect(try places(text, .windowsX64) == "a:0+3 b:32+3 c:64+3 12/4")
    }

    @Test func firstBitsOfAByteAreItsLeastSignificantOnLittleEndianMachines() throws {
        let text = "struct s { uint8_t low:4, high:4; uint16_t rest; } __attribute__((packed));"
        for (abi, value) in [(ABI.x86_64Linux, UInt64(5)), (.ppc64Linux, 4)] {
            let layout = try header(text, abi).layout(of: "s")
            let message = try DynamicMessage(reading: [0x45, 1, 2], layout)
            #expect(message["low"] == .unsigned(value))
            // Byte order is the caller's for plain numbers only.
            #expect(message["rest"] == .unsigned(0x0102))
            #expect(try DynamicMessage(layout: layout, values: message.values).bytes == [0x45, 1, 2])
        }
    }

    @Test func storageOrderTurnsNumbersAndBits() throws {
        let text = """
            struct s { uint16_t a; uint8_t high:4, low:4; }
                __attribute__((packed, scalar_storage_order("big-endian")));
            """
        let layout = try header(text).layout(of: "s", byteOrder: .little)
        let message = try DynamicMessage(reading: [1, 2, 0x45], layout)
        #expect(message["a"] == .unsigned(0x0102))
        #expect(message["high"] == .unsigned(4) && message["low"] == .unsigned(5))
    }

    @Test func unnamedBitsArePaddingButNoHoles() throws {
        let header = try header("struct s { uint8_t a:2; uint8_t :3; uint8_t b:1; uint8_t c; };")
        let layout = try header.layout(of: "s")
        #expect(layout.fields.map(\.role) == [.value, .padding, .value, .padding, .value])
        #expect(layout.sizeMinimum == 2)
        #expect(
            try header.remarks(on: "s").map(\.reason) == [.bitField(abi: "x86-64", order: .little)]
        )
    }

    @Test func kindsOfBitFieldsFollowTheirTypes() throws {
        let text = """
            enum colour { RED, GREEN, FAR = 9 };
            struct s { int a:3; unsigned b:3; bool c:1; enum colour d:2; char e:5; };
            """
        let fields = try header(text).layout(of: "s").fields.filter { $0.role == .value }
        let kinds = fields.compactMap { if case .bits(let bits) = $0.type { bits.kind } else { nil } }
        let colour = BitsType.Kind.enumeration(
            name: "colour",
            cases: [.init(name: "RED", value: 0), .init(name: "GREEN", value: 1)],
            isSigned: false
        )
        #expect(kinds == [.signed, .unsigned, .bool, colour, .signed])
        let arm = try header(text, .aarch64Linux).layout(of: "s").field("e")
        #expect(arm?.type == .bits(BitsType(width: 5, firstBit: 1, order: .little, kind: .unsigned)))
    }

    @Test func unionsAreMembersThatShareBytes() throws {
        let text = """
            struct s { uint8_t kind; union { uint32_t number; char text[6]; struct { uint16_t x, y; }; } u; }
                __attribute__((packed));
            """
        let layout = try header(text).layout(of: "s")
        guard case .union(let union)? = layout.field("u")?.type else {
            Issue.record("u is no union")
            return
        }
        #expect(union.size == 8 && union.members.map(\.name) == ["number", "text", "struct"])
        let message = try DynamicMessage(reading: [1, 0, 2, 0, 3, 0x41, 0, 0, 0], layout)
        guard case .message(let values)? = message["u"] else {
            Issue.record("the union has no value")
            return
        }
        #expect(values["number"] == .unsigned(0x0002_0003))
        #expect(try DynamicMessage(layout: layout, values: message.values).bytes == message.bytes)
    }

    @Test func unionsWithoutANameGetOneThatNoMemberHas() throws {
        let text = "struct s { union { int a; char b; }; char union2; union { char c; short d; }; };"
        let layout = try header(text).layout(of: "s")
        #expect(layout.fields.filter { $0.role == .value }.map(\.name) == ["union", "union2", "union3"])
        #expect(try header("union u { int a; char b[5]; };").layout(of: "u").fields.map(\.name) == ["union"])
    }

    @Test func structuresTellKindsAlignmentAndWhatIsInside() throws {
        let text = """
            struct in { char a; short b:5; };
            struct s { int *p; struct in x[2]; double d; union { int i; float f; } u; };
            """
        let members = try header(text).structure("s").members
        #expect(members.map(\.alignment) == [8, 2, 8, 4])
        #expect(members[0].kind == .pointer)
        #expect(members[1].kind == .array(of: .structure, count: 2, elementSize: 2))
        #expect(members[1].members.map(\.offset) == [8, 9])
        let bits = try #require(members[1].members[1].bits)
        #expect(bits.offset == 72 && bits.width == 5 && bits.order == .little)
        #expect(members[2].kind == .float && members[3].kind == .union)
        #expect(members[3].members.map(\.kind) == [.integer(isSigned: true), .float])
    }

    @Test func packingIsTriedWithoutChangingTheHeader() throws {
        let text = "struct in { char a; int b; };\nstruct s { char c; struct in i; long long d; };"
        #expect(try header(text).structure("s").size == 24)
        #expect(try header(text, .x86_64Linux, .packed).structure("s").size == 14)
        #expect(try header(text, .windowsX64, .packed).structure("s").size == 14)
    }

    @Test func openEndOfAnInnerStructIsTheMessagesTail() throws {
        let text = "struct in { uint8_t n; char text[]; };\nstruct s { uint8_t kind; struct in body; };"
        let layout = try header(text).layout(of: "s")
        let message = try DynamicMessage(reading: [7, 2, 0x68, 0x69], layout)
        #expect(message["body"] == .message(["n": .unsigned(2), "text": .bytes([0x68, 0x69])]))
        #expect(throws: HeaderError.self) {
            try header(text + "struct t { struct s a; char b; };").layout(of: "t")
        }
    }
}

extension DynamicMessage {
    /// A message out of bytes that are at hand.
    init(reading bytes: [UInt8], _ layout: MessageLayout) throws {
        try self.init(decoding: unsafe bytes.span.bytes, as: layout)
    }
}
