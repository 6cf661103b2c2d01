import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Question and answer, on both nouns and over every transport.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct RequestTests {
    static let datagramPlaces: [@Sendable () -> (Endpoint, Endpoint)] = [
        { (.udp("127.0.0.1", 0), .udp) },
        { (.udp("::1", 0), .udp) },
        { (.udp(port: 0), .udp("127.0.0.1", 0)) },
        { (.unixgram(path: Fresh.path), .unixgram) },
        { (.unixgram(abstract: Fresh.name), .unixgram(path: Fresh.path)) },
    ]

    @Test(arguments: 0..<5)
    func `a letter's question finds its answer over every transport`(place: Int) async throws {
        let (there, here) = Self.datagramPlaces[place]()
        let server = try await Mailbox(Score.self, at: there)
        let client = try await Mailbox(Score.self, at: here)
        let target =
            server.localAddress.isWildcard
            ? .ipv4(.loopback, port: server.localAddress.port!) : server.localAddress
        try await withThrowingTaskGroup { group in
            group.addTask {
                for try await letter in server { try await server.reply(letter.message, to: letter) }
            }
            for number in 0..<100 {
                let answer = try await client.request(score(number), to: target, timeout: patience)
                #expect(answer.message == score(number))
                #expect(answer.sender == target)
            }
            server.close()
            try await group.waitForAll()
        }
        #expect(client.statistics.numbers == [100, 100, 0, 0])
        #expect(server.statistics.numbers == [100, 100, 0, 0])
    }

    static let streamPlaces: [@Sendable () -> Endpoint] = [
        { .tcp("127.0.0.1", 0) }, { .tcp("::1", 0) }, { .unix(path: Fresh.path) },
        { .unix(abstract: Fresh.name) },
    ]

    @Test(arguments: 0..<4)
    func `a connection's question finds its answer over every stream`(place: Int) async throws {
        let pair = try await Pair(Score.self, at: Self.streamPlaces[place]())
        try await withThrowingTaskGroup { group in
            group.addTask {
                for try await score in pair.server.messages { try await pair.server.send(score) }
            }
            for number in 0..<100 {
                #expect(try await pair.client.request(score(number), timeout: patience) == score(number))
            }
            try pair.client.finishSending()
            try await group.waitForAll()
        }
        // The server has seen the end and closes: so does the client's reading.
        pair.server.close()
        #expect(try await pair.client.next(timeout: patience) == nil)
        #expect(await refusal { try await pair.client.request(score(1), timeout: patience) } != nil)
        #expect(pair.server.statistics.numbers == [100, 100, 0, 0])
    }

    @Test(arguments: 0..<5)
    func `a connection over datagrams hears its peer and nobody else`(place: Int) async throws {
        let (there, _) = Self.datagramPlaces[place]()
        let server = try await Mailbox(Score.self, at: there)
        let local = server.localAddress
        let target = local.isWildcard ? .ipv4(.loopback, port: local.port!) : local
        let client = try await Connection(
            Score.self,
            to: .reaching(target, by: there.transport),
            timeout: patience
        )
        #expect(client.peer == target)
        try await client.send(score(1))
        let letter = try #require(try await server.next(timeout: patience))
        #expect(letter.sender == client.localAddress)
        let stranger = try await Mailbox(Score.self, at: there.transport == .udp ? .udp : .unixgram)
        // A Unix stranger is refused (EPERM), an IP one is not heard.
        _ = await refusal { try await stranger.send(score(2), to: client.localAddress, timeout: .seconds(1)) }
        try await server.reply(score(3), to: letter)
        #expect(try await client.next(timeout: patience) == score(3))
        try await client.send(contentsOf: (0..<10).map(score))
        for number in 0..<10 { #expect(try await server.next(timeout: patience)?.message == score(number)) }
    }

    @Test func `letters of others are kept, in order, while a question waits`() async throws {
        let asker = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let friend = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for number in 0..<3 { try await stranger.send(score(number), to: asker.localAddress) }
        try await withThrowingTaskGroup { group in
            group.addTask {
                let question = try #require(try await friend.next(timeout: patience))
                for number in 3..<6 { try await stranger.send(score(number), to: asker.localAddress) }
                try await friend.reply(score(99), to: question)
            }
            let answer = try await asker.request(score(50), to: friend.localAddress, timeout: patience)
            #expect(answer.message == score(99))
            try await group.waitForAll()
        }
        for number in 0..<6 { #expect(try await asker.next(timeout: patience)?.message == score(number)) }
        #expect(asker.statistics.numbers == [7, 1, 0, 0])
    }

    @Test func `no more letters of others are kept than promised, and the rest is counted`() async throws {
        let asker = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let silent = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for round in 0..<3 {
            for number in 0..<100 {
                try await stranger.send(score(100 * round + number), to: asker.localAddress)
            }
            let refused = await refusal {
                try await asker.request(score(0), to: silent.localAddress, timeout: .milliseconds(20))
            }
            #expect(refused == .timedOut(.milliseconds(20)))
        }
        #expect(asker.statistics.dropped == 300 - 256)
        for number in 0..<256 { #expect(try await asker.next(timeout: patience)?.message == score(number)) }
        #expect(await refusal { try await asker.next(timeout: .zero) } == .timedOut(.zero))
    }

    @Test func `a late or doubled answer is not taken for the next one, on a conversation over datagrams`()
        async throws
    {
        let server = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let client = try await Connection(Score.self, to: .reaching(server.localAddress, by: .udp))
        #expect(await refusal { try await client.request(score(1), timeout: .milliseconds(20)) } != nil)
        let question = try #require(try await server.next(timeout: patience))
        // The first answer comes late, and twice.
        try await server.send(score(100), to: question.sender)
        try await server.send(score(100), to: question.sender)
        await Ground.breath()
        try await withThrowingTaskGroup { group in
            group.addTask {
                let second = try #require(try await server.next(timeout: patience))
                try await server.send(score(200), to: second.sender)
            }
            #expect(try await client.request(score(2), timeout: patience) == score(200))
            try await group.waitForAll()
        }
        // What came before the question is kept for the reader.
        #expect(try await client.next(timeout: patience) == score(100))
    }

    @Test func `an answer that comes too late is not taken for the next one`() async throws {
        let asker = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let slow = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let target = slow.localAddress
        let late = await refusal { try await asker.request(score(1), to: target, timeout: .milliseconds(20)) }
        #expect(late == .timedOut(.milliseconds(20)))
        let first = try #require(try await slow.next(timeout: patience))
        try await slow.reply(score(1), to: first)
        await Ground.breath()
        try await withThrowingTaskGroup { group in
            group.addTask {
                let second = try #require(try await slow.next(timeout: patience))
                try await slow.reply(score(2), to: second)
            }
            #expect(try await asker.request(score(2), to: target, timeout: patience).message == score(2))
            try await group.waitForAll()
        }
        // The late one is a letter as any.
        #expect(try await asker.next(timeout: patience)?.message == score(1))
    }

    @Test(arguments: [false, true])
    func `a flood of others hides no deadline`(isGarbage: Bool) async throws {
        let asker = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let silent = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let stranger = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        await withTaskGroup { group in
            for _ in 0..<2 {
                group.addTask {
                    let bytes = [UInt8](repeating: 65, count: isGarbage ? 5 : 21)
                    while !Task.isCancelled {
                        try? await stranger.send(bytes, to: asker.localAddress)
                        await Ground.breath(.microseconds(100))
                    }
                }
            }
            let limit = Duration.milliseconds(100)
            let refused = await refusal {
                try await asker.request(score(0), to: silent.localAddress, timeout: limit)
            }
            #expect(refused == .timedOut(limit))
            if isGarbage {
                await #expect(refusal { try await asker.next(timeout: limit) } == .timedOut(limit))
            }
            group.cancelAll()
        }
    }

    @Test func `a peer that closes instead of answering is told apart from a slow one`() async throws {
        let pair = try await Pair(Score.self)
        let limit = Duration.milliseconds(20)
        #expect(await refusal { try await pair.client.request(score(1), timeout: limit) } == .timedOut(limit))
        #expect(try await pair.server.next(timeout: patience) == score(1))
        pair.server.close()
        #expect(await refusal { try await pair.client.request(score(1), timeout: patience) } == .ended)
    }
}
