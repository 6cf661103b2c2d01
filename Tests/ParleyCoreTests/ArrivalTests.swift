import ExampleMessages
import ParleyCore
import ParleyTypes
import Testing

/// When letters came, where the endpoint asks.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ArrivalTests {
    @Test func `letters tell when they came, none before the one that came before it`() async throws {
        let inbox = try await Mailbox(Score.self, at: Endpoint(url: "udp://127.0.0.1:0?timestamps=true"))
        let outbox = try await Mailbox(Score.self, at: .udp)
        // The kernel begins to stamp packets a little after it was asked to; those that came before are stamped
        // when they are received.
        try await outbox.send(score(0), to: inbox.localAddress)
        #expect(try await inbox.next(timeout: patience)?.arrival != nil)
        try await NetworkEnvironment.sleep(for: .milliseconds(300))
        var last = WallTime(secondsSince1970: 0)
        for wave in 0..<4 {
            // One by one, and as a piece that the kernel cuts.
            for number in 0..<8 { try await outbox.send(score(number), to: inbox.localAddress) }
            try await outbox.send(contentsOf: (8..<32).map(score), to: inbox.localAddress)
            for number in 0..<32 {
                let letter = try #require(await inbox.next(timeout: patience))
                #expect(letter.message == score(number), "wave \(wave)")
                let arrival = try #require(letter.arrival)
                #expect(
                    (arrival.secondsSince1970, arrival.nanoseconds) >= (
                        last.secondsSince1970, last.nanoseconds
                    )
                )
                last = arrival
            }
        }
    }

    @Test func `letters do not tell when they came unless asked`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        try await outbox.send(contentsOf: (0..<8).map(score), to: inbox.localAddress)
        for _ in 0..<8 { #expect(try #require(await inbox.next(timeout: patience)).arrival == nil) }
    }
}
