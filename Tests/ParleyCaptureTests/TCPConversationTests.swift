import ParleyCapture
import ParleyTypes
import Testing

/// Connections as RFC 9293 draws them, told by their segments.
@Suite struct TCPConversationTests {
    /// Two ends that talk, and what an observer makes of it.
    struct Talk {
        var conversation = TCPConversation(opening: flow4)
        var last: TCPObservation?

        /// `left` sends: numbers as on the wire.
        mutating func left(
            _ flags: TCPSegment.Flags,
            _ number: UInt32,
            _ acknowledged: UInt32 = 0,
            _ bytes: Int = 0,
            window: UInt16 = 1000,
            scale: UInt8? = nil
        ) -> String {
            tell(flow4, flags, number, acknowledged, bytes, window, scale)
        }

        mutating func right(
            _ flags: TCPSegment.Flags,
            _ number: UInt32,
            _ acknowledged: UInt32 = 0,
            _ bytes: Int = 0,
            window: UInt16 = 1000,
            scale: UInt8? = nil
        ) -> String {
            tell(flow4.reversed, flags, number, acknowledged, bytes, window, scale)
        }

        private mutating func tell(
            _ flow: Flow,
            _ flags: TCPSegment.Flags,
            _ number: UInt32,
            _ acknowledged: UInt32,
            _ bytes: Int,
            _ window: UInt16,
            _ scale: UInt8?
        ) -> String {
            let seen = conversation.receive(
                TCPSegment(
                    flow: flow,
                    sequenceNumber: SequenceNumber(rawValue: number),
                    flags: flags,
                    payload: [UInt8](repeating: 7, count: bytes)[...],
                    acknowledgementNumber: SequenceNumber(rawValue: acknowledged),
                    window: window,
                    windowScale: scale
                )
            )
            last = seen
            let remarks = seen.remarks.map { " \($0)" }.joined()
            return "\(seen.openerState.rawValue) \(seen.answererState.rawValue)" + remarks
        }

        /// A handshake: left begins at 100, right at 300.
        static func established() -> Talk {
            var talk = Talk()
            _ = talk.left(.syn, 100)
            _ = talk.right([.syn, .ack], 300, 101)
            _ = talk.left(.ack, 101, 301)
            return talk
        }
    }

    @Test func `a handshake and a close pass through the states of RFC 9293`() {
        var talk = Talk()
        // Figure 6.
        #expect(talk.left(.syn, 100) == "SYN_SENT ?")
        #expect(talk.right([.syn, .ack], 300, 101) == "ESTABLISHED SYN_RECEIVED")
        #expect(talk.left(.ack, 101, 301) == "ESTABLISHED ESTABLISHED")
        #expect(talk.left([.psh, .ack], 101, 301, 21) == "ESTABLISHED ESTABLISHED")
        #expect(talk.last?.sequence == 1 && talk.last?.acknowledgement == 1 && talk.last?.byteCount == 21)
        #expect(talk.right(.ack, 301, 122) == "ESTABLISHED ESTABLISHED")
        // Figure 12.
        #expect(talk.left([.fin, .ack], 122, 301) == "FIN_WAIT_1 CLOSE_WAIT")
        #expect(talk.right(.ack, 301, 123) == "FIN_WAIT_2 CLOSE_WAIT")
        // Half closed: the other side still speaks.
        #expect(talk.right(.ack, 301, 123, 50) == "FIN_WAIT_2 CLOSE_WAIT")
        #expect(talk.left(.ack, 123, 351) == "FIN_WAIT_2 CLOSE_WAIT")
        #expect(talk.right([.fin, .ack], 351, 123) == "TIME_WAIT LAST_ACK")
        #expect(!talk.conversation.isOver)
        #expect(talk.left(.ack, 123, 352) == "TIME_WAIT CLOSED")
        #expect(talk.conversation.isOver)
    }

    @Test func `FIN answered by FIN is three segments`() {
        var talk = Talk.established()
        #expect(talk.right([.fin, .ack], 301, 101) == "CLOSE_WAIT FIN_WAIT_1")
        #expect(talk.left([.fin, .ack], 101, 302) == "LAST_ACK TIME_WAIT")
        #expect(talk.right(.ack, 302, 102) == "CLOSED TIME_WAIT")
    }

