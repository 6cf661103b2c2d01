import ParleyCapture
import ParleyTypes
import Testing

@Suite struct StreamReassemblerTests {
    /// What a reader of one direction has seen.
    struct Seen: Equatable {
        var bytes: [UInt8] = []
        var gaps: [Int] = []
        var restarts = 0
        var ends = 0

        mutating func take(_ reassembler: inout StreamReassembler) {
            while let event = reassembler.nextEvent() {
                switch event {
                case .bytes(let bytes): self.bytes += bytes
                case .gap(let count): gaps.append(count)
                case .restart: restarts += 1
                case .end: ends += 1
                }
            }
        }
    }

    static func segment(
        _ number: UInt32,
        _ bytes: some Collection<UInt8>,
        _ flags: TCPSegment.Flags = .ack,
        missing: Int = 0
    ) -> TCPSegment {
        TCPSegment(
            flow: flow4,
            sequenceNumber: SequenceNumber(rawValue: number),
            flags: flags,
            payload: Array(bytes)[...],
            missing: missing
        )
    }

    static func see(_ segments: [TCPSegment], finish: Bool = true) -> Seen {
        var reassembler = StreamReassembler()
        var seen = Seen()
        for segment in segments {
            reassembler.receive(segment)
            seen.take(&reassembler)
        }
        if finish { reassembler.finish() }
        seen.take(&reassembler)
        return seen
    }

    @Test func `bytes come in order, across the end of the numbers`() {
        // SYN -> 4294967290, five bytes, five more, FIN
        let seen = Self.see([
            Self.segment(.max - 5, [], .syn), Self.segment(.max - 4, [1, 2, 3, 4, 5]),
            Self.segment(0, [6, 7, 8, 9, 10], [.ack, .fin]),
        ])
        #expect(seen == Seen(bytes: Array(1...10), ends: 1))
    }

    @Test func `however a stream is cut, shuffled, repeated and overlapped, its bytes are the same`() {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed)
            let stream = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
            let first = UInt32.random(in: 0...UInt32.max, using: &random)
            var segments: [TCPSegment] = []
            var place = 0
            while place < stream.count {
                let end = min(stream.count, place + Int.random(in: 1...200, using: &random))
                // A retransmission may begin earlier and end elsewhere.
                let start = max(0, place - Int.random(in: 0...100, using: &random))
                segments.append(Self.segment(first &+ 1 &+ UInt32(start), stream[start..<end]))
                place = end
            }
            segments += segments.filter { _ in Bool.random(using: &random) }
            segments.shuffle(using: &random)
            let fin = Self.segment(first &+ 1 &+ UInt32(stream.count), [], [.ack, .fin])
            segments.insert(fin, at: Int.random(in: 0...segments.count, using: &random))
            let seen = Self.see([Self.segment(first, [], .syn)] + segments)
            #expect(seen == Seen(bytes: stream, ends: 1), "seed \(seed)")
        }
    }

    @Test func `what the capture has not is a gap, told when the stream ends`() {
        let seen = Self.see([Self.segment(10, [1, 2]), Self.segment(15, [6, 7]), Self.segment(17, [8])])
        #expect(seen == Seen(bytes: [1, 2, 6, 7, 8], gaps: [3]))
        let cut = Self.see([Self.segment(10, [1, 2], missing: 4), Self.segment(16, [7])])
        #expect(cut == Seen(bytes: [1, 2, 7], gaps: [4]))
    }

    @Test func `waiting for a lost segment is bounded, and the gap is told`() {
        var reassembler = StreamReassembler()
        var seen = Seen()
        reassembler.receive(Self.segment(0, [1]))
        let part = [UInt8](repeating: 2, count: 1000)
        for index in 0..<2000 {
            reassembler.receive(Self.segment(UInt32(11 + index * 1000), part))
            #expect(reassembler.waitingBytes <= reassembler.limits.bytesMax)
            seen.take(&reassembler)
        }
        #expect(seen.gaps == [10])
        #expect(seen.bytes.count == 2_000_001)
        // Pieces of one byte each are bounded by their number.
        var tiny = StreamReassembler()
        tiny.receive(Self.segment(0, [1]))
        for index in 0..<20_000 { tiny.receive(Self.segment(UInt32(10 + index * 2), [3])) }
        #expect(tiny.waitingBytes <= tiny.limits.segmentsMax)
    }

    @Test func `a reset ends a stream, another SYN begins one`() {
        let reset = Self.see([Self.segment(0, [1]), Self.segment(1, [], .rst), Self.segment(1, [2])])
        #expect(reset == Seen(bytes: [1], ends: 1))
        let again = Self.see([
            Self.segment(0, [], .syn), Self.segment(1, [1]), Self.segment(0, [], .syn),
            Self.segment(900, [], .syn),
            Self.segment(901, [2]),
        ])
        #expect(again == Seen(bytes: [1, 2], restarts: 1))
        let reused = Self.see([
            Self.segment(0, [], .syn), Self.segment(1, [1], .fin), Self.segment(900, [], .syn),
            Self.segment(901, [2], .fin),
        ])
        #expect(reused == Seen(bytes: [1, 2], ends: 2))
    }

    @Test func `many streams are bounded, and the silent ones end first`() {
        var limits = StreamTable.Limits()
        limits.streamsMax = 100
        var table = StreamTable(limits: limits)
        var ended: [Flow] = []
        for port in UInt16(1)...500 {
            var segment = Self.segment(0, [1])
            segment.flow.source = .ipv4(.loopback, port: port)
            table.receive(segment)
            segment.flow.source = .ipv4(.loopback, port: 1)
            table.receive(segment)
            while let event = table.nextEvent() { if event.kind == .end { ended.append(event.flow) } }
        }
        #expect(ended.count >= 400)
        #expect(!ended.contains { $0.source.port == 1 })
        #expect(ended.first?.source.port == 2)
        table.finish()
        while let event = table.nextEvent() { if event.kind == .end { ended.append(event.flow) } }
        #expect(Set(ended).count == 500 && ended.count == 500)
    }
}

