import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// Laws that need a host with two links: whatever names an interface leaves by it and arrives by it, although all
    /// routes prefer the other one.
    @Suite(.serialized) struct InterfaceTests {
        @MainActor
        private static func newCrossroads() -> Namespace.Crossroads {
            let crossroads = Namespace.Crossroads()
            require(crossroads != nil, "no crossroads")
            return crossroads!
        }

        // MARK: Sending

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `an interface named is the interface used: datagrams leave by it, and answers arrive`()
            async throws
        {
            await #expect(processExitsWith: .success) { try await Self.sendAll() }
        }

        /// Destinations, and whether one host answers from there.
        private static let destinations: [(host: String, isOne: Bool)] = [
            ("10.99.0.1", true), ("::ffff:10.99.0.1", true), ("10.10.0.2", true), ("fd99::1", true),
            ("fe80::aa", true), ("255.255.255.255", false), ("10.10.0.255", false), ("239.9.0.7", false),
            ("ff05::7", false), ("ff02::7", false),
        ]

        @MainActor
        private static func sendAll() async throws {
            let far = try await newCrossroads().link.atFar { try Far() }
            let index = "\(try Interfaces.index(of: "other"))"
            for destination in destinations {
                let spellings = ["other", index, "10.10.0.1", "fd0a::1", "::ffff:10.10.0.1"]
                for interface in destination.host == "10.99.0.1" ? spellings : ["other"] {
                    try await send(to: destination.host, destination.isOne, by: interface, local: nil, far)
                }
                let local = IPAddress(destination.host).map { address in
                    if case .ipv4 = address.unmapped { "10.10.0.1" } else { "fd0a::1" }
                }
                try await send(to: destination.host, destination.isOne, by: "other", local: local, far)
            }
            // A zone is an interface, also where the address needs none.
            for host in ["fe80::aa%other", "fd99::1%other", "fe80::aa%25other", "fe80::aa%\(index)"] {
                let target = try Endpoint(url: "udp://[\(host)]:\(far.port)")
                try await Connection(Score.self, to: target, timeout: patience).send(score(1))
                let way = try await far.answer()
                require(way == "away", "\(host) left by \(way)")
            }
            // The law means something: without a name the routes decide.
            try await Connection(Score.self, to: .udp("10.99.0.1", far.port), timeout: patience).send(
                score(1)
            )
            require(try await far.answer() == "far", "the routes prefer the wrong link")
        }

        @MainActor
        private static func send(
            to host: String,
            _ isOne: Bool,
            by interface: String,
            local: String?,
            _ far: Far
        ) async throws {
            let what = "\(host) by \(interface)\(local.map { ", local \($0)" } ?? "")"
            var options = Endpoint.Options()
            options.interface = interface
            options.allowsBroadcast = true
            options.localAddress = local.flatMap { IPAddress($0) }.map { SocketAddress($0, port: 0) }
            let box = try await Mailbox(
                Score.self,
                at: Endpoint(.udp, host: .any, port: 0, options: options)
            )
            try await box.send(score(7), to: SocketAddress(IPAddress(host)!, port: far.port))
            var way = try await far.answer()
            require(way == "away", "a letter to \(what) left by \(way)")
            let answer = try await box.next(timeout: patience)
            require(answer?.message == score(7), "a letter to \(what) got no answer")

            let target = Endpoint(.udp, host: Endpoint.Host(host), port: far.port, options: options)
            let connection = try await Connection(Score.self, to: target, timeout: patience)
            try await connection.send(score(8))
            way = try await far.answer()
            require(way == "away", "a datagram to \(what) left by \(way)")
            if isOne {
                require(try await connection.next(timeout: patience) == score(8), "\(what): no answer")
            }
        }

        // MARK: Receiving

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `an interface named is the interface used: nothing else is received`() async throws {
            await #expect(processExitsWith: .success) { try await Self.receiveAll() }
        }

        /// Where it is bound, the option beside `interface`, and the address that is written to.
        private static let places: [(host: String, option: String, target: String)] = [
            ("", "", "10.10.0.1"), ("", "", "fd0a::1"), ("0.0.0.0", "", "10.10.0.1"), ("[::]", "", "fd0a::1"),
            ("10.10.0.1", "", "10.10.0.1"), ("[fd0a::1]", "", "fd0a::1"),
            ("", "&local=10.10.0.1", "10.10.0.1"),
            ("10.10.0.255", "", "10.10.0.255"), ("255.255.255.255", "", "255.255.255.255"),
            ("", "&loops=2", "10.10.0.1"), ("239.9.0.8", "", "239.9.0.8"), ("[ff05::8]", "", "ff05::8"),
            ("[ff02::8]", "", "ff02::8"), ("239.9.0.8", "&source=10.10.0.2,10.9.0.2", "239.9.0.8"),
            ("[ff3e::8]", "&source=fd0a::2,fd09::2", "ff3e::8"), ("[::ffff:10.10.0.1]", "", "10.10.0.1"),
        ]

        @MainActor
        private static func receiveAll() async throws {
            let link = newCrossroads().link
            for place in places {
                let what = "\(place.host)\(place.option) for \(place.target)"
                let inbox = try await Mailbox(
                    Score.self,
                    at: Endpoint(url: "udp://\(place.host):0?interface=other\(place.option)")
                )
                let port = inbox.localAddress.port!
                // At the same port, on the other link: it shows that what must not be heard did come.
                let other = place.option.contains("local") ? "" : place.option
                let witness = try await Mailbox(
                    Score.self,
                    at: Endpoint(url: "udp://\(place.host):\(port)?interface=near\(other)")
                )
                let target = SocketAddress(IPAddress(place.target)!, port: port)
                for (number, name) in [(1, "far"), (2, "away")] {
                    try await link.atFar {
                        var endpoint = Endpoint.udp
                        endpoint.options.interface = name
                        endpoint.options.allowsBroadcast = true
                        try await Mailbox(Score.self, at: endpoint).send(score(number), to: target)
                    }
                }
                let limit = Duration.milliseconds(50)
                for (box, number) in [(inbox, 2), (witness, 1)] {
                    let letter = try? await box.next(timeout: patience)
                    require(
                        letter?.message == score(number),
                        "\(what): \(number) is \(String(describing: letter))"
                    )
                    let end = await refusal { try await box.next(timeout: limit) }
                    require(end == .timedOut(limit), "\(what): \(String(describing: end))")
                }
            }
        }

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `a mailbox that is kept to an interface joins groups there, and is refused elsewhere`()
            async throws
        {
            await #expect(processExitsWith: .success) { try await Self.joinAll() }
        }

        @MainActor
        private static func joinAll() async throws {
            let link = newCrossroads().link
            for group in ["239.9.0.9", "ff05::9", "::ffff:239.9.0.9"] {
                var endpoint = Endpoint.udp
                endpoint.options.interface = "other"
                let box = try await Mailbox(Score.self, at: endpoint)
                let error = await refusal { try box.join(group, on: "near") }
                guard case .socket(let cause)? = error else {
                    return require(false, "\(String(describing: error))")
                }
                require(cause.code == .operationNotSupported, "\(cause)")
                require(cause.remedy.contains("kept to one interface"), cause.remedy)
                try box.join(group)
                let target = SocketAddress(IPAddress(group)!, port: box.localAddress.port!)
                try await link.atFar {
                    endpoint.options.interface = "away"
                    try await Mailbox(Score.self, at: endpoint).send(score(3), to: target)
                }
                require(try await box.next(timeout: patience)?.message == score(3), "\(group): nothing came")
            }
        }

        // MARK: Connections

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `an interface named is the interface used: streams connect and are accepted by it`() async throws
        {
            await #expect(processExitsWith: .success) { try await Self.connectAll() }
        }

        @MainActor
        private static func connectAll() async throws {
            let link = newCrossroads().link
            let isMultipath = try SocketSupport.probe(.ipv4, .stream, .multipathTCP) == .works
            for option in ["", "&local=10.10.0.1", "&multipath=true"]
            where isMultipath || option != "&multipath=true" {
                for (host, source) in [("10.99.0.1", "10.10.0.1"), ("fd99::1", "fd0a::1"), ("fe80::aa", "")] {
                    if option.hasPrefix("&local"), host != "10.99.0.1" { continue }
                    let listener = try await link.atFar { try await Listener(Score.self, at: .tcp(port: 0)) }
                    let place = Endpoint.Host(host)
                    let port = listener.localAddress.port!
                    let client = try await Connection(
                        Score.self,
                        to: Endpoint(url: "tcp://\(place):\(port)?interface=other\(option)"),
                        timeout: patience
                    )
                    let server = try await listener.accept()
                    try await exchange(client, server)
                    let name = "\(host)\(option) from \(server.peer)"
                    guard source.isEmpty else {
                        require(server.peer.ip == IPAddress(source), name)
                        continue
                    }
                    guard case .ipv6(_, _, let zone) = client.peer else { return require(false, name) }
                    require(Interfaces.name(of: zone) == "other", name)
                }
            }
            for option in ["", "&loops=2", "&multipath=true"] where isMultipath || option != "&multipath=true"
            {
                for host in ["10.10.0.1", "fd0a::1"] {
                    let place = try Endpoint(url: "tcp://:0?interface=other\(option)")
                    let listener = try await Listener(Score.self, at: place)
                    var target = Endpoint.tcp(host, listener.localAddress.port!)
                    target.options.interface = "away"
                    let client = try await link.atFar {
                        try await Connection(Score.self, to: target, timeout: patience)
                    }
                    try await exchange(client, try await listener.accept())
                    target.options.interface = "far"
                    let refused = await refusal {
                        try await link.atFar {
                            try await Connection(Score.self, to: target, timeout: patience)
                        }
                    }
                    guard case .socket(let error)? = refused else {
                        return require(false, "\(host)\(option): \(String(describing: refused))")
                    }
                    require(error.code == .connectionRefused, "\(host)\(option): \(error)")
                }
            }
        }

        @MainActor
        private static func exchange(_ one: Connection<Score, Score>, _ two: Connection<Score, Score>)
            async throws
        {
            try await one.send(score(1))
            require(try await two.next(timeout: patience) == score(1), "nothing came")
            try await two.send(score(2))
            require(try await one.next(timeout: patience) == score(2), "nothing came back")
        }
    }
}

