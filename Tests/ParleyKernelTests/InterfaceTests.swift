import Foundation
import ParleyKernel
import ParleySockets
import ParleyTypes
import Testing

@Suite struct InterfaceTests {
    @Test func `this host's interfaces are those of if_nameindex, and lo is among them`() throws {
        let table = try InterfaceTable.read()
        #expect(Set(Interfaces.names).isSubset(of: Set(table.records.map(\.name))))
        #expect(table.records.map(\.index) == table.records.map(\.index).sorted())
        let loopback = try #require(table["lo"])
        #expect(loopback.flags.contains(.loopback) && loopback.flags.names.contains("LOOPBACK"))
        #expect(loopback.linkType == 772 && loopback.packetBytesMax > 0)
        #expect(table["1"]?.name == table[index: 1]?.name)
        #expect(table["no such name"] == nil && table[index: .max] == nil)
    }

    @Test(.enabled(if: OwnNetwork.isPossible, OwnNetwork.reason))
    func `every interface and address is as ip lists it, with rights and without`() async {
        await #expect(processExitsWith: .success) { try await Self.compareWithIP() }
    }

    @MainActor
    private static func compareWithIP() throws {
        OwnNetwork.enter()
        OwnNetwork.addPair()
        require(OwnNetwork.run("ip link add name bridge type bridge mcast_snooping 1"), "no bridge")
        require(OwnNetwork.run("ip link set two master bridge"), "no port")
        require(OwnNetwork.run("ip link set one alias x txqueuelen 77 mtu 1400"), "no change")
        require(OwnNetwork.run("ip link property add dev one altname another-name-of-it"), "no name")
        require(OwnNetwork.run("echo 1 > /proc/sys/net/ipv6/conf/one/forwarding"), "no router")
        require(OwnNetwork.run("ip link set bridge up"), "no bridge")
        let groups = try InterfaceTable.read().records.flatMap(\.groups)
        // Nobody but the kernel, as host, router and bridge.
        require(groups.contains { "\($0.address)" == "ff05::2" }, "\(groups)")
        require(groups.contains { "\($0.address)" == "224.0.0.106" }, "\(groups)")
        for group in groups {
            guard case .ip = group.address else { continue }
            require(group.sockets == 0 && group.hasKernel, "\(group)")
        }
        require(OwnNetwork.run("ip link set bridge down"), "no bridge")
        try compareUntilSettled()
        OwnNetwork.dropRights()
        try compareUntilSettled()
        let table = try InterfaceTable.read()
        require(table["another-name-of-it"]?.name == "one", "no other name")
        require(table["bridge"]?.bridge == .init(isSnooping: true, isQuerier: false), "no bridge's groups")
        require(table["one"]?.lowerIndex == table["two"]?.index, "no pair")
        require(table["two"]?.masterIndex == table["bridge"]?.index, "no port")
        let one = table["one"]!
        require(
            one.addresses.filter { $0.remarks == ["secondary"] }.map { "\($0)" } == ["10.9.0.7/24"],
            "\(one)"
        )
        require(one.addresses.contains { $0.peer == .ipv4(IPv4Address(10, 8, 0, 2)) }, "\(one.addresses)")
    }

    /// The kernel changes carrier, state and discipline of a link some time after it was told to.
    @MainActor
    private static func compareUntilSettled() throws {
        var difference: String?
        for _ in 0..<100 {
            difference = try Self.difference(from: OwnNetwork.output("ip -d -j address"))
            if difference == nil { return }
            usleep(50_000)
        }
        require(false, difference ?? "")
    }

