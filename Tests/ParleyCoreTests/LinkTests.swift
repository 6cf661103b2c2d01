import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// Laws that need two hosts.
    @Suite(.serialized) struct LinkTests {
        // MARK: Groups

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `a member with chosen senders hears them alone, in both families`() async throws {
            await #expect(processExitsWith: .success) { try await Self.chooseSenders() }
        }

        @MainActor
        private static func chooseSenders() async throws {
            let link = newLink()
            try await hearChosenSenders("232.9.0.1", ["10.9.0.1", "10.9.0.3"], "10.9.0.2", on: link)
            try await hearChosenSenders("ff3e::9", ["fd09::1", "fd09::3"], "fd09::2", on: link)
        }

        @MainActor
        private static func newLink() -> Namespace.Link {
            let link = Namespace.Link()
            require(link != nil, "no link")
            return link!
        }

        @MainActor
        private static func hearChosenSenders(
            _ group: String,
            _ hosts: [String],
            _ farHost: String,
            on link: Namespace.Link
        ) async throws {
            func member(_ port: UInt16, _ sources: [String], on interface: String = "far") async throws
                -> Mailbox<Score, Score>
            {
                let place = Endpoint.udp(group: group, port: port, on: interface, sources: sources)
                return try await link.atFar { try await Mailbox(Score.self, at: place) }
            }
            let first = try await member(0, [hosts[0]])
            let port = first.localAddress.port!
            let second = try await member(port, [hosts[1]])
            let both = try await member(port, hosts, on: farHost)
            let stranger = try await link.atFar { try await Mailbox(Score.self, at: .udp(farHost, port)) }
            let sender = try await Self.sender()
            let target = SocketAddress(IPAddress(group)!, port: port, zone: 0)
            for (number, host) in hosts.enumerated() {
                try await sender.send(
                    score(number),
                    to: target,
                    from: SocketAddress(IPAddress(host)!, port: 0)
                )
            }
            await expect([0], from: first)
            await expect([1], from: second)
            await expect([0, 1], from: both)
            await expect([], from: stranger)
            // Whom it hears can be changed while it is open.
            try await link.atFar {
                try first.join(group, on: "far", from: [hosts[1]])
                try first.leave(group, on: "far", from: [hosts[0]])
            }
            for (number, host) in hosts.enumerated() {
                let source = SocketAddress(IPAddress(host)!, port: 0)
                try await sender.send(score(number), to: target, from: source)
            }
            await expect([1], from: first)
        }

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `a time to live of zero stays on the host, one stays on the link`() async throws {
            await #expect(processExitsWith: .success) { try await Self.scopes() }
        }

        @MainActor
        private static func scopes() async throws {
            let link = newLink()
            for group in ["239.9.0.1", "ff05::9", "ff02::9"] { try await scope(group, link) }
        }

        @MainActor
        private static func scope(_ group: String, _ link: Namespace.Link) async throws {
            let far = try await link.atFar {
                try await Mailbox(Score.self, at: .udp(group: group, port: 0, on: "far"))
            }
            let port = far.localAddress.port!
            // Two members on our own host.
            let place = Endpoint.udp(group: group, port: port, on: "near")
            let near = [try await Mailbox(Score.self, at: place), try await Mailbox(Score.self, at: place)]
            let zone = group.hasPrefix("ff02") ? try Interfaces.index(of: "near") : 0
            let target = SocketAddress(IPAddress(group)!, port: port, zone: zone)
            try await sender(timeToLive: 0).send(score(0), to: target)
            try await sender(timeToLive: 1).send(score(1), to: target)
            try await sender(hearsOwnHost: false).send(score(2), to: target)
            await expect([1, 2], from: far)
            for member in near { await expect([0, 1], from: member) }
        }

        @MainActor
        private static func sender(timeToLive: UInt8? = nil, hearsOwnHost: Bool? = nil) async throws
            -> Mailbox<Score, Score>
        {
            var endpoint = Endpoint.udp
            endpoint.options.interface = "near"
            endpoint.options.timeToLive = timeToLive
            endpoint.options.hearsOwnHost = hearsOwnHost
            return try await Mailbox(Score.self, at: endpoint)
        }

        /// Expects these letters and no others.
        @MainActor
        private static func expect(
            _ numbers: [Int],
            from inbox: Mailbox<Score, Score>,
            line: Int = #line
        ) async {
            for number in numbers {
                let letter = try? await inbox.next(timeout: patience)
                require(
                    letter?.message == score(number),
                    "\(number) is \(String(describing: letter))",
                    line: line
                )
            }
            let limit = Duration.milliseconds(50)
            let end = await refusal { try await inbox.next(timeout: limit) }
            require(end == .timedOut(limit), "\(String(describing: end))", line: line)
        }

        // MARK: Connections

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `a connection whose peer is gone ends after the user's timeout, or without a sign of life`()
            async throws
        {
            await #expect(processExitsWith: .success) { try await Self.losePeer() }
        }

        @MainActor
        private static func losePeer() async throws {
            let link = newLink()
            let listener = try await link.atFar { try await Listener(Score.self, at: .tcp("10.9.0.2", 0)) }
            var place = Endpoint.tcp("10.9.0.2", listener.localAddress.port!)
            place.options.userTimeout = .milliseconds(800)
            let impatient = try await Connection(Score.self, to: place, timeout: patience)
            place.options.userTimeout = nil
            place.options.keepAlive = KeepAlive(after: .seconds(1), every: .seconds(1), count: 2)
            let silent = try await Connection(Score.self, to: place, timeout: patience)
            let accepted = [try await listener.accept(), try await listener.accept()]
            try await impatient.send(score(1))
            require(try await accepted[0].next(timeout: patience) == score(1), "nothing came")
            link.lose()
            // This one waits for an acknowledgement, the other one sends nothing by itself.
            try await impatient.send(score(2))
            for connection in [impatient, silent] {
                let error = await refusal { try await connection.next(timeout: patience) }
                guard case .socket(let error)? = error else {
                    return require(false, "\(String(describing: error))")
                }
                require(error.code == .timedOut && error.operation == .receive, "\(error)")
                require(error.remedy.contains("no longer answers"), error.remedy)
            }
        }
    }
}
