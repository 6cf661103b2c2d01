import ParleySockets
import ParleyTypes
import Testing

/// Groups from chosen senders, on lo: every address of 127.0.0.0/8 is a sender of its own.
@Suite(.serialized) struct SourceTests {
    private static let group = IPAddress.ipv4(IPv4Address(232, 255, 77, 1))
    private static let five = IPAddress.ipv4(IPv4Address(127, 0, 0, 5))
    private static let six = IPAddress.ipv4(IPv4Address(127, 0, 0, 6))

    private func say(_ text: String, from host: String, _ port: UInt16) throws {
        let sender = try datagram("udp://\(host):0?interface=lo")
        try sender.say(text, to: SocketAddress(Self.group, port: port))
    }

    @Test func aMemberHearsOnlyTheSendersThatItNamed() throws {
        let one = try datagram("udp://232.255.77.1:0?interface=lo&source=127.0.0.5")
        let port = try one.port
        let other = try datagram("udp://232.255.77.1:\(port)?interface=127.0.0.1&source=127.0.0.6")
        let both = try datagram("udp://232.255.77.1:\(port)?interface=1&source=127.0.0.5,127.0.0.6")
        let all = try datagram("udp://232.255.77.1:\(port)?interface=lo")
        try say("five", from: "127.0.0.5", port)
        try say("six", from: "127.0.0.6", port)
        try say("seven", from: "127.0.0.7", port)
        #expect(try one.next().bytes == Array("five".utf8))
        #expect(try other.next().bytes == Array("six".utf8))
        #expect(try both.next().bytes == Array("five".utf8))
        #expect(try both.next().bytes == Array("six".utf8))
        for text in ["five", "six", "seven"] { #expect(try all.next().bytes == Array(text.utf8)) }
        expectSilence(one)
        expectSilence(other)
        expectSilence(both)
    }

    @Test func theLastSendersGoingLeavesTheGroup() throws {
        let member = try datagram("udp://232.255.77.1:0?interface=lo&source=127.0.0.5,127.0.0.6")
        let port = try member.port
        let lo = try Interface("lo")
        try member.leave(Self.group, on: lo, from: Self.five)
        try say("five", from: "127.0.0.5", port)
        try say("six", from: "127.0.0.6", port)
        #expect(try member.next().bytes == Array("six".utf8))
        try member.leave(Self.group, on: lo, from: Self.six)
        try say("six", from: "127.0.0.6", port)
        expectSilence(member)
        let error = refusal { try member.leave(Self.group, on: lo, from: Self.six) }
        #expect(error?.operation == .leave)
        #expect(error?.remedy.contains("not a member") == true)
    }

    @Test func aBlockedSenderIsNotHeardUntilItIsUnblocked() throws {
        let member = try datagram("udp://232.255.77.1:0?interface=lo")
        let port = try member.port
        let lo = try Interface("lo")
        try member.block(Self.five, in: Self.group, on: lo)
        try say("five", from: "127.0.0.5", port)
        try say("six", from: "127.0.0.6", port)
        #expect(try member.next().bytes == Array("six".utf8))
        try member.unblock(Self.five, in: Self.group, on: lo)
        try say("five", from: "127.0.0.5", port)
        #expect(try member.next().bytes == Array("five".utf8))
    }

    @Test func whatCannotBeJoinedIsAnErrorWithItsReason() throws {
        let socket = try Socket(.ipv4, .datagram)
        let lo = try Interface("lo")
        let noGroup = refusal { try socket.join(Self.five, on: lo, from: Self.six) }
        #expect(noGroup?.code == .invalidArgument)
        #expect(noGroup?.remedy.contains("224.0.0.0 to 239.255.255.255") == true)
        // The kernel itself would take both of these, and nothing would ever come.
        let noHost = refusal { try socket.join(Self.group, on: lo, from: Self.group) }
        #expect(noHost?.code == .invalidArgument)
        #expect(noHost?.description.contains("232.255.77.1 on lo from 232.255.77.1") == true)
        let mixed = refusal { try socket.join(Self.group, on: lo, from: .ipv6(.loopback)) }
        #expect(mixed?.remedy.contains("of the group's family") == true)

        try socket.join(Self.group, on: lo, from: Self.five)
        let again = refusal { try socket.join(Self.group, on: lo, from: Self.five) }
        #expect(again?.code == .addressNotAvailable)
        #expect(again?.remedy.contains("hears that sender already") == true)
        let everyone = refusal { try socket.join(Self.group, on: lo) }
        #expect(everyone?.code == .addressInUse)
        #expect(everyone?.remedy.contains("leave it first") == true)
        #expect(refusal { try Interface("nosuch0") }?.subject?.contains("this host has lo") == true)
        let unknown = refusal { try Interface("192.0.2.77") }
        #expect(unknown?.code == .noSuchDevice)
        #expect(unknown?.subject?.contains("192.0.2.77 (this host has lo") == true)
    }

    @Test func sendersBeyondTheLimitAreRefusedAndNoneOfTheListStays() throws {
        let socket = try Socket(.ipv4, .datagram)
        var membership = GroupMembership(Self.group, on: "lo")
        membership.sources = (1...255).map { .ipv4(IPv4Address(127, 0, 2, $0)) }
        // 10 unless net.ipv4.igmp_max_msf was changed.
        let error = refusal { try socket.join(membership) }
        #expect(error?.code == .noBufferSpace)
        #expect(error?.remedy.contains("igmp_max_msf") == true)
        try socket.join(Self.group, on: Interface("lo"))
    }

    @Test func sendersWithoutAGroupAreRefused() throws {
        let error = refusal { try datagram("udp://127.0.0.1:0?source=127.0.0.5") }
        #expect(error?.code == .destinationRequired)
        #expect(error?.remedy.contains("within a group") == true)
        let name = Endpoint.udp(group: "232.255.77.1", port: 0, on: "lo", sources: ["sender.example"])
        let address = try Resolver.addresses(of: name).first
        #expect(
            refusal { try Socket.datagram(at: name, bound: address) }?.description.contains("sender.example")
                == true
        )
        #expect(
            refusal { try datagram("udp://10.0.0.1:0?reuse=group") }?.remedy.contains("224.0.0.0 to") == true
        )
    }

    @Test func anInterfaceIsKnownByNameIndexAndAddress() throws {
        for text in ["lo", "1", "127.0.0.1"] {
            #expect(try Interface(text).index == 1)
            #expect(try Interface(text).name == "lo")
        }
        #expect(try Interface("0.0.0.0").index == 0)
        #expect(try listener("tcp://:0?interface=127.0.0.1").boundInterface == "lo")
        if Interfaces.index(with: .ipv6(.loopback)) != nil { #expect(try Interface("::1").name == "lo") }
    }
}
