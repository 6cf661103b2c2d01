import Foundation
import ParleyText
import ParleyWire
import Testing

@testable import ParleyCommand

/// `--number`: where the number of a message lies.
@Suite struct NumberFieldTests {
    private static let header = """
        #include <stdint.h>
        struct head { uint8_t kind; uint16_t seq; uint8_t flags:4, rest:4; } __attribute__((packed));
        struct hello { struct head h; char name[4]; } __attribute__((packed));
        struct data { struct head h; uint32_t own; } __attribute__((packed));
        union both { uint32_t a; uint8_t b[4]; };
        struct odd { uint8_t kind; uint8_t pad; uint32_t own; union both u; } __attribute__((packed));
        """

    private static func form(_ structure: String) throws -> Form {
        let folder = try Folder()
        try folder.write("n.h", header)
        return try FormReader(spelling: folder.url.appending(path: "n.h").path + ":" + structure).read().form
    }

    private static func parcel(_ form: Form, _ words: String...) throws -> Parcel {
        try MessageReader(form: form).message(arguments: words)
    }

    private static func number(_ field: NumberField, _ parcel: Parcel) -> UInt64? {
        guard case .fit(.message(let message)) = parcel.content else { return nil }
        return field.number(in: message)
    }

    @Test func `a field in a struct is read and written in its bytes`() throws {
        let form = try Self.form("hello")
        let field = try NumberField(["h.seq"], in: form)
        #expect(field.bits == 16)
        var parcel = try Self.parcel(form, "h.kind=1", "h.seq=0x0102", "h.flags=0", "h.rest=0", "name=Li")
        #expect(Self.number(field, parcel) == 0x0102)
        #expect(field.write(0x1_FFFE, into: &parcel))
        #expect(Array(parcel.bytes[..<4]) == [1, 0xFF, 0xFE, 0])
    }

    @Test func `a field of little order is written in it`() throws {
        let form = try FormReader(spelling: "a:u8 seq:u32", byteOrder: .little).read().form
        let field = try NumberField(["seq"], in: form)
        var parcel = try Self.parcel(form, "a=1", "seq=1")
        #expect(field.write(0x0102_0304, into: &parcel))
        #expect(parcel.bytes == [1, 4, 3, 2, 1])
    }

    @Test func `a field that all kinds have is found in each, and others are named by kind`() throws {
        let form = try Self.form("h.kind{1=hello,2=data}")
        let hello = try Self.parcel(
            form,
            "hello.h.seq=7",
            "hello.h.flags=0",
            "hello.h.rest=0",
            "hello.name=a"
        )
        let data = try Self.parcel(form, "data.h.seq=8", "data.h.flags=0", "data.h.rest=0", "data.own=9")
        let shared = try NumberField(["h.seq"], in: form)
        #expect(Self.number(shared, hello) == 7 && Self.number(shared, data) == 8)
        let one = try NumberField(["data.own"], in: form)
        #expect(Self.number(one, hello) == nil && Self.number(one, data) == 9)
        var other = hello
        #expect(!one.write(1, into: &other) && other.bytes == hello.bytes)
        let both = try NumberField(["hello.h.seq", "data.h.seq"], in: form)
        #expect(Self.number(both, hello) == 7 && Self.number(both, data) == 8)
    }

    @Test(arguments: [
        ("h.kind{1=hello,2=data}", ["seq"], "has no field seq", "Did you mean h.seq?"),
        ("h.kind{1=hello,2=data}", ["data.h.sqe"], "has no field data.h.sqe", "Did you mean data.h.seq"),
        ("h.kind{1=hello,2=data}", ["own"], "not all kinds of messages have it", "--number data.own"),
        ("h.kind{1=hello,2=data}", ["hello.h.seq", "data.own"], "has 16 bits and data.own 32", "one width"),
        ("h.kind{1=hello,2=data}", ["h.seq", "data.own"], "data has a number already", "one field for each"),
        (
            "hello", ["h.flags"], "an integer of 1, 2, 4 or 8 bytes, and this is u4",
            "Known are: h.kind, h.seq."
        ),
        ("hello", ["h"], "an integer of 1, 2, 4 or 8 bytes", "h.kind"),
        ("hello", ["name"], "an integer of 1, 2, 4 or 8 bytes", "h.seq"),
        ("hello", ["h.seq.x"], "has no field h.seq.x", "Did you mean h.seq?"),
        ("odd", ["u.a"], "lies in a union", "Known are: kind, pad, own."),
    ])
    func `what cannot be a number is refused with what can`(
        _ structure: String,
        _ fields: [String],
        _ cause: String,
        _ remedy: String
    ) throws {
        let form = try Self.form(structure)
        let ending = #expect(throws: Ending.self) { try NumberField(fields, in: form) }
        #expect(ending?.message?.contains(cause) == true, "\(ending!)")
        #expect(ending?.remedy?.contains(remedy) == true, "\(ending!)")
        #expect(ending?.code == 64)
    }

    @Test func `text has no fields`() {
        #expect(throws: Ending.self) { try NumberField(["seq"], in: .lines) }
    }
}
