import ExampleMessages
import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyCore

/// Nobody has to wait for a peer that does not read: sending without waiting, on every transport.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct TryOnceTests {
    @Test(.kernelOnly("counts on Linux's queues of Unix datagrams"))
    func `a reply that may not wait is dropped and counted when its recipient's queue is full`()
        async throws
    {
        let inbox = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        let deaf = try await Mailbox(Score.self, at: .unixgram)
        let honest = try await Mailbox(Score.self, at: .unixgram)
        var dropped = 0
        // More than net.unix.max_dgram_qlen of usual size, from one that never reads.
        for number in 0..<600 {
            try await deaf.send(score(number), to: inbox.localAddress)
            let letter = try #require(try await inbox.next(timeout: patience))
            do throws(ParleyError) {
                try await inbox.reply(letter.message, to: letter, timeout: .zero)
            } catch {
                #expect(error == .timedOut(.zero, .room))
                dropped += 1
            }
            // Others are answered meanwhile.
            try await honest.send(score(number), to: inbox.localAddress)
            let other = try #require(try await inbox.next(timeout: patience))
            try await inbox.reply(other.message, to: other, timeout: .zero)
            #expect(try await honest.next(timeout: patience)?.message == score(number))
        }
        #expect(dropped > 0)
        #expect(inbox.statistics.unsent == dropped)
        #expect(inbox.statistics.sent == 1200 - dropped)
        // A burst that may not wait is the same; what comes after the one without room is counted with it.
        let burst = await refusal {
            try await inbox.send(contentsOf: (0..<50).map(score), to: deaf.localAddress, timeout: .zero)
        }
        #expect(burst == .timedOut(.zero, .room))
        #expect(inbox.statistics.unsent == dropped + 50)
    }

    @Test(.kernelOnly("counts on Linux's queues of Unix datagrams"), arguments: [false, true])
    func `a service with a rate does not wait for who does not read`(isRemembering: Bool) async throws {
        let inbox = try await Mailbox(Order.self, at: .unixgram(abstract: Fresh.name))
        inbox.sendRate = try .messages(1_000_000)
        let deaf = try await Mailbox(Order.self, at: .unixgram)
        let honest = try await Mailbox(Order.self, at: .unixgram)
        try await withThrowingTaskGroup { group in
            group.addTask { try await inbox.echo(isRemembering: isRemembering) }
            for number in 0..<UInt16(600) {
                let order = Order(number: MessageNumber(number), amount: 1)
                try await deaf.send(order, to: inbox.localAddress)
            }
            try await honest.send(Order(number: 7, amount: 2), to: inbox.localAddress)
            #expect(try await honest.next(timeout: patience)?.message.amount == 2)
            inbox.close()
            try await group.waitForAll()
        }
        #expect(inbox.statistics.unsent > 0 && inbox.statistics.failed == 0)
    }

    @Test(arguments: [Transport.tcp, .unix, .seqpacket, .unixgram])
    func `a connection's send that may not wait says so when its peer does not read`(
        transport: Transport
    ) async throws {
        let bytes = [UInt8](repeating: 1, count: 10_000)
        func fill(_ connection: Connection<[UInt8], [UInt8]>) async throws {
            var sent = 0
            let reason = await refusal {
                while sent < 100_000 {
                    try await connection.send(bytes, timeout: .zero)
                    sent += 1
                }
            }
            #expect(reason == .timedOut(.zero, .room))
            #expect(connection.statistics.unsent == 1)
            #expect(connection.statistics.sent == sent)
            #expect(sent > 0)
            #expect(
                await refusal { try await connection.send(bytes, timeout: .seconds(-1)) }
                    == .timedOut(.seconds(-1), .room)
            )
            #expect(
                await refusal { try await connection.send(contentsOf: [bytes, bytes], timeout: .zero) }
                    == .timedOut(.zero, .room)
            )
            #expect(connection.statistics.unsent == 4)
        }
        if transport == .unixgram {
            let inbox = try await Mailbox([UInt8].self, at: .unixgram(abstract: Fresh.name))
            try await fill(
                Connection([UInt8].self, to: .reaching(inbox.localAddress, by: .unixgram), timeout: patience)
            )
            return
        }
        let place: Endpoint =
            switch transport {
            case .tcp: .loopback
            case .unix: .unix(abstract: Fresh.name)
            default: .seqpacket(abstract: Fresh.name)
            }
        let framing: Framing? = transport == .seqpacket ? nil : .lengthPrefixed()
        let pair = try await Pair([UInt8].self, at: place, framing: framing)
        try await fill(pair.client)
        // Whoever reads later finds every message that was sent, whole.
        try pair.client.finishSending()
        var came = 0
        while let message = try await pair.server.next(timeout: patience) {
            #expect(message == bytes)
            came += 1
        }
        #expect(came == pair.client.statistics.sent)
    }

    @Test func `a send that gives up after a while counts what it gave up`() async throws {
        let inbox = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        let outbox = try await Mailbox(Score.self, at: .unixgram)
        let limit = Duration.milliseconds(20)
        let reason = await refusal {
            while true { try await outbox.send(score(0), to: inbox.localAddress, timeout: limit) }
        }
        #expect(reason == .timedOut(limit, .room))
        #expect(outbox.statistics.unsent == 1)
    }

    @Test func `whoever waits for a place is told of once, until places have been free again`() async throws {
        let places = Places(4)
        #expect(!places.isFullForTheFirstTime)
        for _ in 0..<4 { try await places.take() }
        #expect(places.isFullForTheFirstTime)
        #expect(!places.isFullForTheFirstTime)
        places.giveBack()
        try await places.take()
        #expect(places.isFullForTheFirstTime)
        #expect(!places.isFullForTheFirstTime)
    }
}
