import ParleyTypes
import ParleyWire
import Testing

/// What came of decoding: the encoding of the message again, or why not.
typealias Outcome = Result<[UInt8], WireError>

func fixed<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) throws -> Outcome {
    do throws(WireError) {
        let message = try Message(decoding: bytes)
        return .success((try? message.encoded) ?? [])
    } catch {
        return .failure(error)
    }
}

func dynamic(_ layout: MessageLayout, _ bytes: [UInt8]) throws -> Outcome {
    do throws(WireError) {
        let message = try DynamicMessage(decoding: bytes, as: layout)
        return .success((try? message.encoded) ?? [])
    } catch {
        return .failure(error)
    }
}

/// Decodes both ways every prefix, every single changed byte and many seeded changes of `bytes`, and
/// compares.
func agree<Message: WireMessage>(_ type: Message.Type, on bytes: [UInt8], seed: UInt64) throws {
    func compare(_ bytes: [UInt8]) throws {
        let (one, other) = (try fixed(type, bytes), try dynamic(type.layout, bytes))
        #expect(one == other, "seed \(seed), bytes \(bytes)")
    }
    try compare(bytes)
    for length in 0..<bytes.count { try compare(Array(bytes[..<length])) }
    try compare(bytes + [0])
    var generator = SeededGenerator(seed: seed)
    for index in bytes.indices {
        for value: UInt8 in [0, 1, 2, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &generator)] {
            var changed = bytes
            changed[index] = value
            try compare(changed)
        }
    }
    for _ in 0..<500 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !changed.isEmpty {
            changed[Int.random(in: changed.indices, using: &generator)] = .random(
                in: 0...255,
                using: &generator
            )
        }
        try compare(Array(changed.prefix(.random(in: 0...changed.count, using: &generator))))
    }
}

@Suite struct DynamicMessageTests {
    static let score: [UInt8] =
        Array("Trans".utf8) + Array(repeating: 0, count: 8) + [0, 0, 0, 83, 0, 0, 0, 86]

    @Test("A message of a layout has the bytes of the type that has the layout")
    func sameBytes() throws {
        let message = try DynamicMessage(
            layout: Score.layout,
            values: ["name": "Trans", "math": 83, "chinese": 86]
        )
        #expect(try message.encoded == Self.score)
        #expect(try Score(name: "Trans", math: 83, chinese: 86).encoded == Self.score)
        #expect(message.wireSize == 21)
        #expect(message["math"] == .unsigned(83))
        #expect(message["name"]?.string == "Trans")
        #expect(message["unknown"] == nil)
    }

    @Test("Values may come in any order; the layout decides")
    func anyOrder() throws {
        let message = try DynamicMessage(
            layout: Score.layout,
            values: ["chinese": 86, "math": 83, "name": "Trans"]
        )
        #expect(message.bytes == Self.score)
        #expect(message.values.elements.map(\.name) == ["name", "math", "chinese"])
    }

    @Test("Every prefix and every damage of a score is judged as the type judges it")
    func scoreAgrees() throws {
        try agree(Score.self, on: Self.score, seed: 1)
    }

    @Test("A message of every kind of field is judged as the type judges it")
    func everythingAgrees() throws {
        try agree(Everything.self, on: try Everything().encoded, seed: 2)
    }

    @Test("Tails by every count are judged as the type judges them")
    func tailsAgree() throws {
        let points = [Score(name: "x", math: 1, chinese: 2), Score(name: "y", math: 3, chinese: 4)]
        try agree(
            Counted<ByteCount<UInt16>, [UInt8]>.self,
            on: try Counted<ByteCount<UInt16>, [UInt8]>(kind: 7, body: [1, 2, 3]).encoded,
            seed: 3
        )
        try agree(
            Counted<MessageByteCount<Int8>, TailText>.self,
            on: try Counted<MessageByteCount<Int8>, TailText>(kind: 7, body: "hello").encoded,
            seed: 4
        )
        try agree(
            Counted<ItemCount<LittleEndian<UInt32>>, [Score]>.self,
            on: try Counted<ItemCount<LittleEndian<UInt32>>, [Score]>(kind: 7, body: points).encoded,
            seed: 5
        )
        try agree(
            Counted<ByteCount<UInt8>, [UInt16]>.self,
            on: try Counted<ByteCount<UInt8>, [UInt16]>(kind: 7, body: [1, 2, 3]).encoded,
            seed: 6
        )
        try agree(
            Counted<ItemCount<UInt64>, [UInt8]>.self,
            on: try Counted<ItemCount<UInt64>, [UInt8]>(kind: 7, body: [1, 2, 3]).encoded,
            seed: 7
        )
        try agree(
            Counted<ItemCount<UInt8>, [Colour]>.self,
            on: try Counted<ItemCount<UInt8>, [Colour]>(kind: 7, body: [.red, .last]).encoded,
            seed: 8
        )
    }

    @Test("Tails without a count, also of messages that count themselves, are judged as the type judges them")
    func restAgrees() throws {
        typealias Record = Counted<ByteCount<UInt8>, TailText>
        try agree(Rest<[UInt8]>.self, on: try Rest(head: 1, tail: [1, 2, 3] as [UInt8]).encoded, seed: 9)
        try agree(Rest<TailText>.self, on: try Rest(head: 1, tail: TailText("text")).encoded, seed: 10)
        try agree(Rest<[Int32]>.self, on: try Rest(head: 1, tail: [1, -2] as [Int32]).encoded, seed: 11)
        try agree(
            Rest<[Record]>.self,
            on: try Rest(head: 1, tail: [Record(kind: 1, body: "ab"), Record(kind: 2, body: "c")]).encoded,
            seed: 12
        )
        try agree(
            Counted<MessageByteCount<UInt16>, [Record]>.self,
            on: try Counted<MessageByteCount<UInt16>, [Record]>(
                kind: 1,
                body: [Record(kind: 1, body: "ab"), Record(kind: 2, body: "")]
            ).encoded,
            seed: 13
        )
    }