    @MainActor
    private static func difference(from text: String) throws -> String? {
        let listed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
        let table = try InterfaceTable.read()
        var difference: String?
        func require(_ condition: Bool, _ context: String) {
            if !condition, difference == nil { difference = context }
        }
        require(table.isConsistent, "something changed")
        require(listed.count == 4 && table.records.count == 4, "\(listed.count) and \(table.records.count)")
        for (record, item) in zip(table.records, listed) {
            let context = "\(record) and \(item)"
            require(record.name == item["ifname"] as? String, context)
            require(record.index == item["ifindex"] as? UInt32, context)
            require(record.packetBytesMax == item["mtu"] as? UInt32, context)
            require(record.queuePacketsMax == item["txqlen"] as? UInt32 ?? 0, context)
            require(record.discipline == item["qdisc"] as? String, context)
            require(record.kind == (item["linkinfo"] as? [String: Any])?["info_kind"] as? String, context)
            require("\(record.hardwareAddress)" == item["address"] as? String, context)
            require("\(record.hardwareBroadcast)" == item["broadcast"] as? String, context)
            // ip leaves RUNNING out, and adds NO-CARRIER and M-DOWN.
            let flags = Set(record.flags.names).subtracting(["RUNNING"])
            let words = Set(item["flags"] as? [String] ?? []).subtracting(["NO-CARRIER", "M-DOWN"])
            require(flags == words, context)
            let state = "\(record.state)".uppercased()
            require(state.hasPrefix((item["operstate"] as? String ?? "").prefix(5)), context)
            let addresses = item["addr_info"] as? [[String: Any]] ?? []
            require(record.addresses.count == addresses.count, context)
            for (address, item) in zip(record.addresses, addresses) {
                require("\(address.address)" == item["local"] as? String, context)
                require(address.prefixLength == item["prefixlen"] as? Int, context)
                require(address.peer.map { "\($0)" } == item["address"] as? String, context)
                require(address.broadcast.map { "\($0)" } == item["broadcast"] as? String, context)
                require("\(address.scope)" == item["scope"] as? String, context)
                require(address.flags.contains(.secondary) == (item["secondary"] as? Bool ?? false), context)
                require((address.validFor == nil) == (item["valid_life_time"] as? UInt32 == .max), context)
            }
        }
        return difference
    }

    @Test(.enabled(if: OwnNetwork.isPossible, OwnNetwork.reason))
    func `a group is counted by the sockets that joined it, with the senders that they named`() async {
        await #expect(processExitsWith: .success) { try await Self.countMembers() }
    }

    @MainActor
    private static func countMembers() throws {
        OwnNetwork.enter()
        OwnNetwork.addPair()
        let interface = try Interface("one")
        let group = IPAddress.ipv4(IPv4Address(239, 1, 2, 3))
        let group6 = IPAddress.ipv6(IPv6Address("ff05::1:3")!)
        func found(_ group: IPAddress) throws -> InterfaceRecord.Group? {
            try InterfaceTable.read()["one"]?.groups.first { $0.address == .ip(group) }
        }
        require(try found(group) == nil, "joined before")
        let first = try Socket(.ipv4, .datagram)
        try first.join(group, on: interface)
        require(try found(group)?.users == 1, "not one")
        let second = try Socket(.ipv4, .datagram)
        try second.join(group, on: interface)
        require(try found(group)?.sockets == 2, "not two")
        try second.leave(group, on: interface)
        require(try found(group)?.users == 1, "not one again")
        try second.join(group, on: interface, from: .ipv4(IPv4Address(10, 9, 0, 9)))
        require(
            try found(group)?.sources == [.init(.ipv4(IPv4Address(10, 9, 0, 9)), includes: 1, excludes: 0)],
            "\(String(describing: try found(group)))"
        )
        try first.leave(group, on: interface)
        second.close()
        require(try found(group) == nil, "still joined")
        let third = try Socket(.ipv6, .datagram)
        try third.join(group6, on: interface)
        require(try found(group6)?.users == 1, "not one of IPv6")
        // The device takes it in too.
        let link = HardwareAddress("33:33:00:01:00:03")!
        let record = try InterfaceTable.read()["one"]!
        require(record.groups.contains { $0.address == .link(link) && $0.users == 1 }, "\(record.groups)")
        require(record.groupProtocolVersion == 3, "\(record.groupProtocolVersion ?? 0)")
        // What every host joins by itself is no socket's.
        let ours = record.groups.filter { $0.sockets > 0 }.map(\.address)
        require(ours.filter { if case .ip = $0 { true } else { false } } == [.ip(group6)], "\(ours)")
        third.close()
        require(try found(group6) == nil, "still joined")
    }

    @Test(.enabled(if: OwnNetwork.isPossible, OwnNetwork.reason))
    func `packets are counted where they go through, and losses where they are lost`() async {
        await #expect(processExitsWith: .success) { try await Self.countPackets() }
    }

