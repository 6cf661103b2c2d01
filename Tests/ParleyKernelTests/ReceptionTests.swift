import ParleyKernel
import ParleyTypes
import Testing

/// Who receives. That it is the kernel's rule is proved by `MatrixTests`, on the kernel.
@Suite struct ReceptionTests {
    private let sender = SocketAddress.ipv4(.loopback, port: 7)
    private let everywhere = SocketAddress.ipv4(.any, port: 9)

    @Test func `the most specific socket receives, and among equals the newest`() {
        let newer = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 2)
        let older = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 1)
        let wildcard = occupant(.udp, .closed, reuse: .sharesAddress, at: everywhere, cookie: 3)
        #expect(reception(newer, older) == .one(newer.socket))
        #expect(reception(wildcard, newer, older) == .one(newer.socket))
        #expect(reception(wildcard) == .one(wildcard.socket))
        #expect(reception() == .nobody)
    }

    @Test func `an IPv4 socket is preferred to an IPv6 one that is listed at the same IPv4 address`() {
        let plain = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 1)
        var mapped = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 2)
        mapped.socket.isMapped = true
        #expect(reception(mapped, plain) == .one(plain.socket))
        #expect(reception(plain, mapped) == .one(plain.socket))
        #expect(reception(mapped) == .one(mapped.socket))
    }

    @Test func `a connected socket hears its peer before all others, and nobody else`() {
        let connected = occupant(.udp, .established, reuse: .sharesAddress, cookie: 1, remote: sender)
        let newer = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 2)
        #expect(reception(newer, connected) == .one(connected.socket))
        let other = occupant(
            .udp,
            .established,
            reuse: .sharesAddress,
            cookie: 1,
            remote: sender.with(port: 8)
        )
        #expect(reception(other) == .nobody)
    }

    @Test func `a socket on the interface is preferred, one on another interface is not meant`() {
        var there = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 1)
        there.socket.interface = 2
        let newer = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 2)
        let datagram = Reception.Datagram(from: sender, to: home, interface: 2)
        #expect(Reception(of: datagram, among: [newer, there]) == .one(there.socket))
        #expect(reception(newer, there) == .one(newer.socket))
    }

    @Test func `sockets with SO_REUSEPORT of one user share by a hash`() {
        let group = (1...3).map { occupant(.udp, .closed, reuse: .sharesPort, cookie: $0) }
        #expect(Reception(of: datagram, among: group) == .spread(over: group.map(\.socket)))
        #expect(reception(group[0]) == .one(group[0].socket))
        var unknown = group
        unknown[0].reuse = .unknown
        #expect(Reception(of: datagram, among: Array(unknown[...1])) == .unknown(group[...1].map(\.socket)))
    }

    @Test func `a copy for each who hears the group, and doubt where memberships are not known`() {
        let group = SocketAddress.ipv4(IPv4Address(239, 1, 2, 3), port: 9)
        var member = occupant(.udp, .closed, reuse: .sharesAddress, at: group, cookie: 1)
        member.isMember = true
        var deaf = occupant(.udp, .closed, reuse: .sharesAddress, at: everywhere, cookie: 2)
        deaf.isMember = false
        deaf.hearsOthersGroups = false
        var open = deaf
        open.hearsOthersGroups = true
        let unknown = occupant(.udp, .closed, reuse: .sharesAddress, at: everywhere, cookie: 3)
        let unicast = occupant(.udp, .closed, reuse: .sharesAddress, cookie: 4)
        let datagram = Reception.Datagram(from: sender, to: group)
        #expect(
            Reception(of: datagram, among: [member, deaf, unknown, unicast])
                == .everyone([member.socket], perhaps: [unknown.socket])
        )
        #expect(Reception(of: datagram, among: [open]) == .everyone([open.socket], perhaps: []))
        #expect(Reception(of: datagram, among: [deaf]) == .nobody)
    }

    private var datagram: Reception.Datagram { Reception.Datagram(from: sender, to: home) }

    private func reception(_ occupants: Occupant...) -> Reception {
        Reception(of: datagram, among: occupants)
    }
}