    @Test func `both close at once`() {
        // Figure 13.
        var talk = Talk.established()
        #expect(talk.left([.fin, .ack], 101, 301) == "FIN_WAIT_1 CLOSE_WAIT")
        #expect(talk.right([.fin, .ack], 301, 101) == "CLOSING CLOSING")
        #expect(talk.left(.ack, 102, 302) == "CLOSING TIME_WAIT")
        #expect(talk.right(.ack, 302, 102) == "TIME_WAIT TIME_WAIT")
    }

    @Test func `both open at once`() {
        // Figure 7.
        var talk = Talk()
        #expect(talk.left(.syn, 100) == "SYN_SENT ?")
        #expect(talk.right(.syn, 300) == "SYN_RECEIVED SYN_RECEIVED")
        #expect(talk.left([.syn, .ack], 100, 301) == "SYN_RECEIVED ESTABLISHED retransmission")
        #expect(talk.right([.syn, .ack], 300, 101) == "ESTABLISHED ESTABLISHED retransmission")
    }

    @Test func `a reset ends both ends, a closed port refuses`() {
        var refused = Talk()
        #expect(refused.left(.syn, 100) == "SYN_SENT ?")
        #expect(refused.right([.rst, .ack], 0, 101) == "CLOSED CLOSED refused")
        // The same ports once more.
        #expect(refused.left(.syn, 900) == "SYN_SENT ? a new connection on these ports")
        var reset = Talk.established()
        #expect(reset.right(.rst, 301, 0) == "CLOSED CLOSED reset")
        var aborted = Talk.established()
        _ = aborted.left(.ack, 101, 301, 10)
        #expect(aborted.right([.rst, .ack], 301, 111) == "CLOSED CLOSED reset")
        var stray = Talk.established()
        #expect(stray.right(.rst, 900_000, 0) == "ESTABLISHED ESTABLISHED reset outside the window")
        var forged = Talk()
        _ = forged.left(.syn, 100)
        #expect(forged.right([.rst, .ack], 0, 999) == "SYN_SENT ? reset outside the window")
    }

    @Test func `what is sent again is remarked on`() {
        var talk = Talk()
        _ = talk.left(.syn, 100)
        #expect(talk.left(.syn, 100) == "SYN_SENT ? retransmission")
        _ = talk.right([.syn, .ack], 300, 101)
        #expect(talk.right([.syn, .ack], 300, 101) == "ESTABLISHED SYN_RECEIVED retransmission")
        _ = talk.left(.ack, 101, 301)
        _ = talk.left(.ack, 101, 301, 10)
        #expect(talk.left(.ack, 101, 301, 10).hasSuffix("retransmission"))
        // Ten bytes more, lost on the way to us.
        #expect(talk.left(.ack, 121, 301, 10).hasSuffix("10 bytes before it not seen"))
        #expect(talk.right(.ack, 301, 111) == "ESTABLISHED ESTABLISHED")
        #expect(talk.right(.ack, 301, 111).hasSuffix("duplicate ACK 1"))
        #expect(talk.right(.ack, 301, 111).hasSuffix("duplicate ACK 2"))
        #expect(talk.left(.ack, 111, 301, 10).hasSuffix("out of order"))
        #expect(talk.right(.ack, 301, 131) == "ESTABLISHED ESTABLISHED")
        #expect(talk.right(.ack, 301, 191).hasSuffix("acknowledges 60 bytes not seen"))
        _ = talk.left([.fin, .ack], 191, 301)
        #expect(talk.left([.fin, .ack], 191, 301) == "FIN_WAIT_1 CLOSE_WAIT retransmission")
    }

    @Test func `closed windows, their probes and signs of life are told`() {
        var talk = Talk.established()
        _ = talk.left(.ack, 101, 301, 100)
        #expect(talk.right(.ack, 301, 201, window: 0).hasSuffix("zero window"))
        #expect(talk.left(.ack, 200, 301).hasSuffix("zero window probe"))
        #expect(talk.right(.ack, 301, 201, window: 0).hasSuffix("zero window"))
        #expect(talk.right(.ack, 301, 201, window: 500).hasSuffix("window update"))
        #expect(talk.left(.ack, 200, 301).hasSuffix("keep-alive"))
        #expect(talk.right(.ack, 301, 201, window: 500) == "ESTABLISHED ESTABLISHED")
        #expect(talk.left(.ack, 201, 301, 1) == "ESTABLISHED ESTABLISHED")
    }

