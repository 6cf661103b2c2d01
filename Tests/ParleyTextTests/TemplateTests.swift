import ParleyText
import ParleyWire
import Testing

/// Answers written once and filled in for each question.
@Suite struct TemplateTests {
    private let score = CompiledLayout(
        MessageLayout(
            name: "score",
            packing: [
                .init("name", .bytes(count: 13)), .init("math", .integer(.init(bytes: 4, isSigned: false))),
            ]
        )
    )
    private let packet = CompiledLayout(
        MessageLayout(
            name: "packet",
            packing: [],
            variants: .init(
                tag: .init(bytes: 1, isSigned: false),
                tagName: "kind",
                placement: .before,
                cases: [
                    .init(
                        tag: 1,
                        name: "hello",
                        layout: MessageLayout(
                            name: "hello",
                            packing: [
                                .init("seq", .integer(.init(bytes: 2, isSigned: false))),
                                .init(
                                    "list",
                                    .array(of: .integer(.init(bytes: 1, isSigned: false)), count: 2)
                                ),
                            ]
                        )
                    ),
                    .init(
                        tag: 2,
                        name: "data",
                        layout: MessageLayout(
                            name: "data",
                            packing: [
                                .init("seq", .integer(.init(bytes: 2, isSigned: false))),
                                .init("body", .tail(TailType(.text))),
                            ]
                        )
                    ),
                ],
                isOpen: true
            )
        )
    )

    private func answer(
        _ arguments: [String],
        to values: FieldValues,
        _ question: CompiledLayout,
        as answer: CompiledLayout? = nil
    ) throws -> DynamicMessage? {
        try MessageTemplate(arguments, answering: question, as: answer ?? question)
            .answer(to: try DynamicMessage(as: question, values: values))
    }

    @Test func `what is not assigned is the question's`() throws {
        let given: FieldValues = [
            "name": .bytes(Array("Li".utf8) + Array(repeating: 0, count: 11)), "math": 7,
        ]
        let answer = try #require(try answer(["math=100"], to: given, score))
        #expect(answer["name"]?.string == "Li")
        #expect(answer["math"] == .unsigned(100))
        #expect(try self.answer([], to: given, score)?["math"] == .unsigned(7))
    }

