import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes

// Streams, and what a host refuses whoever is there.

extension MatrixScene {
    private static let addr = ReuseFlags(address: true, port: false)
    private static let port = ReuseFlags(address: false, port: true)

    static let connections = [
        MatrixScene(
            name: "tcp/receives/hash",
            question: "tcp: two listeners at 127.0.0.1 with SO_REUSEPORT; 64 clients",
            expected: .spread(["a", "b"])
        ) { (rig) throws(SocketError) in
            try rig.meet(["a": AddressPair.home, "b": AddressPair.home], clients: 64)
        },
        MatrixScene(
            name: "tcp/receives/specific",
            question: "tcp: listeners at 127.0.0.1 and 0.0.0.0, both with SO_REUSEPORT; 16 clients",
            expected: .one("specific")
        ) { (rig) throws(SocketError) in
            try rig.meet(["specific": AddressPair.home, "wildcard": AddressPair.all], clients: 16)
        },
        MatrixScene(
            name: "tcp/several/bind-then-listen",
            question: "tcp: two sockets with SO_REUSEADDR are bound to one port; one listens, then the other",
            expected: .refused(.addressInUse)
        ) { (rig) throws(SocketError) in
            let port = try rig.freePort(.tcp)
            let plan = SocketPlan(kind: .tcp, address: AddressPair.home, reuse: addr)
            let first = try rig.bound(plan, port: port)
            let second = try rig.bound(plan, port: port)
            do throws(SocketError) { try first.socket.listen() } catch {
                return .strange("the first: \(error)")
            }
            do throws(SocketError) { try second.socket.listen() } catch { return .refused(error.code) }
            return withExtendedLifetime(first) { .succeeds }
        },
        MatrixScene(
            name: "tcp/several/same-five-values",
            question: "tcp: a second connection between the same two addresses and ports",
            expected: .refused(.addressNotAvailable)
        ) { (rig) throws(SocketError) in try rig.connectTwice(isSameTarget: true) },
        MatrixScene(
            name: "tcp/several/other-target",
            question: "tcp: a second connection from the same address and port to another listener",
            expected: .succeeds
        ) { (rig) throws(SocketError) in try rig.connectTwice(isSameTarget: false) },
        MatrixScene(
            name: "host/foreign-address",
            question: "udp: bind to 192.0.2.1, which no interface has",
            expected: MatrixOutcome(
                BindVerdict(
                    SocketPlan(address: foreign).request(port: 9, user: 1),
                    among: [],
                    on: BindHost(addresses: [.ipv4(.loopback)], unprivilegedPortStart: 0)
                )
            )
        ) { (rig) throws(SocketError) in rig.tryBind(SocketPlan(address: foreign), port: 0) },
        MatrixScene(
            name: "host/privileged-port",
            question: "udp: bind to port 1 without CAP_NET_BIND_SERVICE",
            expected: MatrixOutcome(
                BindVerdict(
                    SocketPlan(address: AddressPair.home).request(port: 1, user: 1),
                    among: [],
                    on: BindHost(mayBindEveryPort: false)
                )
            ),
            need: .privilegedPorts
        ) { (rig) throws(SocketError) in
            let plan = SocketPlan(address: AddressPair.home)
            guard rig.stranger != nil else { return rig.tryBind(plan, port: 1) }
            return try rig.asStranger { () throws(SocketError) in rig.tryBind(plan, port: 1) }
        },
    ]

    private static let foreign = SocketAddress.ipv4(IPv4Address(192, 0, 2, 1), port: 0)

    /// Who closes first has the TIME_WAIT.
    static let closings = [
        MatrixScene(
            name: "tcp/closes-first/server",
            question: "tcp: the server closes the connection first and restarts, without SO_REUSEADDR",
            expected: .refused(.addressInUse)
        ) { (rig) throws(SocketError) in try rig.restart(serverClosesFirst: true) },
        MatrixScene(
            name: "tcp/closes-first/client",
            question:
                "tcp: the client closes the connection first and the server restarts, without SO_REUSEADDR",
            expected: .succeeds
        ) { (rig) throws(SocketError) in try rig.restart(serverClosesFirst: false) },
        MatrixScene(
            name: "tcp/closes-first/how-long",
            question: "tcp: how long a port without SO_REUSEADDR stays taken by TIME_WAIT",
            expected: .seconds(60),
            need: .slow
        ) { (rig) throws(SocketError) in try rig.sitOutTimeWait() },
    ]
}