    @Test func `numbers wrap, and windows are scaled once both ends said so`() {
        var talk = Talk()
        _ = talk.left(.syn, .max - 1, window: 60000, scale: 7)
        #expect(talk.last?.window == 60000)
        _ = talk.right([.syn, .ack], .max, .max, window: 1000, scale: 3)
        #expect(talk.left(.ack, .max, 0, window: 500) == "ESTABLISHED ESTABLISHED")
        #expect(talk.last?.window == 64000 && talk.last?.sequence == 1 && talk.last?.acknowledgement == 1)
        var number = UInt32.max
        for index in 0..<3 {
            #expect(talk.left(.ack, number, 0, 40000) == "ESTABLISHED ESTABLISHED")
            #expect(talk.last?.sequence == 1 + 40000 * index)
            number = number &+ 40000
            #expect(talk.right(.ack, 0, number, window: 100) == "ESTABLISHED ESTABLISHED")
            #expect(talk.last?.acknowledgement == 1 + 40000 * (index + 1) && talk.last?.window == 800)
        }
        // More than four gigabytes do not begin again.
        for _ in 0..<9 {
            number = number &+ 0x2000_0000
            _ = talk.left(.ack, number, 0, 1)
        }
        #expect(talk.last.map { $0.sequence > 1 << 32 } ?? false)
    }

    @Test func `a capture that begins in the middle says so, and follows what comes`() {
        var talk = Talk()
        #expect(talk.right(.ack, 5000, 9000, 10) == "ESTABLISHED ESTABLISHED began before the capture")
        #expect(
            talk.last?.sequence == 1 && talk.last?.acknowledgement == 1 && talk.last?.isFromOpener == true
        )
        #expect(talk.left([.fin, .ack], 9000, 5010) == "CLOSE_WAIT FIN_WAIT_1")
        var answer = Talk()
        #expect(answer.right([.syn, .ack], 300, 101) == "ESTABLISHED SYN_RECEIVED began before the capture")
        #expect(answer.left(.ack, 101, 301) == "ESTABLISHED ESTABLISHED")
    }

    @Test func `the same ports serve another connection after TIME_WAIT`() {
        var talk = Talk.established()
        _ = talk.left([.fin, .ack], 101, 301)
        _ = talk.right([.fin, .ack], 301, 102)
        #expect(talk.left(.ack, 102, 302) == "TIME_WAIT CLOSED")
        #expect(talk.right(.syn, 77) == "SYN_SENT ? a new connection on these ports")
        #expect(talk.last?.opening == flow4.reversed)
        #expect(talk.left([.syn, .ack], 88, 78) == "ESTABLISHED SYN_RECEIVED")
    }

    @Test func `no segment traps, and many connections are bounded`() {
        var random = SeededGenerator(seed: 3)
        var table = TCPConversations(connectionsMax: 64)
        for _ in 0..<50_000 {
            let flow = Flow(
                source: .ipv4(.loopback, port: UInt16.random(in: 1...12, using: &random)),
                destination: .ipv4(.loopback, port: UInt16.random(in: 1...12, using: &random))
            )
            let seen = table.receive(
                TCPSegment(
                    flow: flow,
                    sequenceNumber: SequenceNumber(
                        rawValue: UInt32.random(in: 0...UInt32.max, using: &random)
                    ),
                    flags: .init(rawValue: UInt8.random(in: 0...255, using: &random)),
                    payload: [UInt8](repeating: 0, count: Int.random(in: 0...2, using: &random))[...],
                    acknowledgementNumber: SequenceNumber(
                        rawValue: UInt32.random(in: 0...UInt32.max, using: &random)
                    ),
                    window: UInt16.random(in: 0...3, using: &random),
                    windowScale: Bool.random(using: &random) ? 14 : nil
                )
            )
            #expect(seen.byteCount <= 2)
            #expect(table.count <= 64)
        }
    }
}
