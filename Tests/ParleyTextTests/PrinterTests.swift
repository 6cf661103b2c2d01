import ParleyText
import ParleyWire
import Testing

@Suite struct PrinterTests {
    @Test("A message is its peer's line and one field a line, aligned")
    func score() throws {
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": "Trans", "math": 83, "chinese": 86]
        )
        #expect(
            MessagePrinter().text(message, from: "127.0.0.1:40000") == """
                127.0.0.1:40000
                  name     Trans
                  math     83
                  chinese  86

                """
        )
    }

    @Test("Nested messages and arrays of messages are indented")
    func everything() throws {
        let message = try DynamicMessage(as: Samples.everything, values: Samples.everythingValues)
        #expect(
            MessagePrinter().text(message) == """
                  magic   51966
                  small   -5
                  wide    18446744073709551615
                  single  0.5
                  double  1e+300
                  flag    true
                  colour  green (2)
                  key     00 01 fe ff
                  grid    [1, 2, 3]
                  origin
                    x  -1
                    y  1
                  count   2
                  points
                    [0]
                      x  1
                      y  2
                    [1]
                      x  3
                      y  4

                """
        )
    }

    @Test("Nothing a stranger sends reaches the terminal as a command")
    func terminalSafe() throws {
        let evil = "\u{1B}[2J\u{7}\r\u{202E}\n"
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": .text(evil), "math": 1, "chinese": 2]
        )
        #expect(MessagePrinter().text(message).hasPrefix("  name     \"\\u{1b}[2J\\u{7}\\r\\u{202e}\\n\"\n"))
        let latin = try DynamicMessage(
            as: Samples.score,
            values: ["name": .bytes([0x52, 0x65, 0x6E, 0xE9]), "math": 1, "chinese": 2]
        )
        #expect(MessagePrinter().text(latin).hasPrefix("  name     \"Ren\\xe9\"\n"))
        let blank = try DynamicMessage(as: Samples.score, values: ["name": "", "math": 1, "chinese": 2])
        #expect(MessagePrinter().text(blank).hasPrefix("  name     \"\"\n"))
    }

    @Test("Many bytes are cut and their number is told")
    func longBytes() throws {
        let layout = CompiledLayout(
            MessageLayout(name: "R", packing: [.init("rest", .tail(TailType(.bytes)))])
        )
        let message = try DynamicMessage(Array(repeating: 0xFF, count: 1000), as: layout)
        #expect(MessagePrinter().text(message).hasSuffix("ff ff … (1000 bytes)\n"))
    }

    @Test("Bytes are text when they look like it, and what the user says when he does")
    func policy() throws {
        func shown(_ name: [UInt8], _ policy: TextPolicy = TextPolicy()) throws -> JSONValue? {
            let bytes = name + Array(repeating: 0, count: 13 - name.count)
            return try DynamicMessage(bytes + [0, 0, 0, 1, 0, 0, 0, 2], as: Samples.byteScore).json(policy)[
                "name"
            ]
        }
        #expect(try shown(Array("Trans".utf8)) == .string("Trans"))
        #expect(try shown(Array("Zoë".utf8)) == .string("Zoë"))
        // What C left behind the NUL does not matter.
        #expect(try shown(Array("Li\0".utf8) + [0xFF, 0x80]) == .string("Li"))
        #expect(try shown([]) == .string(""))
        #expect(try shown([0, 1]) == .string("hex:00010000000000000000000000"))
        #expect(try shown([10, 0, 0, 1]) == .string("hex:0a000001000000000000000000"))
        #expect(try shown([0xC0, 0xA8]) == .string("hex:c0a80000000000000000000000"))
        #expect(
            try shown(Array("Li".utf8), TextPolicy(bytesFields: ["name"]))
                == .string("hex:4c690000000000000000000000")
        )
        #expect(try shown([7, 65], TextPolicy(textFields: ["name"])) == .string("\u{7}A"))
    }

    @Test("Without a layout, bytes are text when all of them are")
    func isText() {
        #expect(TextPolicy.isText(Array("hello\r\n".utf8)))
        #expect(TextPolicy.isText(Array("hello\0".utf8)))
        #expect(!TextPolicy.isText(Array("he\0llo".utf8)))
        #expect(!TextPolicy.isText([10, 10]))
        #expect(TextPolicy.isText([]))
    }
}