    @MainActor
    private static func countPackets() throws {
        OwnNetwork.enter()
        OwnNetwork.addPair()
        let before = try InterfaceTable.read()
        let socket = try Socket(.ipv4, .datagram)
        let bytes = [UInt8](repeating: 7, count: 1000)
        // To everyone, so that no address is asked for.
        try socket.setAllowsBroadcast(true)
        for _ in 0..<5 {
            let everyone = SocketAddress.ipv4(IPv4Address(10, 9, 0, 255), port: 9)
            require(unsafe try socket.send(bytes.span.bytes, to: everyone), "not sent")
        }
        let after = try InterfaceTable.read()
        let sent = after["one"]!.counters.sent.packets - before["one"]!.counters.sent.packets
        let bytesSent = after["one"]!.counters.sent.bytes - before["one"]!.counters.sent.bytes
        require(sent >= 5 && bytesSent >= 5 * 1042, "\(sent) packets of \(bytesSent) bytes")
        require(
            after["two"]!.counters.received.packets - before["two"]!.counters.received.packets >= 5,
            "lost"
        )
        // A cable that is pulled out at the far end.
        require(OwnNetwork.run("ip link set two down"), "still up")
        var down = try InterfaceTable.read()["one"]!
        // The kernel says so some time later.
        for _ in 0..<100 where down.flags.contains(.lowerUp) || down.state != .lowerLayerDown {
            usleep(50_000)
            down = try InterfaceTable.read()["one"]!
        }
        require(down.flags.contains(.up) && !down.flags.contains(.lowerUp), "\(down.flags.names)")
        require(down.state == .lowerLayerDown, "\(down.state)")
    }

    @Test(.enabled(if: OwnNetwork.isPossible, OwnNetwork.reason))
    func `the way to an address names interface, router, source and size, or that there is none`() async {
        await #expect(processExitsWith: .success) { try await Self.askForWays() }
    }

    @MainActor
    private static func askForWays() throws {
        OwnNetwork.enter()
        let group = IPAddress("239.1.2.3")!
        func code(_ text: String) -> ErrorCode? {
            do {
                _ = try Route.lookup(to: IPAddress(text)!)
                return nil
            } catch {
                return error.code
            }
        }
        require(code("239.1.2.3") == .networkUnreachable, "a way to a group")
        require(code("192.0.2.1") == .networkUnreachable && code("fd08::1") == .networkUnreachable, "a way")
        OwnNetwork.addPair()
        let one = try InterfaceTable.read()["one"]!.index
        for command in [
            "ip route add default via 10.9.0.2", "ip route add 10.77.0.0/16 via 10.9.0.3 mtu 1280",
            "ip -6 route add fd08::/64 via fd09::2", "ip route add prohibit 10.66.0.0/16",
            "ip route add unreachable 10.65.0.0/16", "ip route add blackhole 10.64.0.0/16",
            "ip route add 10.63.0.0/16 via inet6 fd09::5 dev one",
        ] { require(OwnNetwork.run(command), command) }
        let source = IPAddress("10.9.0.1")!
        let far = try Route.lookup(to: IPAddress("192.0.2.1")!)
        require(far.kind == .unicast && far.interface == one && far.source == source, "\(far)")
        require(far.gateway == IPAddress("10.9.0.2") && far.packetBytesMax == 1500, "\(far)")
        require(try Route.lookup(to: IPAddress("10.77.0.1")!).packetBytesMax == 1280, "no size")
        require(try Route.lookup(to: IPAddress("10.9.0.99")!).gateway == nil, "a router")
        require(try Route.lookup(to: IPAddress("10.63.0.1")!).gateway == IPAddress("fd09::5"), "no router")
        require(try Route.lookup(to: IPAddress("10.9.0.1")!).kind == .local, "not ours")
        require(try Route.lookup(to: IPAddress("10.9.0.255")!).kind == .broadcast, "not everyone")
        require(try Route.lookup(to: group).kind == .multicast, "no group")
        require(try Route.lookup(to: group, interface: 1).interface == 1, "not by lo")
        let six = try Route.lookup(to: IPAddress("fd08::1")!)
        require(six.gateway == IPAddress("fd09::2") && six.source == IPAddress("fd09::1"), "\(six)")
        require(code("10.66.0.1") == .permissionDenied, "\(String(describing: code("10.66.0.1")))")
        require(code("10.65.0.1") == .hostUnreachable, "\(String(describing: code("10.65.0.1")))")
        require(code("10.64.0.1") == .invalidArgument, "\(String(describing: code("10.64.0.1")))")
    }
}