extension StreamReassemblerTests {
    @Test func `what the receiver has acknowledged is lost to the capture, and what follows goes on`() {
        var reassembler = StreamReassembler()
        var seen = Seen()
        func acknowledge(_ number: UInt32) {
            reassembler.acknowledge(SequenceNumber(rawValue: number))
            seen.take(&reassembler)
        }
        reassembler.receive(Self.segment(99, [], .syn))
        reassembler.receive(Self.segment(100, [1, 2]))
        reassembler.receive(Self.segment(105, [6, 7]))
        reassembler.receive(Self.segment(110, [11]))
        // As far as all is there, behind what is waited for, and nonsense.
        acknowledge(102)
        acknowledge(90)
        acknowledge(102 &+ 1 << 31)
        acknowledge(102 &+ 1 << 30 &+ 1)
        #expect(seen == Seen(bytes: [1, 2]))
        acknowledge(107)
        #expect(seen == Seen(bytes: [1, 2, 6, 7], gaps: [3]))
        // Nothing has come behind it yet.
        acknowledge(109)
        #expect(seen.gaps == [3, 2])
        reassembler.receive(Self.segment(109, [10]))
        seen.take(&reassembler)
        #expect(seen == Seen(bytes: [1, 2, 6, 7, 10, 11], gaps: [3, 2]))
        // The FIN takes a number of its own.
        reassembler.receive(Self.segment(111, [], [.ack, .fin]))
        acknowledge(112)
        #expect(seen == Seen(bytes: [1, 2, 6, 7, 10, 11], gaps: [3, 2], ends: 1))
    }

    @Test func `a lost segment stops a live stream until its acknowledgement, a file's until its end`() {
        for isLive in [true, false] {
            var limits = StreamTable.Limits()
            limits.skipsAcknowledged = isLive
            var table = StreamTable(limits: limits)
            table.receive(Self.segment(0, [1]))
            table.receive(Self.segment(3, [4]))
            var answer = Self.segment(900, [])
            answer.flow = answer.flow.reversed
            answer.acknowledgementNumber = SequenceNumber(rawValue: 4)
            table.receive(answer)
            var kinds: [StreamReassembler.Event] = []
            while let event = table.nextEvent() { kinds.append(event.kind) }
            #expect(kinds == (isLive ? [.bytes([1]), .gap(2), .bytes([4])] : [.bytes([1])]))
        }
    }
}