@Suite struct AnnotatedBytesTests {
    @Test("Every byte is shown with its field, on the wire and in the host's memory")
    func table() throws {
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": "Trans", "math": 0x3031_3233, "chinese": 1]
        )
        #expect(
            AnnotatedBytes(message, hostOrder: .little).table() == """
                offset  field    type      value      network order            host order
                     0  name     char[13]  Trans      54 72 61 6e 73 00 00 00
                                                      00 00 00 00 00
                    13  math     u32       808530483  30 31 32 33              33 32 31 30
                    17  chinese  u32       1          00 00 00 01              01 00 00 00
                21 bytes; host order is little-endian

                """
        )
    }

    @Test("Nested fields, gaps and counts have their rows, and the table stays within 80 columns")
    func everything() throws {
        let message = try DynamicMessage(as: Samples.everything, values: Samples.everythingValues)
        let table = AnnotatedBytes(message, hostOrder: .little).table()
        #expect(
            table == """
                offset  field        value     wire order               host order
                     0  magic        51966     ca fe                    fe ca
                     2  small        -5        fb
                     3  wide         1844674…  ff ff ff ff ff ff ff ff  ff ff ff ff ff ff ff ff
                    11  single       0.5       3f 00 00 00              00 00 00 3f
                    15  double       1e+300    9c 75 00 88 3c e4 37 7e  9c 75 00 88 3c e4 37 7e
                    23  flag         true      01
                    24  spare        (zero)    00 00
                    26  colour       green (…  00 02                    02 00
                    28  key          00 01 f…  00 01 fe ff
                    32  grid[0]      1         00 01                    01 00
                    34  grid[1]      2         00 02                    02 00
                    36  grid[2]      3         00 03                    03 00
                    38  origin.x     -1        ff ff ff ff              ff ff ff ff
                    42  origin.y     1         00 00 00 01              01 00 00 00
                    46  count        2         02
                    47  points[0].x  1         00 00 00 01              01 00 00 00
                    51  points[0].y  2         00 00 00 02              02 00 00 00
                    55  points[1].x  3         00 00 00 03              03 00 00 00
                    59  points[1].y  4         00 00 00 04              04 00 00 00
                63 bytes; host order is little-endian

                """
        )
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `what came is shown as it came, with what the sender left in gaps and behind a text`() throws {
        let layout = MessageLayout(
            name: "P",
            packing: [
                .init("name", .text(capacity: 3)), .init("", .bytes(count: 3), role: .padding),
                .init("b", Samples.u32),
            ]
        )
        let bytes: [UInt8] = [0x4c, 0, 0x78, 0x65, 0x72, 0x32, 0, 0, 0, 2]
        let message = try DynamicMessage(bytes, as: CompiledLayout(layout))
        #expect(
            AnnotatedBytes(message, bytes: bytes, hostOrder: .little).table() == """
                offset  field      type     value       network order  host order
                     0  name       char[3]  L           4c 00 78
                     3  (padding)  u8[3]    (not zero)  65 72 32
                     6  b          u32      2           00 00 00 02    02 00 00 00
                10 bytes; host order is little-endian

                """
        )
        #expect(AnnotatedBytes(message, bytes: [1]).bytes == message.bytes)
    }

    @Test("A gap that a compiler left is told as such, whatever it is called")
    func padding() throws {
        let layout = MessageLayout(
            name: "P",
            packing: [
                .init("a", Samples.u8), .init("a", .bytes(count: 3), role: .padding), .init("b", Samples.u32),
            ]
        )
        let message = try DynamicMessage([1, 9, 9, 9, 0, 0, 0, 2], as: CompiledLayout(layout))
        #expect(message.json().description == #"{"a":1,"b":2}"#)
        #expect(
            AnnotatedBytes(message, hostOrder: .little).table() == """
                offset  field      type   value   network order  host order
                     0  a          u8     1       01
                     1  (padding)  u8[3]  (zero)  00 00 00
                     4  b          u32    2       00 00 00 02    02 00 00 00
                8 bytes; host order is little-endian

                """
        )
    }

    @Test("For programs the same is one line")
    func json() throws {
        let message = try DynamicMessage(as: Samples.score, values: ["name": "Li", "math": 83, "chinese": 1])
        #expect(
            AnnotatedBytes(message, hostOrder: .little).json.description == """
                {"schema":"parley.encode/1","bytes":"4c6900000000000000000000000000005300000001","size":21,\
                "hostOrder":"little","fields":[\
                {"field":"name","offset":0,"size":13,"type":"char[13]","value":"Li",\
                "wire":"4c690000000000000000000000","host":"4c690000000000000000000000"},\
                {"field":"math","offset":13,"size":4,"type":"u32","value":83,"wire":"00000053","host":"53000000"},\
                {"field":"chinese","offset":17,"size":4,"type":"u32","value":1,"wire":"00000001","host":"01000000"}]}
                """
        )
    }

    @Test("The pieces of a message are all its bytes, each once")
    func pieces() throws {
        let everything = try DynamicMessage(as: Samples.everything, values: Samples.everythingValues)
        let unknown = try DynamicMessage([9, 0, 1], as: Samples.kinds(isOpen: true))
        for message in [everything, unknown] {
            #expect(message.pieces.flatMap(\.bytes) == message.bytes)
            #expect(message.pieces.map(\.offset) == message.pieces.map(\.offset).sorted())
        }
        #expect(unknown.pieces.map(\.path) == ["kind", "bytes"])
    }
}