    @Test func `a template that repeats a large question is refused before its answer is built`() throws {
        let body = CompiledLayout(MessageLayout(name: "t", packing: [.init("t", .tail(TailType(.text)))]))
        let given: FieldValues = ["t": .bytes(Array(repeating: UInt8(ascii: "a"), count: 9 << 20))]
        #expect(try answer(["t={t}."], to: given, body)?["t"]?.string?.utf8.count == 9 << 20 | 1)
        let error = #expect(throws: MessageTextError.self) {
            try answer(["t=" + String(repeating: "{t}", count: 400)], to: given, body)
        }
        // Two of the 400 are more than is allowed, and no third one was looked at.
        #expect("\(try #require(error))".contains("\(18 << 20)"))
    }

    @Test func `each kind has its own answer`() throws {
        let rules = ["hello:", "data.seq={seq}", "data.body=hi {hello.seq} {{seq}} {x y} {list}", "data:"]
        let hello: FieldValues = ["hello": ["seq": 5, "list": [1, 2]]]
        let first = try #require(try answer(rules, to: hello, packet))
        #expect(first["data"] == ["seq": .unsigned(5), "body": .bytes(Array("hi 5 {seq} {x y} [1,2]".utf8))])
        let data: FieldValues = ["data": ["seq": 9, "body": "abc"]]
        #expect(try answer(rules, to: data, packet)?["data"] == ["seq": .unsigned(9), "body": "abc"])
        #expect(try answer(["data:"], to: hello, packet) == nil)
        let unknown: FieldValues = ["kind": 9, "bytes": .bytes([1])]
        #expect(try answer(["data:"], to: unknown, packet) == nil)
        #expect(try answer(["data.seq=1"], to: unknown, packet) == nil)
    }

    @Test(arguments: ["@/etc/hostname", "hex:00ff", "text:x", "{name}", "{{math}}"])
    func `what strangers send is text and nothing else`(_ text: String) throws {
        let given: FieldValues = ["data": ["seq": 1, "body": .text(text)]]
        for template: String in ["data.body={body}", "data.body={body}!", "data.body=!{body}"] {
            let answer = try #require(try answer(["data:", template], to: given, packet))
            guard case .message(let fields)? = answer["data"] else { return }
            #expect(fields["body"]?.string == String(template.dropFirst(10)).replacing("{body}", with: text))
        }
    }

    @Test func `values keep their kind and must fit`() throws {
        let hello: FieldValues = ["hello": ["seq": 300, "list": [1, 2]]]
        let narrow = CompiledLayout(
            MessageLayout(name: "narrow", packing: [.init("n", .integer(.init(bytes: 1, isSigned: false)))])
        )
        #expect(throws: MessageTextError.self) { try answer(["n={seq}"], to: hello, packet, as: narrow) }
        #expect(try answer(["hello:", "n={list[1]}"], to: hello, packet, as: narrow)?.bytes == [2])
        #expect(throws: MessageTextError.self) {
            try answer(["hello:", "n={list[7]}"], to: hello, packet, as: narrow)
        }
        #expect(try answer(["hello:", "n=1{list[0]}"], to: hello, packet, as: narrow)?.bytes == [11])
    }

    @Test(arguments: [
        (["helo:"], "there is no kind helo; there are hello, data"),
        (["hello:", "data.seq={nam}"], "data.seq: the question has no field nam; it has seq, list"),
        (["hello:", "hello:"], "hello is given twice"),
        (["hello:", "data.seq=1", "data.seq=2"], "data.seq is given twice"),
        (["data.seq=1", "hello:", "data.body=x"], nil),
        (
            ["hello:", "data.seq={seq", "data.body=x"],
            "data.seq: “{seq” has no closing brace; a field of the question is written {seq}"
        ),
        (
            ["hello:", "data.seq=1", "data.body={seq} and {seq again"],
            "data.body: “{seq” has no closing brace; a field of the question is written {seq}"
        ),
    ])
    func `mistakes are found before the first question`(_ rules: [String], _ reason: String?) {
        let error = #expect(throws: MessageTextError.self) {
            try MessageTemplate(rules, answering: packet, as: packet)
        }
        if let reason { #expect(error.map { "\($0)" } == reason) }
    }

    /// Assignments to `flag list seq text`, and what is said of the field.
    @Test(arguments: [
        ("seq=70000", "seq: 70000 is outside 0...65535"),
        ("seq=-1", "seq: -1 is outside 0...65535"),
        ("list=1,300", "list[1]: 300 is outside 0...255"),
        ("list[1]=300", "list[1]: 300 is outside 0...255"),
        ("list=1", "list: "),
        ("label=abcde", "label: "),
        ("flag={body}", "flag: "),
        ("flag={seq}", "flag: "),
        ("list={body}", "list: "),
        ("list={seq},{seq}", "list: "),
        ("low=8", "low: 8 is outside 0...7"), ("on={body}", "on: "), ("low=7", nil), ("on=1", nil),
        ("wide=4096", "wide: 4096 is outside 0...4095"), ("wide={seq}", nil), ("on=true", nil),
        ("flag=true", nil), ("seq=65535", nil), ("seq={body}", nil), ("label={body}", nil),
        ("label={", nil), ("label={1}", nil), ("list=1,2", nil),
    ])
    func `what can never be sent is found before the first question`(_ argument: String, _ start: String?) {
        let integer = FieldType.integer(.init(bytes: 2, isSigned: false))
        let question = CompiledLayout(
            MessageLayout(name: "q", packing: [.init("seq", integer), .init("body", .tail(TailType(.text)))])
        )
        let whole: [(String, String)] = [
            ("flag", "flag=true"), ("list", "list=1,2"), ("seq", "seq=1"), ("label", "label=a"),
            ("low", "low=1"), ("on", "on=0"), ("wide", "wide=2"),
        ]
        let others = whole.filter { !argument.hasPrefix($0.0) }.map(\.1)
        let list = argument.hasPrefix("list[1]") ? ["list[0]=1"] : []
        let answer = CompiledLayout(
            MessageLayout(
                name: "a",
                packing: [
                    .init("flag", .bool),
                    .init("list", .array(of: .integer(.init(bytes: 1, isSigned: false)), count: 2)),
                    .init("seq", integer), .init("label", .text(capacity: 4)),
                    .init("low", .bits(BitsType(width: 3, order: .little))),
                    .init("on", .bits(BitsType(width: 1, order: .little, kind: .bool))),
                    .init("wide", .bits(BitsType(width: 12, order: .little))),
                ]
            )
        )
        do throws(MessageTextError) {
            _ = try MessageTemplate(others + list + [argument], answering: question, as: answer)
            #expect(start == nil)
        } catch {
            #expect(start.map { "\(error)".hasPrefix($0) } == true, "\(error)")
        }
    }

    @Test func `files are read once, when the template is`() throws {
        let counter = Counter()
        let template = try MessageTemplate(["data.body=@f", "data.seq=2"], answering: packet, as: packet) {
            _ in
            counter.count += 1
            return [65]
        }
        let message = try DynamicMessage(as: packet, values: ["data": ["seq": 1, "body": "x"]])
        for _ in 0..<3 { #expect(try template.answer(to: message)?.bytes == [2, 0, 2, 65]) }
        #expect(counter.count == 1)
    }

    private final class Counter: @unchecked Sendable { var count = 0 }
}