    @Test("Reserved bytes and padding are sent as zero, whatever came in")
    func reservedIsZero() throws {
        var bytes = try Everything().encoded
        let spare = try #require(Everything.layout.field("spare"))
        for index in 0..<3 { bytes[spare.offset + index] = 0xAA }
        let message = try DynamicMessage(decoding: bytes, as: Everything.layout)
        #expect(try message.bytes == Everything().encoded)
        #expect(message["spare"] == nil)
    }

    @Test("A NaN keeps its payload, signalling or not, in four and in eight bytes")
    func nanPayload() throws {
        let layout = MessageLayout(
            name: "N",
            packing: [.init("f", Float.fieldType), .init("b", Bool.fieldType, role: .reserved)]
        )
        for bits: [UInt8] in [
            [0x7F, 0x80, 0, 1], [0xFF, 0xC0, 0, 7], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
        ] {
            // The last byte keeps the flat check from accepting the bytes as they are.
            let message = try DynamicMessage(decoding: bits + [9], as: layout)
            #expect(message.bytes == bits + [0])
        }
    }

    @Test("No count makes room for what has not come")
    func hugeCounts() throws {
        typealias Huge = Counted<ItemCount<UInt64>, [Score]>
        let bytes: [UInt8] = [1] + Array(repeating: 0xFF, count: 8) + Self.score
        let error = #expect(throws: WireError.self) { try DynamicMessage(decoding: bytes, as: Huge.layout) }
        #expect(error?.field == "body")
        #expect(error?.reason == .badCount(UInt64(Int.max), unit: .items, available: 21))
    }

    @Test("A negative count is more than anything, also when its bits would count the tail")
    func negativeCount() throws {
        typealias Block = Counted<ByteCount<Int8>, [UInt8]>
        let bytes: [UInt8] = [1, 0xFF] + Array(repeating: 7, count: 255)
        #expect(try fixed(Block.self, bytes) == dynamic(Block.layout, bytes))
        let error = #expect(throws: WireError.self) { try DynamicMessage(decoding: bytes, as: Block.layout) }
        #expect(error?.reason == .negativeCount(-1, unit: .bytes, available: 255))
    }

    @Test("A negative count is said as it is, whatever its size, its unit and its byte order")
    func negativeCountSaid() throws {
        func check<Count: WireCount>(_ type: Count.Type, _ bytes: [UInt8], _ number: Int64) throws {
            typealias Block = Counted<Count, [UInt8]>
            let bytes = [1] + bytes + [1, 2, 3]
            #expect(try fixed(Block.self, bytes) == dynamic(Block.layout, bytes))
            let error = #expect(throws: WireError.self) {
                try DynamicMessage(decoding: bytes, as: Block.layout)
            }
            #expect(error?.description.contains("says \(number) ") == true, "\(String(describing: error))")
            #expect(error?.field == "body")
        }
        try check(ByteCount<Int8>.self, [0x80], -128)
        try check(ItemCount<Int16>.self, [0xFF, 0xFE], -2)
        try check(MessageByteCount<Int32>.self, [0xFF, 0xFF, 0xFF, 0xFF], -1)
        try check(ItemCount<LittleEndian<Int32>>.self, [0xFB, 0xFF, 0xFF, 0xFF], -5)
        try check(ByteCount<Int64>.self, [0x80, 0, 0, 0, 0, 0, 0, 0], .min)
        // What has no sign is large.
        typealias Block = Counted<ItemCount<UInt32>, [UInt8]>
        let large = try dynamic(Block.layout, [1, 0xFF, 0xFF, 0xFF, 0xFF])
        guard case .failure(let error) = large else {
            Issue.record("it was taken")
            return
        }
        #expect(error.description.contains("says 4294967295 items"))
    }

    @Test("A value that is set changes its bytes and recomputes counts; a wrong one changes nothing")
    func setting() throws {
        typealias Block = Counted<ByteCount<UInt16>, [UInt8]>
        var message = try DynamicMessage(layout: Block.layout, values: ["kind": 1, "body": "abc"])
        try message.set("body", to: "hello")
        #expect(message["length"] == .unsigned(5))
        #expect(message["body"] == .text("hello"))
        #expect(throws: WireError.self) { try message.set("kind", to: 256) }
        #expect(message.bytes == [1, 0, 5] + Array("hello".utf8))
    }

    @Test("A buffer without room is refused before anything is written")
    func bufferTooSmall() throws {
        let message = try DynamicMessage(decoding: Self.score, as: Score.layout)
        let error = #expect(throws: WireError.self) {
            try encoding(20) { output throws(WireError) in try message.encode(into: &output) }
        }
        #expect(error?.reason == .bufferTooSmall(needed: 21, capacity: 20))
    }

    @Test("A compiled layout decodes what the plain one does")
    func compiled() throws {
        let compiled = CompiledLayout(Score.layout)
        let message = try unsafe DynamicMessage(decoding: Self.score.span.bytes, as: compiled)
        #expect(try message == DynamicMessage(decoding: Self.score, as: Score.layout))
    }
}