extension MatrixRig {
    /// Who of several listeners with SO_REUSEPORT is met.
    fileprivate func meet(
        _ places: [String: SocketAddress],
        clients count: Int
    ) throws(SocketError) -> MatrixOutcome {
        let port = try freePort(.tcp)
        var listeners: [(name: String, held: Held)] = []
        for (name, address) in places.sorted(by: { $0.key < $1.key }) {
            let plan = SocketPlan(kind: .tcp, address: address, reuse: ReuseFlags(address: false, port: true))
            let held = try bound(plan, port: port)
            try held.socket.listen(backlog: Int32(count))
            listeners.append((name, held))
        }
        var clients: [Held] = []
        let target = AddressPair.home.with(port: port)
        for _ in 0..<count {
            clients.append(try connected(open(SocketPlan(kind: .tcp, address: target)), to: target))
        }
        var met: [String: Int] = [:]
        for _ in 0..<100 where met.values.reduce(0, +) < count {
            for (name, held) in listeners {
                while case .accepted(let socket, _) = try held.socket.accept() {
                    try socket.setLingerSeconds(0)
                    met[name, default: 0] += 1
                }
            }
            if met.values.reduce(0, +) < count { usleep(2000) }
        }
        let names = met.keys.sorted()
        if met.values.reduce(0, +) != count { return .strange("\(met.values.reduce(0, +)) of \(count)") }
        return names.count == 1 ? .one(names[0]) : .spread(names)
    }

    /// Two connections from one local port, which both sockets share.
    fileprivate func connectTwice(isSameTarget: Bool) throws(SocketError) -> MatrixOutcome {
        var listeners: [Held] = []
        for _ in 0..<2 {
            let listener = try bound(SocketPlan(kind: .tcp, address: AddressPair.home), port: 0)
            try listener.socket.listen()
            listeners.append(listener)
        }
        let local = SocketPlan(
            kind: .tcp,
            address: AddressPair.home,
            reuse: ReuseFlags(address: true, port: false)
        )
        let port = try freePort(.tcp)
        let first = try connected(bound(local, port: port), to: try listeners[0].address)
        let second = try bound(local, port: port)
        let target = listeners[isSameTarget ? 0 : 1]
        do throws(SocketError) {
            _ = try connected(second, to: try target.address)
            try second.socket.setLingerSeconds(0)
            try first.socket.setLingerSeconds(0)
            return .succeeds
        } catch {
            try first.socket.setLingerSeconds(0)
            return .refused(error.code)
        }
    }

    /// A server without SO_REUSEADDR has one client, ends and comes again.
    fileprivate func restart(serverClosesFirst: Bool) throws(SocketError) -> MatrixOutcome {
        let plan = SocketPlan(kind: .tcp, address: AddressPair.home)
        let port = try freePort(.tcp)
        if serverClosesFirst {
            try leaveTimeWait(at: port, plan)
        } else {
            let listener = try bound(plan, port: port)
            try listener.socket.listen()
            let connection = try connect(to: AddressPair.home.with(port: port), listener)
            try connection.client.socket.shutdown(.sending)
            try Self.wait(connection.server, for: POLLIN)
            try connection.server.socket.shutdown(.sending)
            try Self.wait(connection.client, for: POLLIN)
        }
        return tryBind(plan, port: port)
    }

    private func leaveTimeWait(at port: UInt16, _ plan: SocketPlan) throws(SocketError) {
        let listener = try bound(plan, port: port)
        try listener.socket.listen()
        try leaveTimeWait(connect(to: AddressPair.home.with(port: port), listener), port: port)
    }

    /// Asks ten times a second until the port is free again.
    fileprivate func sitOutTimeWait() throws(SocketError) -> MatrixOutcome {
        let plan = SocketPlan(kind: .tcp, address: AddressPair.home)
        let port = try freePort(.tcp)
        try leaveTimeWait(at: port, plan)
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(90), Stop.shared.reason == nil {
            if tryBind(plan, port: port) == .succeeds {
                let seconds = start.duration(to: .now).components.seconds
                // The kernel's coarse timers may be late, by a few seconds of sixty.
                return .seconds((60...64).contains(seconds) ? 60 : Int(seconds))
            }
            usleep(100_000)
        }
        return .strange("longer than 90 s")
    }
}
