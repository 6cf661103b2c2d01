import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Whether the kernel makes such sockets over IPv4.
private func has(_ kind: SocketKind, _ ip: IPProtocol) -> Bool {
    (try? SocketSupport.probe(.ipv4, kind, ip)) == .works
}

/// UDP-Lite and Multipath TCP are UDP and TCP to whoever sends messages.
@Suite(.timeLimit(.minutes(5))) struct ProtocolOptionTests {
    @Test(.enabled(if: has(.datagram, .udpLite), "the kernel has no UDP-Lite"))
    func `bursts go over UDP-Lite whole and in order, although nobody cuts them there`() async throws {
        let inbox = try await Mailbox(Score.self, at: Endpoint(url: "udp://127.0.0.1:0?lite=8"))
        let outbox = try await Mailbox(Score.self, at: Endpoint(url: "udp://:0?lite=8"))
        for wave in 0..<5 {
            try await outbox.send(contentsOf: (0..<100).lazy.map { score($0 + wave) }, to: inbox.localAddress)
            for number in 0..<100 {
                let letter = try #require(try await inbox.next(timeout: patience))
                #expect(letter.message == score(number + wave))
                #expect(letter.sender.port == outbox.localAddress.port)
            }
        }
        try await inbox.send(score(1), to: .ipv4(.loopback, port: outbox.localAddress.port!))
        #expect(try await outbox.next(timeout: patience)?.message == score(1))
        // UDP does not reach it.
        let plain = try await Mailbox(Score.self, at: .udp)
        try await plain.send(score(2), to: inbox.localAddress)
        await #expect(throws: ParleyError.self) { try await inbox.next(timeout: .milliseconds(50)) }
    }

    @Test(.enabled(if: has(.stream, .multipathTCP), "the kernel has no MPTCP, or it is switched off"))
    func `a connection over Multipath TCP is a connection`() async throws {
        let listener = try await Listener(Score.self, at: Endpoint(url: "tcp://127.0.0.1:0?multipath=true"))
        for isMultipath in [true, false] {
            var endpoint = Endpoint.tcp("127.0.0.1", listener.localAddress.port!)
            endpoint.options.multipath = isMultipath
            endpoint.options.noDelay = true
            let client = try await Connection(Score.self, to: endpoint, timeout: patience)
            let server = try await listener.accept()
            try await client.send(contentsOf: (0..<1000).lazy.map(score))
            for number in 0..<1000 { #expect(try await server.next(timeout: patience) == score(number)) }
            try await server.send(score(7))
            #expect(try await client.next(timeout: patience) == score(7))
            client.close()
            #expect(try await server.next(timeout: patience) == nil)
        }
    }
}
