import ParleyHeaders
import ParleyWire
import Testing

/// Tails that a field of the header counts.
@Suite struct CountedTailTests {
    private static let open = "#include <stdint.h>\nstruct s { uint32_t a; uint8_t n; char text[]; };"
    private static let counted =
        "#include <stdint.h>\nstruct s { uint32_t a; uint8_t n; char text[] __attribute__((counted_by(n))); };"

    private func layout(_ text: String, tail: String? = nil, of name: String = "s") throws(HeaderError)
        -> MessageLayout
    {
        try CHeader(source: text, file: "t.h", packing: .packed).layout(of: name, tail: tail)
    }

    @Test func `a tail that is said to be counted is the one that a line spells`() throws {
        let spelled = try MessageLayout(spelled: "a:u32 n:u8 text:text[n]")
        let said = try layout(Self.open, tail: "text[n]")
        #expect(said.fields == spelled.fields)
        #expect(try layout(Self.counted).fields == spelled.fields)
        #expect(try layout(Self.counted, tail: "text").fields == spelled.fields)
        #expect(Framing.following(said).isBackToBack)
    }

    @Test func `a tail of items is counted in items, one of bytes in bytes`() throws {
        for (type, unit) in [("uint16_t", CountUnit.items), ("unsigned char", .bytes), ("char", .bytes)] {
            let text = "#include <stdint.h>\nstruct s { uint8_t n; \(type) x[0]; };"
            guard case .tail(let tail)? = try layout(text, tail: "x[n]").fields.last?.type else {
                Issue.record("no tail")
                return
            }
            #expect(tail.count == .init(field: "n", unit: unit))
        }
    }

    @Test func `what says nothing, or nothing any more, is not counted`() throws {
        let open = try layout(Self.open)
        #expect(try layout(Self.open, tail: "text").fields == open.fields)
        #expect(try layout(Self.open, tail: "text[]").fields == open.fields)
        #expect(try layout(Self.counted, tail: "text[]").fields == open.fields)
    }

    @Test func `a field that cannot count is refused with those that can`() {
        func reason(_ text: String, _ tail: String?) -> HeaderError.Reason? {
            do throws(HeaderError) { _ = try layout(text, tail: tail) } catch { return error.reason }
            return nil
        }
        let known = ["a", "n"]
        #expect(
            reason(Self.open, "text[m]") == .notCounting("m", tail: "text", structure: "s", known: known)
        )
        #expect(
            reason(Self.open, "text[text]")
                == .notCounting("text", tail: "text", structure: "s", known: known)
        )
        let float = "struct s { float f; char text[] __attribute__((counted_by(f))); };"
        #expect(reason(float, nil) == .notCounting("f", tail: "text", structure: "s", known: []))
        #expect(reason(float, "text[]") == nil)
        #expect(reason(Self.open, "text[") == .unknownTail("text[", known: ["a", "n", "text"]))
    }

    @Test func `each struct that a field tells apart may count its own`() throws {
        let text = """
            #include <stdint.h>
            struct hello { uint8_t kind; uint16_t x; };
            struct say { uint8_t kind, n; char text[]; };
            """
        let header = try CHeader(source: text, file: "t.h", packing: .packed)
        let choice = try MessageChoice(spelled: "kind{1=hello,2=say}")
        let layout = try header.layout(of: choice, tails: ["text[n]"])
        // Unknown kinds are kept where messages have borders; on a stream the known ones cut it.
        #expect(!Framing.following(layout).isBackToBack)
        #expect(Framing.following(layout, refusingUnknownTags: true).isBackToBack)
        #expect(throws: HeaderError.self) { try header.layout(of: choice, tails: ["word[n]"]) }
    }
}
