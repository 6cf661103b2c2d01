import ParleyText
import ParleyWire
import Testing

@Suite struct BitsAndUnionTextTests {
    static func bits(_ name: String, _ width: Int, _ kind: BitsType.Kind = .unsigned) -> MessageLayout.Field {
        .init(name, .bits(BitsType(width: width, kind: kind)))
    }

    static let header = CompiledLayout(
        MessageLayout(
            name: "ip",
            packing: [
                bits("version", 4), bits("ihl", 4), .init("length", Samples.u16), bits("df", 1, .bool),
                bits(
                    "mode",
                    2,
                    .enumeration(name: "Mode", cases: [.init(name: "on", value: 2)], isSigned: false)
                ),
                bits("offset", 13), .init("_", .bits(BitsType(width: 4)), role: .reserved), bits("wide", 28),
            ]
        )
    )

    static let union = CompiledLayout(
        MessageLayout(
            name: "M",
            packing: [
                .init("kind", Samples.u8),
                .init(
                    "u",
                    .union(
                        UnionType(
                            name: "u_t",
                            size: 4,
                            members: [.init("math", Samples.u32), .init("name", .text(capacity: 4))]
                        )
                    )
                ),
            ]
        )
    )

    @Test("Arguments and JSON give bits their values")
    func bitsInput() throws {
        let message = try DynamicMessage(
            assignments: ["version=4", "ihl=5", "length=20", "df=true", "mode=on", "offset=0x123", "wide=7"],
            as: Self.header
        )
        #expect(message.bytes == [0x45, 0, 20, 0xC1, 0x23, 0, 0, 0, 7])
        let text = #"{"version":4,"ihl":5,"length":20,"df":true,"mode":"on","offset":291,"wide":7}"#
        #expect("\(message.json())" == text)
        #expect(try DynamicMessage(json: try JSONValue(parsing: text), as: Self.header) == message)
        #expect(
            MessagePrinter().text(message).contains("  df       true\n  mode     on (2)\n  offset   291\n")
        )
    }

    @Test("Bits refuse what they cannot hold, with their range")
    func bitsErrors() throws {
        let rest = ["ihl=5", "length=20", "df=0", "mode=1", "offset=1", "wide=0"]
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(assignments: ["version=16"] + rest, as: Self.header)
        }
        #expect("\(error!)".hasPrefix("version: 16 is outside 0...15; the fields are version: u4, 0...15; "))
        #expect(throws: MessageTextError.self) {
            let json = try JSONValue(parsing: #"{"df":1}"#)
            return try DynamicMessage(json: json, as: Self.header)
        }
    }

    @Test("Annotated bytes show the bytes of a run of bits once and each field's own bits")
    func annotated() throws {
        let message = try DynamicMessage([0x45, 0, 20, 0xC1, 0x23, 0, 0, 0, 7], as: Self.header)
        #expect(
            AnnotatedBytes(message, hostOrder: .little).table() == """
                offset  field    type  value   network order             host order
                     0  version  u4    4       45  0100....
                        ihl      u4    5           ....0101
                     1  length   u16   20      00 14                     14 00
                     3  df       bit   true    c1 23  1.......
                        mode     Mode  on (2)         .10.....
                        offset   u13   291            ...00001 00100011
                     5  _        u4    (zero)  00 00 00 07
                                               0000....
                        wide     u28   7       28 bits
                9 bytes; host order is little-endian

                """
        )
        let line = "\(AnnotatedBytes(message, hostOrder: .little).json)"
        #expect(
            line.contains(
                #"{"field":"ihl","offset":0,"size":1,"type":"u4","bit":4,"width":4,"value":5,"wire":"45","host":"45"}"#
            )
        )
    }

    @Test("A union takes one member, its bytes, or JSON; JSON of it is read again")
    func unions() throws {
        func bytes(_ arguments: String...) throws -> [UInt8] {
            try DynamicMessage(assignments: ["kind=1"] + arguments, as: Self.union).bytes
        }
        #expect(try bytes("u.math=83") == [1, 0, 0, 0, 83])
        #expect(try bytes("u.name=ab") == [1, 0x61, 0x62, 0, 0])
        #expect(try bytes("u=0x00000053") == [1, 0, 0, 0, 83])
        #expect(try bytes(#"u={"math":83}"#) == [1, 0, 0, 0, 83])
        #expect(throws: MessageTextError.self) { try bytes("u.other=83") }
        #expect(throws: MessageTextError.self) { try bytes("u.math=83", "u.name=ab") }
        let message = try DynamicMessage([1, 0x61, 0x62, 0x63, 0x64], as: Self.union)
        let text = #"{"kind":1,"u":{"math":1633837924,"name":"abcd","raw":"hex:61626364"}}"#
        #expect("\(message.json())" == text)
        #expect(try DynamicMessage(json: try JSONValue(parsing: text), as: Self.union) == message)
        #expect(
            MessagePrinter().text(message)
                == "  kind  1\n  u\n    math  1633837924\n    name  abcd\n    raw   61 62 63 64\n"
        )
    }

    @Test("A union's bytes are shown as a whole and with each member")
    func unionPieces() throws {
        let message = try DynamicMessage([1, 0x61, 0x62, 0, 0], as: Self.union)
        #expect(message.pieces.map(\.path) == ["kind", "u.raw", "u.math", "u.name"])
        #expect(message.pieces.map(\.offset) == [0, 1, 1, 1])
        #expect(
            AnnotatedBytes(message, hostOrder: .little).table() == """
                offset  field   type     value        network order  host order
                     0  kind    u8       1            01
                     1  u.raw   u8[4]    61 62 00 00  61 62 00 00
                     1  u.math  u32      1633812480   61 62 00 00    00 00 62 61
                     1  u.name  char[4]  ab           61 62 00 00
                5 bytes; host order is little-endian

                """
        )
    }
}
