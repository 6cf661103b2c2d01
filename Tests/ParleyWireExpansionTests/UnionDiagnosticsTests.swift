import Testing

@Suite struct UnionDiagnosticsTests {
    private func sentences(_ members: String, _ arguments: String = "tag: UInt8.self") -> [String] {
        Expansion(of: "@WireMessage(\(arguments)) enum Packet {\n\(members)\n}").sentences
    }

    @Test func `each case has a tag of its own`() {
        let source =
            "@WireMessage(tag: UInt8.self) enum P {\n@Tag(1) case a(A)\ncase b(B)\n@Tag(2) case c(C)\n}"
        let expansion = Expansion(of: source)
        #expect(expansion.sentences == ["b: b needs the number that tells it apart: say @Tag(3) case b"])
        #expect(expansion.remedies == ["case b(B) -> @Tag(3) case b(B)"])
        #expect(
            sentences("@Tag(1) case a(A)\n@Tag(0x01) case b(B)")
                == ["0x01: a has the tag 1 already: give each case its own"]
        )
        #expect(
            sentences("@Tag(Kind.a) case a(A)\n@Tag(Kind.a) case b(B)")
                == ["Kind.a: a has the tag Kind.a already: give each case its own"]
        )
        #expect(
            sentences("@Tag(1) @Tag(2) case a(A)")
                == ["@Tag(2): a case has one tag: remove this one, or add a case for it"]
        )
        #expect(
            sentences("@Tag(1) case a(A), b(B)") == [
                "b(B): one tag tells one case: declare the cases one by one"
            ]
        )
    }

    @Test func `a tag fits its type`() {
        #expect(
            sentences("@Tag(256) case a(A)")
                == ["256: 256 does not fit into UInt8: widen the tag or choose another"]
        )
        #expect(
            sentences("@Tag(65536) case a(A)", "tag: LittleEndian<UInt16>.self")
                == ["65536: 65536 does not fit into LittleEndian<UInt16>: widen the tag or choose another"]
        )
        #expect(sentences("@Tag(-1) case a(A)") == ["-1: a tag is an unsigned number: write its bit pattern"])
        #expect(
            sentences("@Tag(1) case a(A)", "tag: Int16.self")
                == ["Int16.self: a tag is an unsigned number of fixed width: say UInt16.self"]
        )
    }

    @Test func `Swift's raw values do not go with payloads`() {
        #expect(
            sentences("case a(A) = 7")
                == ["= 7: Swift allows no raw value beside a payload: say @Tag(7) case a"]
        )
    }

    @Test func `a case carries one message`() {
        #expect(
            sentences("@Tag(1) case a(A, B)")
                == ["B: a case carries one message: put the values into a @WireMessage struct"]
        )
        #expect(
            sentences("@Tag(1) case a(Int)") == [
                "Int: Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"
            ]
        )
        #expect(
            sentences("@Tag(1) case a", "tag: UInt8.self, at: 1")
                == ["a: a has no payload that could hold the tag: give it one, or leave out at:"]
        )
    }

    @Test func `the case for unknown tags has one spelling`() {
        let sentence = """
            unknown: the case for other tags is spelled unknown(tag: UInt8, [UInt8]); all others need a @Tag
            """
        #expect(sentences("@Tag(1) case a(A)\ncase unknown([UInt8])") == [sentence])
        #expect(sentences("@Tag(1) case a(A)\ncase unknown") == [sentence])
        #expect(sentences("@Tag(1) case a(A)\ncase unknown(tag: UInt8, [UInt8])").isEmpty)
    }

    @Test func `an enum says which tag it has`() {
        #expect(
            Expansion(of: "@WireMessage enum Packet { @Tag(1) case a(A) }").sentences
                == ["@WireMessage: say which type the tag has, as in @WireMessage(tag: UInt8.self)"]
        )
        #expect(
            Expansion(of: "@WireMessage enum Colour: UInt8 { case red }").sentences == [
                """
                @WireMessage: an enum of numbers is a field, not a message: remove @WireMessage and say \
                Colour: UInt8, WireValue
                """
            ]
        )
        #expect(
            sentences("", "tag: UInt8.self") == [
                "Packet: there is nothing to tell apart: add cases, each with its @Tag"
            ]
        )
        #expect(
            sentences("@Tag(1) case a(A)", "tag: width") == [
                "width: name the tag's type here, as in tag: UInt8.self"
            ]
        )
        #expect(
            sentences("@Tag(1) case a(A)", #"tag: UInt8.self, named: "\(x)""#)
                == [#""\(x)": write the tag's name as a plain literal"#]
        )
    }

    @Test func `tags belong to enums`() {
        let sentences = Expansion(of: "@WireMessage(tag: UInt8.self) struct Message { var a: UInt8 }")
            .sentences
        #expect(
            sentences == [
                """
                @WireMessage(tag: UInt8.self): a tag tells the cases of an enum apart: make it an enum, or say \
                @WireMessage alone
                """
            ]
        )
        #expect(
            Expansion(of: "struct S { @Tag(1) var a: UInt8 }").sentences
                == ["@Tag(1): @Tag belongs to a case of a @WireMessage(tag:) enum: remove it"]
        )
    }
}
