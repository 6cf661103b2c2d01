import Testing

/// Every sentence stands on the right node and says what to do.
@Suite struct FieldDiagnosticsTests {
    private func sentences(_ member: String) -> [String] {
        Expansion(of: "@WireMessage struct Message {\n\(member)\n}").sentences
    }

    @Test(arguments: [
        ("Int", "Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"),
        ("UInt", "UInt has 8 bytes here and 4 elsewhere: say UInt32 or UInt64"),
        ("Swift.Int", "Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"),
        ("CLong", "C's long has 8 bytes here and 4 elsewhere: say Int32 or Int64"),
        ("CChar", "C's char is signed here and unsigned elsewhere: say Int8 or UInt8"),
        ("String", "String has no fixed size: say CString<n> for a field, TailText for the tail"),
        ("Character", "a Character has no fixed size: say UInt8 for ASCII, UInt32 for Unicode"),
        ("UInt32?", "no byte says that nothing is there: add a Bool field, or say which value means none"),
        ("UInt32!", "no byte says that nothing is there: add a Bool field, or say which value means none"),
        (
            "Optional<UInt8>",
            "no byte says that nothing is there: add a Bool field, or say which value means none"
        ),
        (
            "(UInt8, UInt8)",
            "a tuple has no agreed layout: make it a @WireMessage struct, or [n of T] for an array"
        ),
        (
            "[UInt8: UInt8]",
            "a dictionary has no order on the wire: use an array of @WireMessage structs as the tail"
        ),
        ("Set<UInt8>", "a set has no order on the wire: use an array as the tail"),
        ("Float16", "Float16 has no C type to agree with: say Float, or UInt16 for its bit pattern"),
        ("CGFloat", "CGFloat has 8 bytes here and 4 elsewhere: say Float or Double"),
        ("Int128", "C has no 128-bit integer to agree with: say two UInt64 fields or Bytes<16>"),
        ("Data", "Data has no fixed size: say Bytes<n> for a field, [UInt8] for the tail"),
        ("any Sendable", "any and some hide the width: name the type, or use a @WireMessage(tag:) enum"),
        ("() -> Void", "a function has no bytes: keep it out of the message"),
    ])
    func `a type without agreed bytes`(type: String, sentence: String) {
        #expect(sentences("var field: \(type)") == ["\(type): \(sentence)"])
    }

    @Test(arguments: ["[Int]", "[3 of Int]", "LittleEndian<Int>", "ByteCount<Int>", "InlineArray<3, Int>"])
    func `the type inside another one`(type: String) {
        #expect(
            sentences("var field: \(type)") == [
                "Int: Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"
            ]
        )
    }

    @Test func `a message has one number, which varies and has bytes of its own`() {
        #expect(
            sentences("var a: MessageNumber<UInt16>\nvar b: MessageNumber<UInt8>")
                == ["b: a message has one number: make b an integer"]
        )
        #expect(
            sentences("let a: MessageNumber<UInt16> = 3")
                == ["MessageNumber<UInt16>: a number differs from message to message: say var"]
        )
        #expect(
            sentences("@Bits(3) var a: MessageNumber<UInt16>")
                == ["MessageNumber<UInt16>: a message's number is made of whole bytes: say a without @Bits"]
        )
        #expect(
            sentences("var a: MessageNumber<Int>") == [
                "Int: Int has 8 bytes here and 4 elsewhere: say Int32 or Int64"
            ]
        )
    }

    @Test func `an editor can put the type in its place`() {
        let expansion = Expansion(of: "@WireMessage struct Message { var a: Int\n var b: String }")
        #expect(
            expansion.remedies == [
                "Int -> Int32", "Int -> Int64", "String -> CString<<#capacity#>>", "String -> TailText",
            ]
        )
    }

    @Test func `a literal has no width`() {
        #expect(
            sentences("var level = 5")
                == ["level = 5: a literal has no width: say the type of level, such as UInt32"]
        )
        #expect(
            sentences("let level = 5")
                == ["level = 5: a literal has no width: say the type of level, such as UInt32"]
        )
    }

    @Test func `fields are declared one by one`() {
        #expect(
            sentences("var (a, b): (UInt8, UInt8)")
                == ["(a, b): declare the fields one by one, each with its type"]
        )
    }

    @Test func `a field lies in the message itself`() {
        #expect(
            sentences("lazy var a: UInt8 = 1")
                == ["lazy: a field lies in the message itself: remove lazy"]
        )
        #expect(sentences("weak var a: Peer") == ["weak: a field lies in the message itself: remove weak"])
    }

    @Test func `a tail is last`() {
        for type in ["[UInt8]", "Array<UInt8>", "TailText"] {
            #expect(
                sentences("var body: \(type)\nvar end: UInt8") == [
                    "body: body has no fixed size and must be the last field: move it to the end or say [n of T]"
                ]
            )
        }
    }

    @Test func `a count needs a tail, and is alone`() {
        #expect(
            sentences("var length: ByteCount<UInt8>\nvar end: UInt8")
                == ["length: length counts nothing: end the message with a tail ([UInt8], [T] or TailText)"]
        )
        #expect(
            sentences("var a: ByteCount<UInt8>\nvar b: ItemCount<UInt8>\nvar body: [UInt8]")
                == ["b: a counts the tail already: one count is enough, make this one a number"]
        )
    }

    @Test func `a constant is no array`() {
        #expect(
            sentences("let body: [UInt8] = [1]")
                == ["[UInt8]: a constant is a number, an enum case, CString or Bytes: say var, or Bytes<n>"]
        )
    }

    @Test func `generated members keep their names`() {
        #expect(
            sentences("var wireSize: UInt32")
                == ["wireSize: wireSize is the name of a generated member: rename the field"]
        )
    }

    @Test func `fields do not depend on conditions`() {
        let sentences = sentences("#if DEBUG\nvar a: UInt8\n#endif")
        #expect(sentences.count == 1)
        #expect(
            sentences[0].hasSuffix("fields under #if would give two layouts one name: declare two messages")
        )
        #expect(self.sentences("var b: UInt8\n#if DEBUG\nvar a: UInt8 { 1 }\n#endif").isEmpty)
    }

    @Test func `a message is a value`() {
        #expect(
            Expansion(of: "@WireMessage final class Message { var a: UInt8 = 1 }").sentences
                == ["class: a message is a value: make it a struct, or an enum with @WireMessage(tag:)"]
        )
    }

    @Test func `computed, static and observed properties are fine`() {
        #expect(
            sentences(
                """
                static let table = [1, 2]
                static var name: String { "" }
                var text: String { "" }
                var both: Int { get { 1 } set { } }
                var level: UInt8 { didSet { } }
                private var hidden: UInt8
                let reserved = Reserved<2>()
                """
            ).isEmpty
        )
    }
}
