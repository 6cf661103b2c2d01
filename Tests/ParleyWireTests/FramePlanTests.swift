import ParleyTypes
import ParleyWire
import Testing

/// Streams that are cut by what the layout of their messages says.
@Suite(.timeLimit(.minutes(5))) struct FramePlanTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var layout: MessageLayout
        var messages: [[UInt8]]

        init(_ name: String, _ layout: MessageLayout, _ messages: [[UInt8]]) {
            testDescription = name
            self.layout = layout
            self.messages = messages
        }
    }

    private static func integer(_ bytes: Int, _ order: ByteOrder = .big, isSigned: Bool = false) -> FieldType
    {
        .integer(IntegerType(bytes: bytes, isSigned: isSigned, order: order))
    }

    private static func counted(
        _ element: TailType.Element,
        by unit: CountUnit,
        _ count: FieldType = integer(1)
    ) -> MessageLayout {
        let tail = TailType(element, count: TailType.Count(field: "n", unit: unit))
        return MessageLayout(
            name: "counted",
            packing: [.init("a", integer(2)), .init("n", count, role: .count), .init("tail", .tail(tail))]
        )
    }

    static let text = counted(.text, by: .bytes)
    /// A union of a fixed message and a counted one, behind a field.
    static let union = MessageLayout(
        name: "union",
        packing: [.init("id", integer(1))],
        variants: .init(
            tag: IntegerType(bytes: 2, isSigned: false, order: .little),
            tagName: "kind",
            placement: .before,
            cases: [
                .init(tag: 1, name: "ping", layout: MessageLayout(name: "ping", packing: [])),
                .init(tag: 2, name: "text", layout: text),
                .init(
                    tag: 3,
                    name: "pair",
                    layout: MessageLayout(name: "pair", packing: [.init("x", integer(4))])
                ),
            ],
            isOpen: false
        )
    )
    static let choice = MessageLayout(
        name: "choice",
        packing: [],
        variants: .init(
            tag: IntegerType(bytes: 1, isSigned: false),
            tagName: "a",
            placement: .inside(offset: 1),
            cases: [
                .init(tag: 1, name: "text", layout: text),
                .init(
                    tag: 2,
                    name: "pair",
                    layout: MessageLayout(name: "pair", packing: [.init("x", integer(4))])
                ),
            ],
            isOpen: false
        )
    )
    static let listOfUnions = counted(.items(.message(union)), by: .items, integer(2, .little))
    static let lists = counted(.items(.message(counted(.items(.message(text)), by: .items))), by: .items)

    static let samples = [
        Sample("text", text, [[0, 0, 0], [1, 2, 3, 65, 66, 67], [0, 0, 1, 9]]),
        Sample(
            "items of 4 bytes",
            counted(.items(integer(4)), by: .items),
            [[0, 0, 1, 1, 2, 3, 4], [7, 7, 0]]
        ),
        Sample("bytes of items", counted(.items(.message(text)), by: .bytes), [[0, 0, 4, 1, 2, 1, 65]]),
        Sample(
            "bytes of the message",
            counted(.bytes, by: .messageBytes, integer(2, .little)),
            [[1, 1, 4, 0], [1, 1, 7, 0, 5, 5, 5]]
        ),
        Sample(
            "items that vary",
            counted(.items(.message(text)), by: .items),
            [
                [0, 0, 0], [0, 0, 2, 1, 1, 0, 2, 2, 2, 65, 66], [0, 0, 1, 1, 1, 1, 65],
            ]
        ),
        Sample(
            "union",
            union,
            [[9, 1, 0], [9, 2, 0, 1, 1, 2, 65, 66], [9, 3, 0, 1, 2, 3, 4], [8, 1, 0]]
        ),
        Sample("choice", choice, [[0, 1, 2, 65, 66], [0, 2, 9, 9], [5, 1, 0]]),
        Sample(
            "list of unions",
            listOfUnions,
            [
                [0, 0, 3, 0, 9, 1, 0, 9, 2, 0, 1, 1, 1, 65, 9, 3, 0, 1, 2, 3, 4], [0, 0, 0, 0],
            ]
        ),
        Sample(
            "lists of lists",
            lists,
            [
                [0, 0, 2, 1, 1, 0, 2, 2, 2, 1, 1, 1, 65, 3, 3, 0], [0, 0, 0], [0, 0, 1, 5, 5, 0],
            ]
        ),
        Sample(
            "a message that varies, last",
            MessageLayout(name: "outer", packing: [.init("h", integer(4)), .init("inner", .message(text))]),
            [[1, 2, 3, 4, 0, 0, 2, 65, 66]]
        ),
        Sample(
            "an array of messages that vary",
            MessageLayout(
                name: "outer",
                packing: [.init("h", integer(1)), .init("two", .array(of: .message(text), count: 2))]
            ),
            [[1, 0, 0, 1, 65, 0, 0, 0], [2, 0, 0, 0, 0, 0, 2, 66, 67]]
        ),
    ]

    @Test(arguments: samples)
    func `any split of the bytes gives the same frames`(sample: Sample) throws {
        let framing = Framing.following(sample.layout)
        #expect(framing.isBackToBack)
        let messages = sample.messages + sample.messages.reversed()
        let stream = messages.flatMap { $0 }
        for step in [1, 2, 3, 5, 16, stream.count] {
            #expect(try frames(of: stream, by: framing, step: step) == messages)
            #expect(try frames(resuming: stream, by: framing, step: step) == messages)
        }
    }

    @Test(arguments: samples)
    func `what is cut off is a message, and may be sent`(sample: Sample) throws {
        let compiled = CompiledLayout(sample.layout)
        let framing = Framing.following(sample.layout)
        for message in sample.messages {
            _ = unsafe try DynamicMessage(decoding: message.span.bytes, as: compiled)
            try check(message, by: framing)
            #expect(throws: FramingError.self) { try check(message + [0], by: framing) }
            #expect(throws: FramingError.self) { try check(message.dropLast(), by: framing) }
            for count in 1..<message.count {
                let refused = #expect(throws: FramingError.self) {
                    _ = try cut(message[..<count], by: framing, atEnd: true)
                }
                guard case .endsInside(let missing, _)? = refused else {
                    Issue.record("\(String(describing: refused))")
                    continue
                }
                #expect((1...message.count - count).contains(missing))
            }
        }
    }

    @Test(arguments: samples)
    func `whatever comes is a message's length, a wait or an error`(sample: Sample) {
        var generator = SeededGenerator(seed: 16)
        var framing = Framing.following(sample.layout)
        framing.messageBytesMax = 1000
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let bytes: [UInt8] = (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...3, using: &generator)
                    : UInt8.random(in: 0...255, using: &generator)
            }
            for isAtEnd in [false, true] {
                do throws(FramingError) {
                    guard let frame = try cut(bytes, by: framing, atEnd: isAtEnd) else { continue }
                    #expect(frame.message == 0..<frame.consumed && (1...count).contains(frame.consumed))
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    @Test func `what does not say where it ends has a length in front`() {
        let open = MessageLayout(name: "m", packing: [.init("rest", .tail(TailType(.bytes)))])
        var keeps = Self.union
        keeps = MessageLayout(
            name: "m",
            packing: [],
            variants: .init(
                tag: keeps.variants!.tag,
                tagName: "kind",
                placement: .before,
                cases: keeps.variants!.cases,
                isOpen: true
            )
        )
        let empty = MessageLayout(name: "empty", packing: [])
        for layout in [
            open, keeps, Self.counted(.items(.message(open)), by: .items), empty,
            Self.counted(.items(.message(empty)), by: .items),
        ] {
            #expect(Framing.following(layout) == .lengthPrefixed())
            #expect(!Framing.following(layout).isBackToBack)
        }
        // Whoever says that unknown tags are errors has them cut by the known ones.
        #expect(Framing.following(keeps, refusingUnknownTags: true).isBackToBack)
        #expect(Framing.following(open, refusingUnknownTags: true) == .lengthPrefixed())
        let fixed = MessageLayout(name: "m", packing: [.init("x", Self.integer(4))])
        #expect(Framing.following(fixed) == .backToBack(bytes: 4))
        #expect(Framing.following(Self.lists) == .following(Self.lists))
        #expect(Framing.following(Self.lists) != .following(Self.text))
    }

    @Test func `a promise beyond the limit is refused when it is made`() {
        func refusal(_ layout: MessageLayout, _ bytes: [UInt8], maximum: Int = 100) -> FramingError? {
            var framing = Framing.following(layout)
            framing.messageBytesMax = maximum
            do throws(FramingError) { _ = try cut(bytes, by: framing, atEnd: false) } catch { return error }
            return nil
        }
        let eight = Self.integer(8)
        let all = [UInt8](repeating: 255, count: 8)
        let texts = TailType.Element.items(.message(Self.text))
        for (element, unit) in [
            (.bytes, .bytes), (texts, .items), (.items(eight), .items), (.text, .messageBytes),
        ]
            as [(TailType.Element, CountUnit)]
        {
            let bytes = [0, 0] + all
            let layout = Self.counted(element, by: unit, eight)
            #expect(refusal(layout, bytes) == .tooLong(bytes: .max, maximum: 100, beginning: bytes))
            let signed = Self.counted(element, by: unit, Self.integer(1, isSigned: true))
            #expect(
                refusal(signed, [0, 0, 0x80]) == .tooLong(bytes: .max, maximum: 100, beginning: [0, 0, 0x80])
            )
        }
        // 33 texts of at least 3 bytes behind 3 bytes.
        let many = Self.counted(texts, by: .items)
        #expect(refusal(many, [0, 0, 33]) == .tooLong(bytes: 102, maximum: 100, beginning: [0, 0, 33]))
        #expect(refusal(many, [0, 0, 32]) == nil)
        let small = Self.counted(.text, by: .messageBytes)
        #expect(refusal(small, [0, 0, 2]) == .endsInHeader(bytes: 2, header: 3, beginning: [0, 0, 2]))
        let tag = refusal(Self.union, [9, 7, 0])
        #expect(tag == .unknownTag(7, beginning: [9, 7, 0]))
        #expect(
            tag?.description
                == "a message whose tag 7 is none of the layout's, so that it has no end: do both "
                + "sides agree on the framing? It begins with 09 07 00"
        )
    }

    @Test func `a list of many items that comes byte by byte is looked at once`() throws {
        // Looked at anew for each byte it would take 2,000,000,000 steps.
        let layout = Self.counted(.items(.message(Self.text)), by: .items, Self.integer(2))
        var message: [UInt8] = [0, 0, 0xFF, 0xFF]
        for _ in 0..<0xFFFF { message += [0, 0, 1, 65] }
        #expect(try frames(resuming: message, by: .following(layout), step: 1) == [message])
    }
}

/// The messages of a stream that comes `step` bytes at a time, cut as connections do.
func frames(resuming stream: [UInt8], by framing: Framing, step: Int) throws(FramingError)
    -> [[UInt8]]
{
    var messages: [[UInt8]] = []
    var progress = Framing.Progress()
    var start = 0
    var end = 0
    let bytes = unsafe stream.span.bytes
    while end < stream.count {
        end = min(end + step, stream.count)
        while start < end {
            let frame = try framing.nextFrame(
                in: bytes.extracting(start..<end),
                atEnd: false,
                progress: &progress
            )
            guard let frame else { break }
            messages.append(
                Array(stream[(start + frame.message.lowerBound)..<(start + frame.message.upperBound)])
            )
            start += frame.consumed
        }
    }
    return messages
}
