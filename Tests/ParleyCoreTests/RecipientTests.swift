import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Where a letter was sent to: the address with the mailbox's port.
@Suite(.serialized, .timeLimit(.minutes(5)), .bothGrounds) struct RecipientTests {
    static let places: [@Sendable () throws -> (Endpoint, IPAddress)] = [
        { (.udp("127.0.0.1", 0), .ipv4(.loopback)) },
        { (.udp("0.0.0.0", 0), .ipv4(IPv4Address(127, 0, 0, 2))) },
        { (.udp("::1", 0), .ipv6(.loopback)) },
        { (.udp(port: 0), .ipv4(.loopback)) },
        { (.udp(port: 0), .ipv6(.loopback)) },
        { (.udp("127.0.0.1", 0).loadBalanced(over: 3), .ipv4(.loopback)) },
        { (try Endpoint(url: "udp://127.0.0.1:0?lite=8"), .ipv4(.loopback)) },
    ]

    @Test(arguments: 0..<7)
    func
        `a letter's recipient is the address that was asked, with the bound port, and a reply leaves from it`(
            place: Int
        ) async throws
    {
        let (endpoint, host) = try Self.places[place]()
        let inbox = try await Mailbox(Score.self, at: endpoint)
        let port = try #require(inbox.localAddress.port)
        let target = SocketAddress(host, port: port)
        var here = endpoint
        here.host = Endpoint.Host("\(host)")
        here.options.loops = nil
        let outbox = try await Mailbox(Score.self, at: here)
        try await outbox.send(score(0), to: target)
        // Joined on their way, where the kernel joins.
        try await outbox.send(contentsOf: (1..<20).map(score), to: target)
        for number in 0..<20 {
            let letter = try #require(try await inbox.next(timeout: patience))
            #expect(letter.message == score(number))
            #expect(letter.recipient == target)
            try await inbox.reply(score(number), to: letter)
            let answer = try #require(try await outbox.next(timeout: patience))
            #expect(answer.sender == target)
            #expect(answer.recipient == outbox.localAddress)
        }
        try await outbox.send(contentsOf: (0..<20).map(score), to: target)
        try await takeBursts(of: 20, inbox, target)
        async let answer = outbox.request(score(1), to: target, timeout: patience)
        let question = try #require(try await inbox.next(timeout: patience))
        try await inbox.reply(score(1), to: question)
        #expect(try await answer.recipient == outbox.localAddress)
    }

    private func takeBursts(
        of letters: Int,
        _ inbox: Mailbox<Score, Score>,
        _ target: SocketAddress
    ) async throws {
        var count = 0
        for try await burst in inbox.bursts {
            for letter in burst {
                #expect(letter.recipient == target)
                count += 1
            }
            if count == letters { break }
        }
    }
}