/// The far host's ear: it answers every datagram and tells by which interface it came, as the kernel says.
@MainActor
private final class Far {
    private let socket: Socket
    private let names: [UInt32: String]
    let port: UInt16

    /// Opened at the far host.
    init() throws {
        var names: [UInt32: String] = [:]
        for name in ["far", "away"] { names[try Interfaces.index(of: name)] = name }
        self.names = names
        socket = try Self.ear(["far", "away"])
        port = try socket.localAddress.port ?? 0
    }

    private static func ear(_ names: [String]) throws -> Socket {
        let socket = try Socket(.ipv6, .datagram)
        try socket.setIPv6Only(false)
        try socket.setReportsArrival(true)
        try socket.bind(to: .ipv6(.any, port: 0, zone: 0))
        for group in ["239.9.0.7", "ff05::7", "ff02::7"] {
            for name in names { try socket.join(IPAddress(group)!, on: Interface(name)) }
        }
        return socket
    }

    /// Answers the next datagram; by which interface it came.
    func answer() async throws -> String {
        var waiting = pollfd(fd: socket.fileDescriptor, events: Int16(POLLIN), revents: 0)
        require(unsafe poll(&waiting, 1, 10_000) == 1, "nothing came to far")
        var bytes = [UInt8](repeating: 0, count: 2048)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        guard let datagram = try socket.receiveDatagram(into: &raw) else { return "nothing" }
        let answer = Array(bytes.prefix(datagram.byteCount))
        // A connected peer hears the address alone that it wrote to.
        if let asked = datagram.arrival.localAddress, datagram.arrival.destination?.isMulticast == false {
            _ = unsafe try socket.send(answer.span.bytes, to: datagram.sender, from: asked)
        } else {
            _ = unsafe try socket.send(answer.span.bytes, to: datagram.sender)
        }
        return names[datagram.arrival.interface] ?? "\(datagram.arrival.interface)"
    }
}
