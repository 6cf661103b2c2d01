import ParleyHeaders
import ParleyWire
import Testing

/// Several structs on one port, told apart by a field.
@Suite struct ChoiceTests {
    private let source = """
        #include <stdint.h>
        #define DATA 2
        enum kind { HELLO = 1 };
        struct hello { uint8_t kind; uint16_t seq; char name[4]; } __attribute__((packed));
        struct data { uint8_t kind; uint16_t seq; uint8_t body[]; } __attribute__((packed));
        struct late { uint16_t seq; uint8_t kind; } __attribute__((packed));
        struct wide { uint16_t kind; } __attribute__((packed));
        struct head { uint8_t version; uint8_t kind; } __attribute__((packed));
        struct open { struct head hdr; uint8_t door; } __attribute__((packed));
        struct shut { struct head hdr; uint32_t key; } __attribute__((packed));
        struct packet {
            uint8_t kind;
            union { struct hello hello; struct data2 { uint8_t kind; uint32_t key; } __attribute__((packed)) data; } u;
        } __attribute__((packed));
        """

    private func layout(_ spelling: String, tail: String? = nil) throws -> MessageLayout {
        try CHeader(source: source, file: "proto.h")
            .layout(of: try MessageChoice(spelled: spelling), tails: tail.map { [$0] } ?? [])
    }

    @Test func `the field says which struct the bytes are`() throws {
        let layout = try layout("kind{HELLO=hello, DATA=data}")
        let hello: [UInt8] = [1, 0, 7, 0x4C, 0x69, 0, 0]
        let message = try unsafe DynamicMessage(decoding: hello.span.bytes, as: layout)
        #expect(
            message["hello"] == [
                "kind": .unsigned(1), "seq": .unsigned(7), "name": .bytes([0x4C, 0x69, 0, 0]),
            ]
        )
        let data = try DynamicMessage(layout: layout, values: ["data": ["seq": 9, "body": .bytes([0xFF])]])
        #expect(data.bytes == [2, 0, 9, 0xFF])
    }

    @Test func `unknown tags are kept as bytes`() throws {
        let layout = try layout("kind{1=hello}")
        let bytes: [UInt8] = [77, 1, 2, 3]
        let message = try unsafe DynamicMessage(decoding: bytes.span.bytes, as: layout)
        #expect(message.bytes == bytes)
        #expect(message["kind"] == .unsigned(77))
    }

    @Test func `the field may lie inside a common head`() throws {
        let layout = try layout("hdr.kind{'A'=open,0x42=shut}")
        let shut = try DynamicMessage(layout: layout, values: ["shut": ["hdr": ["version": 3], "key": 5]])
        #expect(shut.bytes == [3, 0x42, 0, 0, 0, 5])
        let copy = try unsafe DynamicMessage(decoding: shut.bytes.span.bytes, as: layout)
        #expect(copy == shut)
    }

    @Test func `the field may choose a union's member`() throws {
        let layout = try layout("packet{kind:1=hello,2=data}")
        let values: FieldValues = ["data": ["u": ["kind": 8, "key": 0x0102_0304]]]
        let message = try DynamicMessage(layout: layout, values: values)
        #expect(message.bytes == [2, 8, 1, 2, 3, 4, 0, 0])
        let copy = try unsafe DynamicMessage(decoding: message.bytes.span.bytes, as: layout)
        #expect(copy == message)
    }

    @Test func `a union without a name leaves its member the name`() throws {
        let source = """
            struct a { unsigned char x; }; struct b { unsigned char y[3]; };
            struct p { unsigned char kind; union { struct a a; struct b b; }; };
            """
        let choice = try MessageChoice(spelled: "p{kind:1=a,2=b}")
        let layout = try CHeader(source: source, file: "p.h").layout(of: choice)
        let message = try DynamicMessage(layout: layout, values: ["a": ["a": ["x": 7]]])
        #expect(message.bytes == [1, 7, 0, 0])
    }

    @Test func `a tail is that of the structs that have it`() throws {
        let layout = try layout("kind{1=hello,2=data}", tail: "name")
        #expect(layout.variants?.cases[0].layout.tail?.name == "name")
        #expect(layout.variants?.cases[1].layout.tail?.name == "body")
    }

    @Test(arguments: [
        (
            "kind{1=hello,2=late}",
            "kind stands at byte 2 of late but at byte 0 of hello: it cannot tell them apart"
        ),
        ("kind{1=hello,2=wide}", "kind is u16 in wide but u8 in hello: it cannot tell them apart"),
        ("kind{1=hello,1=data}", "hello and data have the same tag 1"),
        ("kind{1=hello,2=hello}", "hello is declared twice"),
        ("kind{256=hello}", "the tag 256 does not fit its field, which holds 0 to 255"),
        ("kind{-1=hello}", "the tag -1 does not fit its field, which holds 0 to 255"),
        ("kind{NO=hello}", "NO is no constant that is known here"),
        (
            "kind{1=no}",
            "there is no struct no; the header defines hello, data, late, wide, head and 4 more"
        ),
        ("name{1=hello}", "name is char[4], not an integer: it cannot tell messages apart"),
        ("no{1=hello}", "hello has no field no; it has kind, seq, name"),
        ("packet{kind:1=no}", "no union of packet has a member no; there are hello, data"),
        ("hello{kind:1=no}", "hello has no union, so no can be no member of one"),
        ("kind{}", "expected a tag: a number or a constant's name, found “}”"),
        ("kind{1}", "expected “=” and a struct after the tag 1, found “}”"),
        ("kind{1=hello", "expected “}”, found the end"),
        ("kind{1=hello}x", "expected the end, found “x”"),
        ("{1=hello}", "expected a field that tells the messages apart, found “{”"),
    ])
    func `what cannot be meant is refused with the reason`(_ spelling: String, _ reason: String) throws {
        let error = #expect(throws: HeaderError.self) { try layout(spelling) }
        #expect(error.map { "\($0.reason)" } == reason)
    }

    @Test func `any text is a choice or an error`() throws {
        let header = try CHeader(source: source, file: "proto.h")
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("kind{}=,:.12 x'\t\u{E9}")
        for _ in 0..<2000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &generator)).map { _ in alphabet.randomElement()! }
            )
            if let choice = try? MessageChoice(spelled: text) { _ = try? header.layout(of: choice) }
        }
    }
}
