import ParleyWire
import Testing

/// Where messages carry their number.
@Suite struct NumberingTests {
    private static func integer(_ bytes: Int, _ order: ByteOrder = .big, signed: Bool = false) -> FieldType {
        .integer(IntegerType(bytes: bytes, isSigned: signed, order: order))
    }

    private static let head = MessageLayout(
        name: "head",
        packing: [.init("kind", integer(1)), .init("seq", integer(2, .little)), .init("size", integer(2))]
    )

    /// The bytes live as long as they are looked at.
    private func number(_ numbering: MessageNumbering, _ bytes: [UInt8]) -> UInt64? {
        unsafe numbering.number(in: bytes.span.bytes)
    }

    private static func message(_ second: FieldType) -> MessageLayout {
        MessageLayout(name: "message", packing: [.init("h", .message(head)), .init("value", second)])
    }

    @Test func `a field inside of another message lies at its byte, in its order`() throws {
        let layout = try Self.message(Self.integer(4)).numbered(by: "h.seq")
        let numbering = try #require(layout.numbering)
        var bytes: [UInt8] = [1, 0x34, 0x12, 0, 9, 0, 0, 0, 7]
        #expect(number(numbering, bytes) == 0x1234)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        #expect(numbering.setNumber(0xF_FEDC, in: &raw))
        #expect(bytes == [1, 0xDC, 0xFE, 0, 9, 0, 0, 0, 7])
        // What ends before it has none.
        #expect(number(numbering, [1, 2]) == nil)
        #expect(Self.message(Self.integer(4)).numbering == nil)
    }

    @Test(arguments: [1, 2, 4, 8], [ByteOrder.big, .little])
    func `every width and order is written as it is read`(bytes: Int, order: ByteOrder) throws {
        let layout = try MessageLayout(
            name: "m",
            packing: [.init("a", Self.integer(1)), .init("n", Self.integer(bytes, order, signed: true))]
        ).numbered(by: "n")
        let numbering = try #require(layout.numbering)
        for value: UInt64 in [0, 1, 0x80, 0xFF, 0x0102_0304_0506_0708, .max] {
            var message = [UInt8](repeating: 0xAA, count: 1 + bytes)
            var span = message.mutableSpan
            var raw = unsafe span.mutableBytes
            #expect(numbering.setNumber(value, in: &raw))
            let read = number(numbering, message)
            #expect(read == value & (.max >> UInt64(64 - 8 * bytes)))
            #expect(message[0] == 0xAA)
        }
    }

    @Test func `kinds carry it each at its own place, and some not at all`() throws {
        let variants = MessageLayout.Variants(
            tag: IntegerType(bytes: 2, isSigned: false),
            tagName: "kind",
            placement: .before,
            cases: [
                .init(
                    tag: 1,
                    name: "ask",
                    layout: MessageLayout(name: "ask", packing: [.init("n", Self.integer(2))])
                ),
                .init(
                    tag: 2,
                    name: "tell",
                    layout: MessageLayout(
                        name: "tell",
                        packing: [.init("x", Self.integer(4)), .init("n", Self.integer(2))]
                    )
                ),
                .init(tag: 3, name: "bye", layout: MessageLayout(name: "bye", packing: [])),
            ],
            isOpen: false
        )
        let layout = MessageLayout(name: "packet", packing: [], variants: variants)
        let numbering = try #require(try layout.numbered(by: "n").numbering)
        #expect(number(numbering, [0, 1, 0, 5]) == 5)
        #expect(number(numbering, [0, 2, 9, 9, 9, 9, 0, 6]) == 6)
        #expect(number(numbering, [0, 3, 0, 5]) == nil)
        #expect(number(numbering, [0]) == nil)
        // By the name of one kind it is that one's alone.
        let one = try #require(try layout.numbered(by: "tell.n").numbering)
        #expect(number(one, [0, 1, 0, 5]) == nil)
        #expect(number(one, [0, 2, 9, 9, 9, 9, 0, 6]) == 6)
    }

    @Test func `what cannot carry a number says what can`() {
        let layout = MessageLayout(
            name: "m",
            packing: [
                .init("h", .message(Self.head)), .init("text", .text(capacity: 4)),
                .init("r", Self.integer(4), role: .reserved),
            ]
        )
        func sentence(_ path: String) -> String? {
            do throws(NumberingError) {
                _ = try layout.numbered(by: path)
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(sentence("seq") == "m has no field seq: a number can be carried by h.kind, h.seq, h.size.")
        #expect(
            sentence("text")
                == "text is char[4]: a number needs an integer of 8, 16, 32 or 64 bits with bytes of its own."
        )
        #expect(
            sentence("r")
                == "r is no field to write to: it counts, is reserved, or says the same in every message; name another."
        )
        #expect(sentence("") == "m has no field : a number can be carried by h.kind, h.seq, h.size.")
        #expect(sentence("h.seq") == nil)
    }
}
