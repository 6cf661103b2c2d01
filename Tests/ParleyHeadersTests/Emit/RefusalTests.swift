import ParleyHeaders
import ParleyWire
import Testing

/// What a target cannot say is refused with the field and the reason; nothing is approximated.
@Suite struct RefusalTests {
    typealias Field = MessageLayout.Field

    private func expect(
        _ layout: MessageLayout,
        _ target: EmissionTarget,
        _ sentence: String,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        do throws(EmissionError) {
            let text = try layout.emitted(as: target)
            Issue.record("it was written:\n\(text)", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == sentence, sourceLocation: sourceLocation)
        }
    }

    private let note = MessageLayout(name: "note", packing: [Field("text", .tail(TailType(.text)))])

    private func bits(_ name: String, _ width: Int, _ kind: BitsType.Kind = .unsigned) -> Field {
        Field(name, .bits(BitsType(width: width, kind: kind)))
    }

    @Test func `C wants one size inside of structs`() {
        let outer = MessageLayout(name: "outer", packing: [Field("note", .message(note))])
        let sentence =
            "outer.note cannot be written as C: its size varies, and it stands inside of another message; "
            + "write it as a message of its own"
        expect(outer, .c, sentence)
        let list = MessageLayout(
            name: "list",
            packing: [Field("notes", .tail(TailType(.items(.message(note)))))]
        )
        let items = "its items differ in size, so that none but the first has an offset"
        expect(list, .c, "list.notes cannot be written as C: \(items)")
    }

    @Test func `nothing is no message`() {
        let empty = MessageLayout(name: "empty", packing: [])
        let sentence = "it has no bytes, and the target has no type for that"
        expect(empty, .c, "empty cannot be written as C: \(sentence)")
        expect(empty, .lua, "empty cannot be written as a Wireshark dissector: \(sentence)")
        expect(empty, .kaitai, "empty cannot be written as Kaitai Struct: \(sentence)")
    }

    @Test func `Swift keeps names, so it refuses those it cannot have`() throws {
        for name in ["self", "wireSize", "write"] {
            let layout = MessageLayout(name: "m", packing: [Field(name, .bool)])
            expect(
                layout,
                .swift,
                "m.\(name) cannot be written as @WireMessage: \u{201C}\(name)\u{201D} cannot be a name there: "
                    + "rename the field"
            )
        }
        let shadow = MessageLayout(name: "Bytes", packing: [Field("a", .bool)])
        #expect(throws: EmissionError.self) { try shadow.swiftSource() }
    }

    @Test func `numbers that Lua does not have`() {
        let kind = EnumerationType(
            name: "kind",
            integer: IntegerType(bytes: 8, isSigned: false),
            cases: [.init(name: "large", value: 1 << 60)],
            isOpen: true
        )
        expect(
            MessageLayout(name: "mm", packing: [Field("k", .enumeration(kind))]),
            .lua,
            "mm.k cannot be written as a Wireshark dissector: there is no number beyond 53 bits: Lua cannot name large"
        )
        expect(
            MessageLayout(name: "mm", packing: [bits("a", 4), bits("b", 64), bits("c", 4)]),
            .lua,
            "mm.b cannot be written as a Wireshark dissector: there is no bit field that touches nine bytes"
        )
    }

    @Test func `a name of one letter, which ends tshark, names no dissector`() throws {
        let layout = MessageLayout(name: "w", packing: [Field("a", .bool)])
        let error = #expect(throws: EmissionError.self) { try layout.wiresharkDissector() }
        #expect(error?.reason == .shortName("w"))
        #expect(error.map { "\($0)".contains("--name w_message") } == true)
        #expect(try layout.kaitaiStruct().contains("id: w"))
    }

    @Test(arguments: RefusalTests.filterWordsOfWireshark)
    func `words of display filters name no dissector`(_ word: String) throws {
        let layout = MessageLayout(name: word.uppercased(), packing: [Field("a", .bool)])
        let error = #expect(throws: EmissionError.self) { try layout.wiresharkDissector() }
        #expect(error?.reason == .filterWord(word))
        #expect(error.map { "\($0)".contains("--name \(word)_message") } == true)
        // Behind a name they are names as others are.
        let inner = MessageLayout(name: "mm", packing: [Field(word, .bool)])
        #expect(throws: Never.self) { try inner.wiresharkDissector() }
    }

    /// Those that end Wireshark 4.0.
    static let filterWordsOfWireshark = [
        "all", "any", "and", "or", "not", "eq", "ne", "gt", "lt", "ge", "le", "contains", "matches", "in",
        "xor", "true", "false", "bitwise_and", "any_eq", "all_ne",
    ]

    @Test func `the bit field that crosses bytes is the one that is named`() throws {
        let layout = MessageLayout(
            name: "m",
            packing: [bits("first", 4), bits("crosses", 8), bits("last", 4)]
        )
        let text = try layout.cHeader()
        #expect(text.contains("m.crosses") && !text.contains("m.first"), "\(text)")
    }

    @Test func `signed bits are none of Kaitai's`() {
        expect(
            MessageLayout(name: "m", packing: [bits("a", 8, .signed)]),
            .kaitai,
            "m.a cannot be written as Kaitai Struct: there is no signed bit field"
        )
    }

    @Test func `hostile names end neither comments nor strings`() throws {
        let name = "a */ b\"\\ \n--]] end"
        let layout = MessageLayout(name: name, packing: [Field(name, .bytes(count: 2))])
        let c = try layout.cHeader()
        #expect(!c.contains("a */ b"))
        #expect(try CHeader(source: c, file: "m.h").problems.isEmpty)
        let lua = try layout.wiresharkDissector()
        #expect(lua.split(separator: "\n").allSatisfy { !$0.hasPrefix("--]]") })
        #expect(throws: EmissionError.self) { try layout.swiftSource() }
    }
}
