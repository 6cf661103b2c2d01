import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// Laws that need another network or other files than this host's.
    @Suite(.serialized) struct NamespaceTests {
        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `of a name's addresses the first that answers is taken`() async throws {
            await #expect(processExitsWith: .success) { try await Self.tryBothAddresses() }
        }

        /// Somebody listens at one of two addresses.
        @MainActor
        private static func tryBothAddresses() async throws {
            require(Namespace.enterNewFiles(hosts: #"::1 two.test\n127.0.0.1 two.test\n"#), "no hosts file")
            let listener = try await Listener(Score.self, at: .loopback)
            let target = Endpoint.tcp("two.test", listener.localAddress.port!)
            require(try Resolver.addresses(of: target).count == 2, "the name has one address")
            let client = try await Connection(Score.self, to: target, timeout: patience)
            require(client.peer == listener.localAddress, "\(client.peer)")
            let server = try await listener.accept()
            try await server.send(score(1))
            require(try await client.next(timeout: patience) == score(1), "nothing came")
            listener.close()
            let refused = await code { try await Connection(Score.self, to: target, timeout: patience) }
            require(refused == .connectionRefused, "\(String(describing: refused))")
            // Bound at one of them, and found there under the same name.
            for place in [Endpoint.udp("two.test", 0), .udp("127.0.0.1", 0)] {
                let inbox = try await Mailbox(Score.self, at: place)
                try await inbox.send(score(2), to: "two.test:\(inbox.localAddress.port!)")
                require(try await inbox.next(timeout: patience)?.message == score(2), "nothing came")
            }
        }

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `a broadcast reaches everyone on the link who is bound for it`() async throws {
            await #expect(processExitsWith: .success) { try await Self.broadcastOnALink() }
        }

        @MainActor
        private static func broadcastOnALink() async throws {
            let isLinked =
                Namespace.enterNewNetwork()
                && Namespace.run("ip link add near type veth peer name far")
                && Namespace.run("ip addr add 10.9.0.1/24 broadcast 10.9.0.255 dev near")
                && Namespace.run("ip link set near up && ip link set far up && ip route add default dev near")
            require(isLinked, "no link")
            var endpoint = Endpoint.udp
            endpoint.options.allowsBroadcast = true
            let sender = try await Mailbox(Score.self, at: endpoint)
            let limited = try await Mailbox(Score.self, at: .udp(broadcast: "255.255.255.255", port: 0))
            let port = limited.localAddress.port!
            let subnet = try await Mailbox(Score.self, at: .udp(broadcast: "10.9.0.255", port: port))
            let again = try await Mailbox(Score.self, at: .udp(broadcast: "10.9.0.255", port: port))
            let everyone = try await Mailbox(Score.self, at: .udp(port: 0))

            try await sender.send(score(1), to: "255.255.255.255:\(port)")
            let letter = try await limited.next(timeout: patience)
            require(letter?.message == score(1), "no limited broadcast")
            require(
                letter?.sender == .ipv4(IPv4Address(10, 9, 0, 1), port: sender.localAddress.port!),
                "another sender"
            )
            require(letter?.recipient == .ipv4(IPv4Address(10, 9, 0, 1), port: port), "\(letter!)")
            try await sender.send(score(2), to: "10.9.0.255:\(port)")
            for inbox in [subnet, again] {
                require(try await inbox.next(timeout: patience)?.message == score(2), "no subnet broadcast")
            }
            // Bound to one broadcast address, the other one does not arrive, and neither does unicast.
            try await sender.send(score(3), to: "10.9.0.1:\(port)")
            for inbox in [limited, subnet, again] {
                let refused = await refusal { try await inbox.next(timeout: .milliseconds(50)) }
                require(refused == .timedOut(.milliseconds(50)), "\(inbox.localAddress) heard something else")
            }
            // Bound to every address, all of it arrives.
            let open = everyone.localAddress.port!
            for (number, host) in ["255.255.255.255", "10.9.0.255", "10.9.0.1"].enumerated() {
                try await sender.send(score(number), to: "\(host):\(open)")
                require(
                    try await everyone.next(timeout: patience)?.message == score(number),
                    "nothing for \(host)"
                )
            }
            // A question to all is answered by one, from its own address.
            async let question = everyone.next(timeout: patience)
            async let answer = sender.request(score(4), to: "255.255.255.255:\(open)", timeout: patience)
            if let question = try await question { try await everyone.reply(score(5), to: question) }
            require(try await answer.message == score(5), "no answer")
        }
    }
}
