import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Which addresses are used, shown and refused.
@Suite(.timeLimit(.minutes(5)), .bothGrounds) struct AddressTests {
    @Test(arguments: [Endpoint.udp(port: 0), .udp("0.0.0.0", 0)])
    func `a reply leaves from the address that was asked`(place: Endpoint) async throws {
        let server = try await Mailbox(Score.self, at: place)
        let port = server.localAddress.port!
        for host in ["127.0.0.1", "127.0.0.2", "127.1.2.3"] {
            // Connected: an answer from another address would not arrive.
            let client = try await Connection(Score.self, to: .udp(host, port), timeout: patience)
            try await client.send(score(1))
            let letter = try #require(try await server.next(timeout: patience))
            #expect(letter.recipient?.ip == client.peer.ip)
            try await server.reply(score(2), to: letter)
            #expect(try await client.next(timeout: patience) == score(2))
        }
    }

    @Test func `every local address means both families, and IPv4 peers look like IPv4`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        let port = inbox.localAddress.port!
        for host in ["127.0.0.1", "::1"] {
            let client = try await Mailbox(Score.self, at: .udp(host, 0))
            let target = host == "::1" ? "[::1]:\(port)" : "\(host):\(port)"
            try await client.send(score(1), to: target)
            let letter = try #require(try await inbox.next(timeout: patience))
            #expect(letter.sender == client.localAddress)
            #expect(letter.recipient?.ip == client.localAddress.ip)
            try await inbox.reply(score(2), to: letter)
            let answer = try #require(try await client.next(timeout: patience))
            #expect(answer.sender.description == target)
        }
        let listener = try await Listener(Score.self, at: .tcp(port: 0))
        for host in ["127.0.0.1", "::1"] {
            let client = try await Connection(
                Score.self,
                to: .tcp(host, listener.localAddress.port!),
                timeout: patience
            )
            let server = try await listener.accept()
            #expect(server.peer == client.localAddress)
            #expect(server.localAddress == client.peer)
        }
    }

    @Test func `names are resolved, to an address that the mailbox can write to`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        try await inbox.send(score(1), to: "localhost:\(inbox.localAddress.port!)", timeout: patience)
        #expect(try await inbox.next(timeout: patience)?.sender == inbox.localAddress)
        let local = try await Mailbox(Score.self, at: .unixgram(path: Fresh.path))
        guard case .unix(.path(let path)) = local.localAddress else { return }
        try await local.send(score(2), to: path)
        try await local.send(score(3), to: "unixgram:\(path)")
        #expect(try await local.next(timeout: patience)?.message == score(2))
        #expect(try await local.next(timeout: patience)?.message == score(3))
    }

    @Test func `a name that does not exist, no name and no port are told apart`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        guard
            case .socket(let error)? = await refusal({
                try await inbox.send(score(1), to: "nobody.invalid:1")
            })
        else {
            Issue.record("nobody.invalid exists")
            return
        }
        #expect(error.operation == .resolve)
        #expect(error.subject == "nobody.invalid")
        guard case .endpoint? = await refusal({ try await inbox.send(score(1), to: "127.0.0.1:99999") })
        else {
            Issue.record("99999 is no port")
            return
        }
        guard
            case .unusable(_, .noRecipient)? = await refusal({ try await inbox.send(score(1), to: ":8089") })
        else {
            Issue.record("every address is no recipient")
            return
        }
        let other = await code {
            try await Connection(Score.self, to: .tcp("nobody.invalid", 1), timeout: patience)
        }
        #expect(other == error.code)
    }

    @Test func `what nobody serves is refused`() async throws {
        let port = try await Listener(Score.self, at: .loopback).localAddress.port!
        await #expect(
            code { try await Connection(Score.self, to: .tcp("127.0.0.1", port), timeout: patience) }
                == .connectionRefused
        )
    }

    @Test func `what nobody serves on this host is refused`() async throws {
        let outbox = try await Mailbox(Score.self, at: .unixgram)
        let name = Fresh.name
        await #expect(
            code { try await Connection(Score.self, to: .unix(abstract: name), timeout: patience) }
                == .connectionRefused
        )
        await #expect(
            code { try await Connection(Score.self, to: .unix(path: Fresh.path), timeout: patience) }
                == .noSuchFile
        )
        await #expect(
            code { try await outbox.send(score(1), to: .unix(.path(Fresh.path))) } == .noSuchFile
        )
    }

    @Test func `a refused datagram is an error once, and the conversation goes on`() async throws {
        var server: Mailbox<Score, Score>? = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let target = server!.localAddress
        let client = try await Connection(Score.self, to: .reaching(target, by: .udp), timeout: patience)
        server?.close()
        server = nil
        try await client.send(score(1))
        await #expect(code { try await client.next(timeout: patience) } == .connectionRefused)
        let revived = try await Mailbox(Score.self, at: .udp("127.0.0.1", target.port!))
        try await client.send(score(2))
        let letter = try #require(try await revived.next(timeout: patience))
        try await revived.reply(score(3), to: letter)
        #expect(try await client.next(timeout: patience) == score(3))
    }

    @Test func `a connection that meets itself is refused`() async throws {
        let port = try await Listener(Score.self, at: .loopback).localAddress.port!
        var target = Endpoint.tcp("127.0.0.1", port)
        target.options.localAddress = .ipv4(.loopback, port: port)
        let aimed = target
        await #expect(
            code { try await Connection(Score.self, to: aimed, timeout: patience) } == .connectionAborted
        )
    }
}
