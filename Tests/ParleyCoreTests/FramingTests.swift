import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Streams have no borders of their own; messages keep theirs however the stream is cut.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct FramingTests {
    static let framings: [Framing] = [
        .lengthPrefixed(), .lengthPrefixed(counterBytes: 1), .lengthPrefixed(counterBytes: 2, order: .little),
        .lengthPrefixed(counterBytes: 4, order: .little), .backToBack(bytes: 7), .lines(),
        .terminated(by: [0]),
        .terminated(by: "\r\n\r\n"),
    ]

    /// Messages of these sizes, without line ends in them.
    private static func messages(for framing: Framing) -> [[UInt8]] {
        let sizes = framing == .backToBack(bytes: 7) ? [7, 7, 7, 7] : [1, 0, 2, 11, 200, 3]
        return sizes.map { size in (0..<size).map { UInt8(48 + $0 % 64) } }
    }

    @Test(arguments: framings)
    func `messages arrive whole wherever the stream is cut`(framing: Framing) async throws {
        let messages = Self.messages(for: framing)
        for readBytesMax in 1...32 {
            try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: readBytesMax)) {
                let pair = try await Pair([UInt8].self, framing: framing)
                for message in messages { try await pair.client.send(message) }
                try await pair.client.send(contentsOf: messages)
                try pair.client.finishSending()
                var received: [[UInt8]] = []
                for try await message in pair.server.messages { received.append(message) }
                #expect(received == messages + messages)
            }
        }
    }

    @Test func `a stream until its end is one message`() async throws {
        try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: 3)) {
            let pair = try await Pair([UInt8].self, framing: .untilEnd())
            try await pair.client.send([1, 2, 3, 4])
            try await pair.client.send([5])
            try pair.client.finishSending()
            #expect(try await pair.server.next() == [1, 2, 3, 4, 5])
            #expect(try await pair.server.next() == nil)
        }
    }

    @Test func `chunks hand out what has come, in order`() async throws {
        try await NetworkEnvironment.$network.withValue(CutNetwork(readBytesMax: 3)) {
            let pair = try await Pair([UInt8].self)
            try await pair.client.send(Array(0..<100))
            try pair.client.finishSending()
            var received: [UInt8] = []
            for try await chunk in pair.server.messages { received += chunk }
            #expect(received == Array(0..<100))
        }
    }

    @Test func `lines end with LF or CR LF, and the last one with the stream`() async throws {
        let pair = try await Pair([UInt8].self)
        try await pair.client.send(Array("1\r\n22\n\r\n333".utf8))
        try pair.client.finishSending()
        // The same bytes, read as lines.
        let lines = try await Listener(Line<String>.self, at: .loopback)
        let sender = try await Connection(
            [UInt8].self,
            to: .reaching(lines.localAddress, by: .tcp),
            timeout: patience
        )
        let reader = try await lines.accept()
        while let chunk = try await pair.server.next(timeout: patience) { try await sender.send(chunk) }
        try sender.finishSending()
        var texts: [String] = []
        for try await line in reader.messages { texts.append(line.value) }
        #expect(texts == ["1", "22", "", "333"])
    }

    @Test func `a peer that leaves in mid-message is told apart from one that ends`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let client = try await Connection(
            [UInt8].self,
            to: .reaching(listener.localAddress, by: .tcp),
            timeout: patience
        )
        let server = try await listener.accept()
        try await client.send([UInt8](repeating: 65, count: 21 + 8))
        client.close()
        #expect(try await server.next(timeout: patience) != nil)
        let expected = ParleyError.framing(
            .endsInside(missing: 13, beginning: [65, 65, 65, 65, 65, 65, 65, 65])
        )
        #expect(await refusal { try await server.next(timeout: patience) } == expected)
        #expect(await refusal { try await server.next(timeout: patience) } == expected)
    }

    @Test func `a frame above the limit is refused when its length is read`() async throws {
        let listener = try await Listener(
            [UInt8].self,
            at: .loopback,
            framing: .lengthPrefixed(messageBytesMax: 1000)
        )
        let client = try await Connection(
            [UInt8].self,
            to: .reaching(listener.localAddress, by: .tcp),
            timeout: patience
        )
        let server = try await listener.accept()
        // Nothing follows: the length alone decides.
        try await client.send([0xFF, 0xFF, 0xFF, 0xFF])
        let refused = await refusal { try await server.next(timeout: patience) }
        #expect(
            refused == .framing(.tooLong(bytes: 0xFFFF_FFFF, maximum: 1000, beginning: [255, 255, 255, 255]))
        )
        #expect(
            await refusal { try await server.send([UInt8](repeating: 0, count: 1001)) }
                == .framing(.tooLongToSend(bytes: 1001, maximum: 1000))
        )
    }

    @Test func `a message that does not fit its layout costs no other message`() async throws {
        let listener = try await Listener(receiving: Line<Int>.self, sending: Line<Int>.self, at: .loopback)
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        let client = try await Connection(Line<String>.self, to: target, timeout: patience)
        let server = try await listener.accept()
        try await client.send(contentsOf: ["1", "two", "3"].map { Line($0) })
        #expect(try await server.next(timeout: patience) == Line(1))
        guard case .wire? = await refusal({ try await server.next(timeout: patience) }) else {
            Issue.record("the second line is no number")
            return
        }
        #expect(try await server.next(timeout: patience) == Line(3))
    }

    @Test func `bytes with a line feed are not sent as a line`() async throws {
        let pair = try await Pair([UInt8].self, framing: .lines())
        try await pair.client.send(Array("a\r".utf8))
        #expect(
            await refusal { try await pair.client.send(Array("b\nc".utf8)) }
                == .framing(.lineEndInside(offset: 1))
        )
        try await pair.client.send(Array("d".utf8))
        try pair.client.finishSending()
        var received: [[UInt8]] = []
        for try await message in pair.server.messages { received.append(message) }
        #expect(received == [Array("a\r".utf8), Array("d".utf8)])
    }

    @Test func `what stands before a message that cannot be sent is sent`() async throws {
        let pair = try await Pair(Line<String>.self)
        let lines = ["a", "b", "c\nd", "e"].map { Line($0) }
        guard case .wire? = await refusal({ try await pair.client.send(contentsOf: lines) }) else {
            Issue.record("a line with a line end in it was sent")
            return
        }
        try pair.client.finishSending()
        var received: [String] = []
        for try await line in pair.server.messages { received.append(line.value) }
        #expect(received == ["a", "b"])
    }
}
