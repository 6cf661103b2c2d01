import ParleySockets
import ParleyTypes
import Testing

/// An interface other than lo that carries groups of both families, if the host has one.
private let linkInterface: String? = Interfaces.names.first { name in
    guard name != "lo", let member = try? datagram("udp://239.255.77.1:0?interface=\(name)"),
        let six = try? datagram("udp://[ff02::7777%\(name)]:0"), let port = try? six.port,
        let zone = try? Interfaces.index(of: name), let group = IPv6Address("ff02::7777"),
        let sender = try? datagram("udp://:0?interface=\(name)"),
        (try? sender.say([0], to: .ipv6(group, port: port, zone: zone))) == true,
        (try? sender.say([0], to: .ipv4(IPv4Address(239, 255, 77, 1), port: member.port))) == true
    else { return false }
    return wait(six.fileDescriptor, milliseconds: 200) && wait(member.fileDescriptor, milliseconds: 200)
}

/// Ports are the system's choice, yet groups are shared by the whole host: one test at a time.
@Suite(.serialized) struct GroupTests {
    @Test func everyMemberOnAHostGetsItsCopy() throws {
        let first = try datagram("udp://239.255.77.1:0?interface=lo")
        let port = try first.port
        let second = try datagram("udp://239.255.77.1:\(port)?interface=127.0.0.1")
        let sender = try datagram("udp://:0?interface=lo")
        try sender.say("all", to: group(port))
        let received = try first.next()
        #expect(received.bytes == Array("all".utf8))
        #expect(received.datagram.arrival.destination?.ip == .ipv4(IPv4Address(239, 255, 77, 1)))
        // The address to answer from is one of this host's, never the group.
        let local = try #require(received.datagram.arrival.localAddress)
        #expect(!local.isMulticast)
        #expect(try first.say([1], to: received.datagram.sender, from: local))
        #expect(try sender.next().datagram.sender == local.with(port: port))
        #expect(try second.next().bytes == Array("all".utf8))
    }

    @Test func aMemberDoesNotReceiveUnicastToItsPort() throws {
        let member = try datagram("udp://239.255.77.1:0?interface=lo")
        let port = try member.port
        let owner = try datagram("udp://127.0.0.1:\(port)")
        let sender = try datagram("udp://127.0.0.1:0")
        try sender.say("mine", to: loopback(port))
        #expect(try owner.next().bytes == Array("mine".utf8))
        expectSilence(member)
    }

    @Test(arguments: ["udp://:", "udp://0.0.0.0:", "udp://239.255.77.1:"])
    func whoDidNotJoinDoesNotHearTheGroupThatOthersOfItsHostJoined(url: String) throws {
        let joined = IPAddress.ipv4(IPv4Address(239, 255, 77, 1))
        // The member sits on another port, which is enough to bring the group's datagrams to this host.
        let member = try Socket(.ipv4, .datagram)
        try member.join(joined, on: Interface("lo"))
        let stranger = try datagram(url + "0?interface=lo")
        if url.contains("239") { try stranger.leave(joined, on: Interface("lo")) }
        try datagram("udp://:0?interface=lo").say("secret", to: group(try stranger.port))
        expectSilence(stranger)
        // The system's default would have let it in: this is what the opener changes.
        try stranger.setHearsOthersGroups(true)
        try datagram("udp://:0?interface=lo").say("heard", to: group(try stranger.port))
        #expect(try stranger.next().bytes == Array("heard".utf8))
    }

    @Test(.enabled(if: linkInterface != nil, "skipped: no interface but lo carries groups here"))
    func aSenderThatDoesNotLoopIsNotHeardOnItsOwnHost() throws {
        let interface = try #require(linkInterface)
        let member = try datagram("udp://239.255.77.1:0?interface=\(interface)")
        try datagram("udp://:0?interface=\(interface)&loop=false").say("x", to: group(try member.port))
        expectSilence(member)
        try datagram("udp://:0?interface=\(interface)").say("y", to: group(try member.port))
        #expect(try member.next().bytes == Array("y".utf8))
    }

    @Test func onTheLoopbackInterfaceNotToLoopHasNoEffect() throws {
        let member = try datagram("udp://239.255.77.1:0?interface=lo")
        // What leaves by lo comes back in by lo, as a packet and not as the copy that the option forbids.
        try datagram("udp://:0?interface=lo&loop=false").say("x", to: group(try member.port))
        #expect(try member.next().bytes == Array("x".utf8))
    }

    @Test func timeToLiveOfGroupsIsOneUnlessAsked() throws {
        #expect(try datagram("udp://:0").groupTimeToLive == 1)
        let socket = try datagram("udp://239.255.77.1:0?interface=lo&ttl=4")
        #expect(try socket.groupTimeToLive == 4)
        #expect(try socket.timeToLive == 4)
    }

