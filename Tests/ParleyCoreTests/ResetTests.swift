import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import Testing

/// The kernel tells of a reset once, to whichever half asks first.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ResetTests {
    /// Both ends, of which the server's has not read what the client sent.
    private func pair(_ transport: Transport) async throws -> Pair<Score> {
        let endpoint: Endpoint =
            switch transport {
            case .tcp: .loopback
            case .unix: .unix(abstract: Fresh.name)
            default: .seqpacket(abstract: Fresh.name)
            }
        let pair = try await Pair(Score.self, at: endpoint)
        try await pair.client.send(score(1))
        return pair
    }

    @Test(arguments: [Transport.tcp, .unix, .seqpacket])
    func `a reset that a sender was told of is told to the reader too, once, and then it is the end`(
        transport: Transport
    ) async throws {
        for _ in 0..<50 {
            let pair = try await pair(transport)
            pair.server.abort()
            var told: ErrorCode?
            while told == nil {
                told = await code { try await pair.client.send(score(2)) }
                await Ground.breath()
            }
            #expect(told == .connectionReset || told == .brokenPipe)
            #expect(await code { try await pair.client.next(timeout: patience) } == .connectionReset)
            #expect(try await pair.client.next(timeout: patience) == nil)
        }
    }

    @Test(arguments: [Transport.tcp, .unix, .seqpacket])
    func `whoever of sender and reader is told first, no reset passes for the end`(
        transport: Transport
    ) async throws {
        for _ in 0..<100 {
            let pair = try await pair(transport)
            let client = pair.client
            async let reading = code { try await client.next(timeout: patience) }
            async let sending = code {
                while true {
                    try await client.send(score(3))
                    await Ground.breath()
                }
            }
            pair.server.abort()
            #expect(await reading == .connectionReset)
            #expect(await sending != nil)
        }
    }

    @Test(arguments: [Transport.tcp, .unix, .seqpacket])
    func `a peer that ends in order is an end, whatever becomes of what is sent to it afterwards`(
        transport: Transport
    ) async throws {
        for _ in 0..<20 {
            let pair = try await pair(transport)
            _ = try await pair.server.next(timeout: patience)
            try pair.server.finishSending()
            #expect(try await pair.client.next(timeout: patience) == nil)
            pair.server.close()
            var told: ErrorCode?
            while told == nil {
                told = await code { try await pair.client.send(score(2)) }
                await Ground.breath()
            }
            // Within a host a message may come before the socket is gone, which then goes with a message unread.
            if told == .connectionReset, transport != .tcp { continue }
            #expect(told == .brokenPipe)
            #expect(try await pair.client.next(timeout: patience) == nil)
        }
    }
}
