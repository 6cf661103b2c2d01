import ExampleMessages
import ParleyCore
import ParleyNetwork
import ParleyTypes
import ParleyWire
import Testing

/// What errors say: about what happened, and what to do about it.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct SentenceTests {
    private static func sentence(_ body: () async throws -> some Any) async -> String {
        await refusal(body).map { "\($0)" } ?? "nothing was refused"
    }

    /// `cause` and `remedy` stand in a sentence; `others` are about something else.
    private static func check(
        _ sentence: String,
        _ parts: [String],
        without others: [String] = ["nothing came"],
        _ location: SourceLocation = #_sourceLocation
    ) {
        for part in parts { #expect(sentence.contains(part), "\(sentence)", sourceLocation: location) }
        for other in others { #expect(!sentence.contains(other), "\(sentence)", sourceLocation: location) }
    }

    // MARK: Time that is over

    @Test(arguments: [Endpoint.loopback, .packets])
    func `a send and a question that found no room say that nothing was sent`(place: Endpoint) async throws {
        let pair = try await Pair([UInt8].self, at: place, framing: .lengthPrefixed())
        let limit = Duration.milliseconds(20)
        var sentence = ""
        while sentence.isEmpty {
            let refused = await refusal {
                try await pair.client.send([UInt8](repeating: 1, count: 60_000), timeout: limit)
            }
            if let refused { sentence = "\(refused)" }
        }
        Self.check(sentence, ["was not sent", "no room", "0.02 seconds", "reads too slowly"])
        let bytes = [UInt8](repeating: 2, count: 60_000)
        Self.check(
            await Self.sentence { try await pair.client.request(bytes, timeout: limit) },
            ["was not sent", "no room"]
        )
        Self.check(
            await Self.sentence { try await pair.client.send(contentsOf: [bytes, bytes], timeout: limit) },
            ["was not sent", "no room"]
        )
        if place.transport == .tcp {
            Self.check(
                await Self.sentence { try await pair.client.flush(timeout: limit) },
                ["not everything that was sent had left", "reads too slowly"]
            )
        }
    }

    @Test func `a letter to a full mailbox says that it was not sent`() async throws {
        let inbox = try await Mailbox(Score.self, at: .unixgram)
        let outbox = try await Mailbox(Score.self, at: .unixgram)
        let limit = Duration.milliseconds(20)
        var refused: ParleyError?
        while refused == nil {
            refused = await refusal {
                try await outbox.send(score(1), to: inbox.localAddress, timeout: limit)
            }
        }
        #expect(refused == .timedOut(limit, .room))
        let target = inbox.localAddress
        #expect(
            await refusal { try await outbox.request(score(1), to: target, timeout: limit) }
                == .timedOut(limit, .room)
        )
        #expect(
            await refusal { try await outbox.send(contentsOf: [score(1)], to: target, timeout: limit) }
                == .timedOut(limit, .room)
        )
    }

    @Test func `a reader and a question that was sent say that nothing came`() async throws {
        let pair = try await Pair(Score.self)
        let limit = Duration.milliseconds(20)
        for sentence in [
            await Self.sentence { try await pair.client.next(timeout: limit) },
            await Self.sentence { try await pair.client.request(score(1), timeout: limit) },
        ] {
            Self.check(sentence, ["nothing came within 0.02 seconds", "Look whether"], without: ["sent"])
        }
    }

    @Test func `each wait that may be over in time has words of its own, with a remedy`() {
        for wait in ParleyError.Wait.allCases {
            let sentence = "\(ParleyError.timedOut(.seconds(3), wait))"
            let parts = sentence.split(separator: ". ")
            #expect(parts.count == 2 && sentence.contains("3.0 seconds"), "\(sentence)")
            for other in ParleyError.Wait.allCases where other != wait {
                #expect(sentence != "\(ParleyError.timedOut(.seconds(3), other))")
            }
        }
    }

    @Test func `a connection and a name that take too long say so`() async throws {
        var place = Endpoint.unix(abstract: Fresh.name)
        place.options.backlog = 0
        let listener = try await Listener(Score.self, at: place)
        let target = Endpoint.reaching(listener.localAddress, by: .unix)
        let first = try await Connection(Score.self, to: target, timeout: patience)
        let limit = Duration.milliseconds(20)
        Self.check(
            await Self.sentence { try await Connection(Score.self, to: target, timeout: limit) },
            ["no connection within 0.02 seconds", "firewall"]
        )
        first.close()
    }

    @Test func `a name that takes too long says so, whoever asked for it`() async throws {
        let network = SlowNames()
        try await NetworkEnvironment.$network.withValue(network) {
            let outbox = try await Mailbox(Score.self, at: .udp)
            let limit = Duration.seconds(2)
            for sentence in [
                await Self.sentence {
                    try await Connection(Score.self, to: .tcp("far.example", 9), timeout: limit)
                },
                await Self.sentence { try await outbox.resolve("far.example:9", timeout: limit) },
                await Self.sentence { try await outbox.send(score(1), to: "far.example:9", timeout: limit) },
                await Self.sentence {
                    try await outbox.request(score(1), to: "far.example:9", timeout: limit)
                },
            ] {
                Self.check(sentence, ["the name was not resolved within 2.0 seconds", "/etc/resolv.conf"])
            }
            // An address in numbers is no name.
            Self.check(
                await Self.sentence {
                    try await Connection(Score.self, to: .tcp("192.0.2.1", 9), timeout: limit)
                },
                ["no connection within 2.0 seconds"]
            )
        }
    }

    // MARK: Port 0

    @Test(arguments: ["127.0.0.1", "::1"])
    func `port 0 is named, however it is written to`(host: String) async throws {
        let about = ["ort 0 reaches nobody", "give the port"]
        let others = ["earlier datagram", "server", "nothing came"]
        let address = SocketAddress(IPAddress(host)!, port: 0)
        let outboxes = [
            try await Mailbox(Score.self, at: .udp(host, 0)),
            try await Mailbox(Score.self, at: .udp(port: 0)),
        ]
        for outbox in outboxes {
            let letter = Letter(message: score(1), sender: address)
            let sentences = [
                await Self.sentence { try await outbox.send(score(1), to: address) },
                await Self.sentence {
                    try await outbox.send(score(1), to: address, from: outbox.localAddress)
                },
                await Self.sentence { try await outbox.send(contentsOf: (0..<3).map(score), to: address) },
                await Self.sentence { try await outbox.reply(score(1), to: letter) },
                await Self.sentence { try await outbox.request(score(1), to: address, timeout: .seconds(1)) },
                await Self.sentence {
                    try await outbox.send(score(1), to: host == "::1" ? "[::1]:0" : "\(host):0")
                },
            ]
            for sentence in sentences { Self.check(sentence, about, without: others) }
        }
        for place in [Endpoint.udp(host, 0), .tcp(host, 0)] {
            let sentence = await Self.sentence {
                try await Connection(Score.self, to: place, timeout: patience)
            }
            Self.check(sentence, about, without: others)
        }
    }

    // MARK: Too large

    @Test func `a message that is too large to be sent says its size, the limit and the way out`()
        async throws
    {
        let large = [UInt8](repeating: 65, count: 20_000_000)
        let stream = try await Pair([UInt8].self, framing: .lengthPrefixed())
        let others = ["do both sides agree", "nothing came", "full"]
        Self.check(
            await Self.sentence { try await stream.client.send(large) },
            ["20000000 bytes was not sent", "16777216 bytes at most", "in parts", "messageBytesMax"],
            without: others
        )
        Self.check(
            await Self.sentence { try await stream.client.send(contentsOf: [large]) },
            ["20000000 bytes was not sent"],
            without: others
        )
        let udp = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        let conversation = try await Connection([UInt8].self, to: .reaching(udp.localAddress, by: .udp))
        let about = ["65507 bytes over IPv4", "this one has 20000000", "tcp:"]
        for sentence in [
            await Self.sentence { try await udp.send(large, to: udp.localAddress) },
            await Self.sentence { try await udp.send(contentsOf: [[1], large], to: udp.localAddress) },
            await Self.sentence { try await conversation.send(large) },
            await Self.sentence { try await conversation.request(large, timeout: patience) },
        ] {
            Self.check(sentence, about, without: others)
        }
        let local = try await Mailbox([UInt8].self, at: .unixgram)
        let packets = try await Pair([UInt8].self, at: .packets)
        for sentence in [
            await Self.sentence { try await local.send(large, to: local.localAddress) },
            await Self.sentence { try await packets.client.send(large) },
            // Simulated hosts pass no descriptors.
            await Self.sentence {
                if Ground.isSimulated { return try await packets.client.send(large) }
                try await packets.client.send(large, passing: [])
            },
            await Self.sentence { try await packets.client.send(contentsOf: [large]) },
        ] {
            Self.check(
                sentence,
                ["send queue", "this one has 20000000", "?sndbuf=", "unix:"],
                without: others + ["UDP", "65507"]
            )
        }
    }

    @Test func `a packet that must not be cut says so, not that datagrams are small`() {
        let error = SocketError(
            .send,
            .messageTooLong,
            remote: .ipv4(IPv4Address(192, 0, 2, 1), port: 9),
            subject: "9000 bytes"
        )
        Self.check("\(error)", ["9000 bytes", "must not be cut", "mtudiscover"], without: ["65507"])
    }

    @Test func `a local receiver that has gone and a finished half are said as what they are`() async throws {
        let outbox = try await Mailbox(Score.self, at: .unixgram)
        let abstract = SocketAddress.unix(.abstract(Array(Fresh.name.utf8)))
        Self.check(
            await Self.sentence { try await outbox.send(score(1), to: abstract) },
            ["Nobody receives under this name"],
            without: ["earlier datagram"]
        )
        let pair = try await Pair(Score.self)
        try pair.client.finishSending()
        Self.check(
            await Self.sentence { try await pair.client.send(score(1)) },
            ["sends nothing more", "connect anew"]
        )
    }
}

/// A network on which every name takes too long.
private final class SlowNames: Network {
    private let base = NetworkEnvironment.current

    func random() -> UInt64 { 4 }
    var now: MonotonicInstant { base.now }

    func sleep(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.sleep(until: deadline)
    }

    func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]
    {
        throw SocketError(.wait, .timedOut)
    }

    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort
    {
        try await base.open(endpoint, until: deadline)
    }

    func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort
    {
        throw SocketError(.wait, .timedOut)
    }

    func listen(at endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any ListeningPort
    {
        try await base.listen(at: endpoint, until: deadline)
    }
}
