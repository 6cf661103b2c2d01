import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes

// The old socket of a grid, and everyone who wants its port.

extension MatrixRig {
    /// What holds the port while new sockets try.
    struct Standing {
        var port: UInt16
        var held: [Held] = []
        var connections: [Connection] = []
    }

    /// Runs the cases of a grid for one choice of the old socket's flags.
    func run(_ grid: BindGrid, old: ReuseFlags, _ cases: [GridCase]) -> [MatrixCase] {
        if grid.pair.usesIPv6, !hasIPv6 { return cases.map { $0.missed(MatrixObstacle.noIPv6) } }
        guard cases.contains(where: { !$0.isOtherUser || stranger != nil }) else {
            return cases.map { $0.missed(MatrixObstacle.otherUser) }
        }
        var result: [MatrixCase] = []
        // On a host's own network another program may get in between: then once more, with another port.
        for attempt in 1...3 {
            result = runOnce(grid, old, cases)
            if attempt == 3 || !result.contains(where: \.isWrong) { break }
        }
        return result
    }

    private func runOnce(_ grid: BindGrid, _ old: ReuseFlags, _ cases: [GridCase]) -> [MatrixCase] {
        do throws(SocketError) {
            let standing = try stand(grid, old)
            defer { standing.connections.forEach(Self.abort) }
            return cases.map { item in
                guard !item.isOtherUser || stranger != nil else {
                    return item.missed(MatrixObstacle.otherUser)
                }
                let plan = grid.newPlan(item.flags, isOtherUser: item.isOtherUser)
                return item.seen(tryBind(plan, port: standing.port))
            }
        } catch {
            return cases.map { $0.seen(.strange("no old socket: \(error.code.name)")) }
        }
    }

    /// Makes the old socket.
    func stand(_ grid: BindGrid, _ flags: ReuseFlags) throws(SocketError) -> Standing {
        let plan = grid.oldPlan(flags)
        if grid.old == .client { return try standAsClient(plan, grid) }
        let port = try freePort(grid.old.kind)
        let old = try bound(plan, port: port)
        switch grid.old {
        case .bound, .datagram, .client: return Standing(port: port, held: [old])
        case .connected:
            _ = try old.socket.connect(to: shown(grid.pair.reached, plan).with(port: 9))
            return Standing(port: port, held: [old])
        case .listener, .child, .timeWait, .nothing: break
        }
        try old.socket.listen(backlog: 8)
        if grid.old == .nothing { return Standing(port: port) }
        if grid.old == .listener { return Standing(port: port, held: [old]) }
        let connection = try connect(to: grid.pair.reached.with(port: port), old)
        if grid.old == .child { return Standing(port: port, connections: [connection]) }
        try leaveTimeWait(connection, port: port)
        return Standing(port: port)
    }

    /// The server closes first: the connection waits at its side.
    func leaveTimeWait(_ connection: consuming Connection, port: UInt16) throws(SocketError) {
        try connection.server.socket.shutdown(.sending)
        try Self.wait(connection.client, for: POLLIN)
        try connection.client.socket.shutdown(.sending)
        try Self.wait(connection.server, for: POLLIN)
        _ = consume connection
        for _ in 0..<200 {
            let waiting = try KernelSockets.read([.tcp], states: [.timeWait], port: port)
            if waiting.sockets.contains(where: { $0.local?.port == port }) { return }
            usleep(5000)
        }
        throw SocketError(.wait, .timedOut)
    }

    private func standAsClient(_ plan: SocketPlan, _ grid: BindGrid) throws(SocketError) -> Standing {
        let server = try bound(SocketPlan(kind: .tcp, address: plan.address), port: 0)
        try server.socket.listen(backlog: 8)
        // connect(2) sees to the port, so that IPV6_V6ONLY stays as the family has it.
        let client = try connected(open(plan), to: try server.address)
        let connection = Connection(client: client, server: try accepted(server))
        return Standing(port: try client.port, held: [server], connections: [connection])
    }

    private func shown(_ address: SocketAddress, _ plan: SocketPlan) -> SocketAddress {
        guard case .ipv6 = plan.address, case .ipv4(let host, let port) = address else { return address }
        return .ipv6(IPv6Address(mapping: host), port: port, zone: 0)
    }
}

/// One new socket of a grid.
struct GridCase {
    var flags: ReuseFlags
    var isOtherUser: Bool
    var item: MatrixCase

    func seen(_ outcome: MatrixOutcome) -> MatrixCase {
        var item = item
        item.observed = outcome
        return item
    }

    func missed(_ obstacle: String) -> MatrixCase {
        var item = item
        item.obstacle = obstacle
        return item
    }
}