@Suite struct PlausibilityTests {
    static func remarks(_ type: IntegerType, _ value: FieldValue) throws -> [String] {
        let layout = MessageLayout(name: "M", packing: [.init("math", .integer(type))])
        return try DynamicMessage(layout: layout, values: FieldValues([.init("math", value)])).remarks.map(
            \.description
        )
    }

    static let u32 = IntegerType(bytes: 4, isSigned: false)

    @Test("A number that is small when read the other way round is asked about")
    func forgotten() throws {
        #expect(
            try Self.remarks(Self.u32, 1_392_508_928)
                == ["math = 1392508928; read little-endian it is 83: did the sender forget htonl?"]
        )
        #expect(
            try Self.remarks(IntegerType(bytes: 4, isSigned: false, order: .little), 1_392_508_928) == [
                "math = 1392508928; read big-endian it is 83: "
                    + "did the sender convert it to network order with htonl?"
            ]
        )
        #expect(
            try Self.remarks(IntegerType(bytes: 4, isSigned: true), -16_777_217)
                == ["math = -16777217; read little-endian it is -2: did the sender forget htonl?"]
        )
        #expect(
            try Self.remarks(IntegerType(bytes: 2, isSigned: false), 21248)
                == ["math = 21248; read little-endian it is 83: did the sender forget htons?"]
        )
        #expect(
            try Self.remarks(IntegerType(bytes: 8, isSigned: false), .unsigned(83 << 56))
                == ["math = 5980780305148018688; read little-endian it is 83: did the sender forget htobe64?"]
        )
    }

    @Test(
        "Numbers that are plausible as they are raise no alarm",
        arguments: [
            0, 1, 83, 255, 256, 512, 1000, 65535, 65536, 1_000_000, 16_777_215, 0xFFFF_FFFF, 123_456_789,
            3_000_000_000,
        ]
    )
    func plausible(value: Int64) throws {
        #expect(try Self.remarks(Self.u32, .signed(value)).isEmpty)
    }

    @Test("Signed ends and -1 raise no alarm, nor do ports and sizes in two bytes")
    func ends() throws {
        for value: Int64 in [-1, -2, 0, Int64(Int32.min), Int64(Int32.max)] {
            #expect(try Self.remarks(IntegerType(bytes: 4, isSigned: true), .signed(value)).isEmpty)
        }
        for value: Int64 in [0, 1, 80, 256, 512, 1024, 4096, 8080, 8089, 8192, 32000, 32768, 65535] {
            #expect(try Self.remarks(IntegerType(bytes: 2, isSigned: false), .signed(value)).isEmpty)
        }
    }

    @Test("An unknown value of an enumeration is asked about when its swapped reading has a name")
    func enumeration() throws {
        let layout = MessageLayout(name: "M", packing: [.init("colour", Samples.colour)])
        let message = try DynamicMessage(layout: layout, values: ["colour": 0x0200])
        #expect(
            message.remarks.map(\.description)
                == ["colour = 512; read little-endian it is 2 (green): did the sender forget htons?"]
        )
    }

    @Test("A count or a tag that fits only the other way round is asked about when decoding fails")
    func failures() throws {
        func remark(_ bytes: [UInt8], _ layout: MessageLayout) -> String? {
            let error = #expect(throws: WireError.self) {
                try DynamicMessage(bytes, as: CompiledLayout(layout))
            }
            return error?.remark(in: layout)?.description
        }
        let counted = MessageLayout(
            name: "M",
            packing: [
                .init("count", Samples.u16, role: .count),
                .init("body", .tail(TailType(.bytes, count: .init(field: "count", unit: .bytes)))),
            ]
        )
        #expect(
            remark([3, 0, 1, 2, 3], counted)
                == "count = 768; read little-endian it is 3: did the sender forget htons?"
        )
        #expect(remark([0, 9, 1, 2, 3], counted) == nil)
        let tagged = MessageLayout(
            name: "P",
            packing: [],
            variants: .init(
                tag: IntegerType(bytes: 4, isSigned: false),
                tagName: "kind",
                placement: .before,
                cases: [.init(tag: 2, name: "point", layout: Samples.point)],
                isOpen: false
            )
        )
        #expect(
            remark([2, 0, 0, 0], tagged)
                == "kind = 33554432; read little-endian it is 2: did the sender forget htonl?"
        )
        #expect(remark([0, 0, 0, 3], tagged) == nil)
    }
}