    @Test func addressesFrom240UpAreNoGroupAndAreRefused() throws {
        let socket = try Socket(.ipv4, .datagram)
        let error = refusal { try socket.join(.ipv4(IPv4Address(240, 0, 0, 0)), on: Interface("lo")) }
        #expect(error?.operation == .join)
        #expect(error?.code == .invalidArgument)
        #expect(error?.remedy.contains("224.0.0.0 to 239.255.255.255") == true)
        #expect(
            refusal { try opened(.udp(group: "240.0.0.0", port: 0, on: "lo")) }?.code
                == .operationNotSupported
        )
        #expect(
            refusal { try opened(.udp(group: "10.0.0.1", port: 0, on: "lo")) }?.code == .operationNotSupported
        )
    }

    @Test func anUnknownInterfaceIsAnsweredWithTheOnesThereAre() throws {
        let error = refusal { try datagram("udp://239.255.77.1:0?interface=nosuch0") }
        #expect(error?.code == .noSuchDevice)
        #expect(error?.description.contains("nosuch0 (this host has lo") == true)
    }

    @Test func theTwentyFirstMembershipIsRefusedAndLeavingMakesRoom() throws {
        let socket = try Socket(.ipv4, .datagram)
        let interface = try Interface("lo")
        var joined: [IPAddress] = []
        var error: SocketError?
        for last in 1...255 as ClosedRange<UInt8> {
            let group = IPAddress.ipv4(IPv4Address(239, 255, 78, last))
            error = refusal { try socket.join(group, on: interface) }
            if error != nil { break }
            joined.append(group)
        }
        // 20 unless net.ipv4.igmp_max_memberships was changed.
        #expect(error?.code == .noBufferSpace)
        #expect(error?.remedy.contains("igmp_max_memberships") == true)
        try socket.leave(joined[0], on: interface)
        try socket.join(.ipv4(IPv4Address(239, 255, 79, 1)), on: interface)
        #expect(refusal { try socket.leave(joined[0], on: interface) }?.code == .addressNotAvailable)
    }

    @Test(.enabled(if: linkInterface != nil, "skipped: no interface but lo carries groups here"))
    func anIPv6GroupIsJoinedTheSameWay() throws {
        let interface = try #require(linkInterface)
        let member = try datagram("udp://[ff02::7777%\(interface)]:0")
        let sender = try datagram("udp://:0?interface=\(interface)")
        let zone = try Interfaces.index(of: interface)
        let address = SocketAddress.ipv6(
            try #require(IPv6Address("ff02::7777")),
            port: try member.port,
            zone: zone
        )
        try sender.say("six", to: address)
        let received = try member.next()
        #expect(received.bytes == Array("six".utf8))
        #expect(received.datagram.arrival.destination == address.with(port: 0))
        #expect(received.datagram.arrival.localAddress == nil)
        #expect(received.datagram.arrival.interface == zone)
    }

    private func group(_ port: UInt16) -> SocketAddress { .ipv4(IPv4Address(239, 255, 77, 1), port: port) }

    private func opened(_ endpoint: Endpoint) throws -> Socket {
        try Socket.datagram(at: endpoint, bound: Resolver.addresses(of: endpoint).first)
    }
}

@Suite(.serialized) struct BroadcastTests {
    static let all = IPv4Address(127, 255, 255, 255)

    @Test func sendingToABroadcastAddressWithoutTheOptionIsPermissionDenied() throws {
        let sender = try datagram("udp://127.0.0.1:0")
        let error = refusal { try sender.say([1], to: .ipv4(Self.all, port: 9)) }
        #expect(error?.code == .permissionDenied)
        #expect(error?.remedy.contains("SO_BROADCAST") == true)
    }

    @Test func everySocketAtABroadcastAddressGetsItsCopy() throws {
        let first = try datagram("udp://127.255.255.255:0?broadcast=true")
        let port = try first.port
        let second = try datagram("udp://127.255.255.255:\(port)")
        let owner = try datagram("udp://127.0.0.1:\(port)")
        let sender = try datagram("udp://127.0.0.1:0?broadcast=true")
        try sender.say("all", to: .ipv4(Self.all, port: port))
        let received = try first.next()
        #expect(received.bytes == Array("all".utf8))
        #expect(received.datagram.arrival.destination?.ip == .ipv4(Self.all))
        #expect(try second.next().bytes == Array("all".utf8))
        expectSilence(owner)
    }

    @Test func theBroadcastAddressesOfThisHostAreKnown() {
        #expect(Interfaces.broadcastAddresses.contains(Self.all))
        #expect(Socket.isBroadcast(.ipv4(.broadcast, port: 1)))
        #expect(!Socket.isBroadcast(loopback(1)))
    }
}

@Suite struct InterfaceTests {
    @Test func `a service and a sender on an interface are kept to it`() throws {
        let probe = try datagram("udp://:0")
        let port = try probe.port
        probe.close()
        let service = try datagram("udp://:\(port)?interface=lo")
        let sender = try datagram("udp://:0")
        try sender.say("in", to: loopback(port))
        #expect(try service.next().bytes == Array("in".utf8))
        #expect(try service.boundInterface == "lo")
        for url in [
            "udp://:0?interface=lo", "udp://239.255.77.9:0?interface=lo", "udp://:0?interface=127.0.0.1",
        ] {
            #expect(try datagram(url).boundInterface == "lo")
        }
        #expect(try listener("tcp://:0?interface=lo").boundInterface == "lo")
    }
}
