import ParleyHeaders
import ParleyWire
import Testing

@Suite struct SpelledLayoutTests {
    private func integer(_ bytes: Int, signed: Bool = false, _ order: ByteOrder = .big) -> FieldType {
        .integer(IntegerType(bytes: bytes, isSigned: signed, order: order))
    }

    @Test func scoreIsSpelledInOneLine() throws {
        let spelled = try MessageLayout(spelled: "name:char[13] math:u32 chinese:u32", name: "score")
        #expect(
            spelled
                == MessageLayout(
                    name: "score",
                    packing: [
                        .init("name", .text(capacity: 13)), .init("math", integer(4)),
                        .init("chinese", integer(4)),
                    ]
                )
        )
    }

    @Test func everyTypeHasASpelling() throws {
        let layout = try MessageLayout(
            spelled:
                "a:u8,b:i16 c:u32le d:i64be e:f32 f:f64le g:bool h:bytes[3] i:u8[4] j:u16[2][3] k:char[2][4] m:u8[2][6]",
            byteOrder: .big
        )
        let expected: [FieldType] = [
            integer(1), integer(2, signed: true), integer(4, .little), integer(8, signed: true),
            .float(bytes: 4, order: .big), .float(bytes: 8, order: .little), .bool, .bytes(count: 3),
            .bytes(count: 4),
            .array(of: .array(of: integer(2), count: 3), count: 2), .array(of: .text(capacity: 4), count: 2),
            .array(of: .bytes(count: 6), count: 2),
        ]
        #expect(layout.fields.map(\.type) == expected)
    }

    @Test func numbersFollowTheByteOrderUnlessTheySayTheirOwn() throws {
        let layout = try MessageLayout(spelled: "a:u16 b:u16be", byteOrder: .little)
        #expect(layout.fields.map(\.type) == [integer(2, .little), integer(2, .big)])
    }

    @Test(arguments: [
        ("n:u8 t:text", FieldType.tail(TailType(.text))),
        ("n:u8 t:bytes", .tail(TailType(.bytes))),
        ("n:u8 t:u8[]", .tail(TailType(.bytes))),
        ("n:u8 t:i16[]", .tail(TailType(.items(.integer(IntegerType(bytes: 2, isSigned: true)))))),
        ("n:u8 t:char[]", .tail(TailType(.text))),
        ("n:u8 t:char[][4]", .tail(TailType(.items(.text(capacity: 4))))),
        ("n:u8 t:text[n]", .tail(TailType(.text, count: .init(field: "n", unit: .bytes)))),
        ("n:u8 t:bytes[n]", .tail(TailType(.bytes, count: .init(field: "n", unit: .bytes)))),
        ("n:u8 t:u8[n]", .tail(TailType(.bytes, count: .init(field: "n", unit: .bytes)))),
        ("n:u8 t:bool[n]", .tail(TailType(.items(.bool), count: .init(field: "n", unit: .items)))),
    ])
    func lastFieldMayBeATail(_ spelling: String, _ type: FieldType) throws {
        let layout = try MessageLayout(spelled: spelling)
        #expect(layout.tail?.type == type)
        let isCounted = if case .tail(let tail) = type { tail.count != nil } else { false }
        #expect(layout.fields[0].role == (isCounted ? .count : .value))
    }

    @Test func reservedBytesAndConstantsAreNoValues() throws {
        let layout = try MessageLayout(spelled: "magic:u16=0xCAFE _:u16 pad[3] t:i8=-1")
        #expect(layout.fields.map(\.role) == [.constant(0xCAFE), .reserved, .reserved, .constant(.max)])
        #expect(layout.fields.map(\.offset) == [0, 2, 4, 7])
    }

    private func bits(_ width: Int, first: Int, _ order: ByteOrder = .big, _ kind: BitsType.Kind = .unsigned)
        -> FieldType
    {
        .bits(BitsType(width: width, firstBit: first, order: order, kind: kind))
    }

    @Test func bitsStandAsInThePicturesOfRFCs() throws {
        let ip = try MessageLayout(
            spelled:
                "version:u4=4 ihl:u4 tos:u8 length:u16 id:u16 _:u1 df:bit mf:bit offset:u13 delta:i12 _:u4"
        )
        #expect(
            ip.fields.map(\.type) == [
                bits(4, first: 0), bits(4, first: 4), integer(1), integer(2), integer(2), bits(1, first: 0),
                bits(1, first: 1, .big, .bool), bits(1, first: 2, .big, .bool), bits(13, first: 3),
                bits(12, first: 0, .big, .signed), bits(4, first: 4),
            ]
        )
        #expect(ip.fields.map(\.offset) == [0, 0, 1, 2, 4, 6, 6, 6, 6, 8, 9])
        #expect(ip.fields[0].role == .constant(4))
        #expect(ip.fields[5].role == .reserved)
        #expect(ip.sizeMinimum == 10)
    }

    @Test func numbersInsideOfAByteAreBitsToo() throws {
        let ip = try MessageLayout(spelled: "version:u4 class:u8 label:u20", byteOrder: .little)
        #expect(ip.fields.map(\.type) == [bits(4, first: 0), bits(8, first: 4), bits(20, first: 4)])
    }

    @Test func bitsOfLittleEndianMachinesSayIt() throws {
        let ip = try MessageLayout(spelled: "ihl:u4le version:u4le wide:u12le top:u4le")
        #expect(
            ip.fields.map(\.type) == [
                bits(4, first: 0, .little), bits(4, first: 4, .little), bits(12, first: 0, .little),
                bits(4, first: 4, .little),
            ]
        )
    }

    @Test func bitsCountATail() throws {
        let layout = try MessageLayout(spelled: "version:u4 length:u12 body:bytes[length]")
        #expect(layout.fields[1].role == .count)
    }

    @Test func missingBitsAreTold() {
        let error = #expect(throws: HeaderError.self) {
            try MessageLayout(spelled: "version:u4 flags:u1 length:u16=5 t:bool")
        }
        #expect(error?.hint == "reserve what is left: _:u3")
    }

    @Test(arguments: [
        ("", 1, "expected a field, NAME:TYPE, found the end"),
        ("math", 5, "expected “:” and a type after math, found the end"),
        ("a:u8 math:u65", 11, "there is no type u65"),
        ("a:u3 b:char[4]", 6, "expected 5 more bits to fill the byte, found “b”"),
        ("a:u8 b:u7", 10, "expected 1 more bit to fill the byte, found the end"),
        ("a:u4 b:u4le", 6, "expected bits in the order of those before, which share a byte, found “b:u4le”"),
        (
            "a:u4le b:u16be c:u4", 8,
            "expected bits in the order of those before, which share a byte, found “b:u16be”"
        ),
        ("a:u4[2]", 3, "expected items of whole bytes in an array, found “u4[2]”"),
        ("a:u0", 3, "there is no type u0"),
        ("a:u4=16 b:u4", 6, "the value does not fit its integer type"),
        ("a:bit=1 b:u7", 7, "expected an integer field for a constant, found “1”"),
        ("a:u8 :u8", 6, "expected a field's name, found “:u8”"),
        ("a:u8 a:u16", 6, "a is declared twice"),
        ("t:text a:u8", 8, "t cannot be the tail: the last field is a"),
        ("a:char", 3, "expected char[n], or text for the rest of the message, found “char”"),
        ("a:u8[3", 5, "this [ has no end"),
        ("a:u8[3x]", 6, "3x is no integer constant"),
        ("a:u8[99999999999999]", 6, "too much: more than 1073741824 bytes in one type"),
        ("a:u64[1000000000]", 3, "too much: more than 1073741824 bytes in one type"),
        ("a:u8[2][]", 3, "expected a number in the inner brackets, found “u8[2][]”"),
        ("a:f32 b:u8[a]", 9, "expected an integer field to count with, found “u8[a]”"),
        ("b:u8[n]", 3, "n is no constant that is known here"),
        ("a:u8=256", 6, "the value does not fit its integer type"),
        ("a:f32=1", 7, "expected an integer field for a constant, found “1”"),
        ("a:u8!", 5, "expected a space after the field, found “!”"),
        ("_:text", 3, "expected a type of a fixed size, found “text”"),
    ])
    func mistakesAreShownWithTheirColumn(_ spelling: String, _ column: Int, _ message: String) {
        let error = #expect(throws: HeaderError.self) { try MessageLayout(spelled: spelling) }
        #expect(error?.location.column == column)
        #expect(error.map { "\($0.reason)" } == message)
    }

    @Test func caretStandsUnderTheMistake() {
        let error = #expect(throws: HeaderError.self) { try MessageLayout(spelled: "name:char[13] math:u65") }
        #expect(
            error?.rendered.hasPrefix(
                """
                layout:1:20: error: there is no type u65
                    name:char[13] math:u65
                                       ^~~
                hint: types are
                """
            ) == true
        )
    }
}
