import ParleyKernel
import ParleyTypes
import Testing

/// The rules of bind. That they are the kernel's is proved by `MatrixTests`, on the kernel.
@Suite struct BindVerdictTests {
    @Test func `a listener is shared by SO_REUSEPORT of one user, and by nothing else`() {
        let listener = occupant(.tcp, .listen, reuse: .sharesBoth)
        #expect(verdict(.tcp, .sharesBoth, listener) == .succeeds)
        #expect(
            obstacles(verdict(.tcp, .sharesAddress, listener)) == [.needsReusePort(ours: true, theirs: false)]
        )
        #expect(obstacles(verdict(.tcp, .sharesBoth, listener, user: 2)) == [.otherUser(1)])
        let plain = occupant(.tcp, .listen, reuse: .sharesAddress)
        #expect(obstacles(verdict(.tcp, .sharesAddress, plain)) == [.listens])
        #expect(obstacles(verdict(.tcp, .sharesBoth, plain)) == [.needsReusePort(ours: false, theirs: true)])
    }

    @Test func `TIME_WAIT needs the same option on both sides, and no user`() {
        let waiting = occupant(.tcp, .timeWait, reuse: .sharesAddress, user: nil)
        #expect(verdict(.tcp, .sharesAddress, waiting, user: 2) == .succeeds)
        #expect(obstacles(verdict(.tcp, .none, waiting)) == [.needsReuseAddress(ours: true, theirs: false)])
        let plain = occupant(.tcp, .timeWait, reuse: .none, user: nil)
        #expect(
            obstacles(verdict(.tcp, .sharesAddress, plain)) == [.needsReuseAddress(ours: false, theirs: true)]
        )
        let balanced = occupant(.tcp, .timeWait, reuse: .sharesPort, user: nil)
        #expect(verdict(.tcp, .sharesPort, balanced, user: 2) == .succeeds)
    }

    @Test func `what sock_diag calls FIN_WAIT_2 is a TIME_WAIT once its timer says so`() {
        var closing = occupant(.tcp, .finWait2, reuse: .sharesPort)
        #expect(obstacles(verdict(.tcp, .sharesPort, closing, user: 2)) == [.otherUser(1)])
        closing.socket.timer = KernelSocket.Timer(kind: .timeWait, remaining: .seconds(60))
        #expect(verdict(.tcp, .sharesPort, closing, user: 2) == .succeeds)
    }

    @Test func `a half-open connection holds no port, its listener does`() {
        #expect(verdict(.tcp, .none, occupant(.tcp, .newSynReceived, reuse: .none)) == .succeeds)
    }

    @Test func `unknown options give both answers, and what they depend on`() {
        let waiting = occupant(.tcp, .timeWait, reuse: .unknown, user: nil)
        let dependent = verdict(.tcp, .sharesAddress, waiting)
        guard case .depends(let conditions) = dependent else {
            Issue.record("\(dependent)")
            return
        }
        #expect(conditions.map(\.reason) == [.needsReuseAddress(ours: false, theirs: true)])
        // Whatever they are, a socket that shares nothing is alone.
        #expect(obstacles(verdict(.tcp, .none, waiting)) != nil)
        #expect(
            obstacles(verdict(.tcp, .sharesAddress, occupant(.tcp, .listen, reuse: .unknown))) == [.listens]
        )
    }

    @Test func `a unicast datagram port is never to be shared by SO_REUSEADDR`() {
        for theirs in [ReuseFlags.none, .sharesAddress, .unknown] {
            let reasons = obstacles(verdict(.udp, .none, occupant(.udp, .closed, reuse: theirs)))
            #expect(reasons == [.needsReusePort(ours: true, theirs: true)])
        }
        let group = SocketAddress.ipv4(IPv4Address(239, 1, 2, 3), port: 9)
        let member = occupant(.udp, .closed, reuse: .sharesAddress, at: group)
        #expect(
            obstacles(verdict(.udp, .none, member, at: group))
                == [.needsReuseAddress(ours: true, theirs: false)]
        )
    }

    @Test func `where only the users differ that is the reason, unless one option of ours does it`() {
        let theirs = occupant(.tcp, .established, reuse: .sharesPort)
        #expect(obstacles(verdict(.tcp, .sharesPort, theirs, user: 2)) == [.otherUser(1)])
        let datagrams = occupant(.udp, .closed, reuse: .sharesPort)
        #expect(obstacles(verdict(.udp, .sharesPort, datagrams, user: 2)) == [.otherUser(1)])
        let both = occupant(.tcp, .established, reuse: .sharesBoth)
        let nearest = BindVerdict.Reason.needsReuseAddress(ours: true, theirs: false)
        #expect(obstacles(verdict(.tcp, .sharesPort, both, user: 2)) == [nearest])
    }

    @Test func `sockets on different interfaces do not meet`() {
        var there = occupant(.udp, .closed, reuse: .none)
        there.socket.interface = 2
        #expect(obstacles(verdict(.udp, .none, there)) != nil)
        var request = BindRequest(kind: .udp, address: home, reuse: .none, user: 1)
        request.interface = 3
        #expect(BindVerdict(request, among: [there]) == .succeeds)
        request.interface = 2
        #expect(obstacles(BindVerdict(request, among: [there])) != nil)
        // A link-local address has its interface in it.
        let link = IPv6Address(high: 0xFE80 << 48, low: 1)
        let one = occupant(.udp, .closed, reuse: .none, at: .ipv6(link, port: 9, zone: 2))
        #expect(verdict(.udp, .none, one, at: .ipv6(link, port: 9, zone: 3)) == .succeeds)
        #expect(obstacles(verdict(.udp, .none, one, at: .ipv6(link, port: 9, zone: 2))) != nil)
    }

    @Test func `an IPv6 connection of which IPV6_V6ONLY is unknown may be in the way of 0.0.0.0`() {
        var client = occupant(.tcp, .established, reuse: .none, at: .ipv6(.loopback, port: 9, zone: 0))
        client.socket.isIPv6Only = nil
        let everywhere = SocketAddress.ipv4(.any, port: 9)
        guard case .depends(let conditions) = verdict(.tcp, .none, client, at: everywhere) else {
            Issue.record("not in doubt")
            return
        }
        #expect(conditions.map(\.reason) == [.mayTakeIPv4])
        client.socket.isIPv6Only = false
        #expect(obstacles(verdict(.tcp, .none, client, at: everywhere)) != nil)
        client.socket.isIPv6Only = true
        #expect(verdict(.tcp, .none, client, at: everywhere) == .succeeds)
    }

    @Test func `which of two families' datagram sockets is newer is not known, and so is what depends on it`()
    {
        // The kernel: success where the IPv4 socket is the newer one, otherwise EADDRINUSE.
        var dual = occupant(.udp, .closed, reuse: .sharesAddress, at: .ipv6(.any, port: 9, zone: 0))
        dual.socket.isIPv6Only = false
        let plain = occupant(.udp, .closed, reuse: .sharesBoth, at: .ipv4(.any, port: 9))
        for order in [[dual, plain], [plain, dual]] {
            let request = BindRequest(
                kind: .udp,
                address: .ipv4(.any, port: 9),
                reuse: .sharesPort,
                user: 1
            )
            let verdict = BindVerdict(request, among: order)
            guard case .depends(let obstacles) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(obstacles.map(\.socket) == [dual.socket])
        }
    }

    @Test func `whether foreign addresses may be bound is asked of each family for itself`() {
        let addresses: Set<IPAddress> = [.ipv4(.loopback), .ipv6(.loopback)]
        let places: [SocketAddress] = [
            .ipv4(IPv4Address(192, 0, 2, 1), port: 8089),
            .ipv6(IPv6Address(high: 0x2001_0DB8 << 32, low: 1), port: 8089, zone: 0),
        ]
        for (four, six) in [(false, false), (true, false), (false, true), (true, true)] {
            let host = BindHost(addresses: addresses, mayBindForeignIPv4: four, mayBindForeignIPv6: six)
            let verdicts = places.map { place in
                BindVerdict(
                    BindRequest(kind: .udp, address: place, reuse: .none, user: 1),
                    among: [],
                    on: host
                )
                    == .succeeds
            }
            #expect(verdicts == [four, six])
        }
    }

    @Test func `a host refuses foreign addresses, privileged ports and zones that are missing`() {
        let host = BindHost(addresses: [.ipv4(.loopback), .ipv6(.loopback)], mayBindEveryPort: false)
        func asked(_ address: SocketAddress) -> BindVerdict {
            BindVerdict(BindRequest(kind: .udp, address: address, reuse: .none, user: 1), among: [], on: host)
        }
        let foreign = SocketAddress.ipv4(IPv4Address(192, 0, 2, 1), port: 8089)
        #expect(asked(foreign) == .refused(.addressNotAvailable, .foreignAddress))
        #expect(asked(home.with(port: 80)) == .refused(.permissionDenied, .privilegedPort(below: 1024)))
        // IPv4 asks for the address first, IPv6 for the port.
        #expect(asked(foreign.with(port: 80)) == .refused(.addressNotAvailable, .foreignAddress))
        let foreign6 = SocketAddress.ipv6(IPv6Address(high: 0x2001_0DB8 << 32, low: 1), port: 80, zone: 0)
        #expect(asked(foreign6) == .refused(.permissionDenied, .privilegedPort(below: 1024)))
        let link = SocketAddress.ipv6(IPv6Address(high: 0xFE80 << 48, low: 1), port: 8089, zone: 0)
        #expect(asked(link) == .refused(.invalidArgument, .needsInterface))
        for text in ["127.9.9.9:1024", "0.0.0.0:8089", "239.1.2.3:8089", "255.255.255.255:8089", "[::]:8089"]
        {
            #expect(asked(SocketAddress(internet: text)!) == .succeeds, "\(text)")
        }
    }

    @Test func `each policy sets what the sockets of that policy set, and is refused where they refuse it`() {
        #expect(ReuseFlags(.exclusive, for: .tcp) == ReuseFlags.none)
        #expect(ReuseFlags(.restartable, for: .tcp) == .sharesAddress)
        #expect(ReuseFlags(.restartable, for: .udp) == nil)
        #expect(ReuseFlags(.loadBalanced, for: .udp) == .sharesPort)
        #expect(ReuseFlags(.loadBalanced, for: .udp, isForMany: true) == nil)
        #expect(ReuseFlags(.groupMember, for: .udp, isForMany: true) == .sharesAddress)
        #expect(ReuseFlags(.groupMember, for: .udp) == nil)
        #expect(ReuseFlags(.groupMember, for: .tcp, isForMany: true) == nil)
        let dual = BindRequest(.restartable, .tcp, at: .ipv6(.any, port: 9, zone: 0), user: 1, isDual: true)
        #expect(dual?.isIPv6Only == false && dual?.reuse == .sharesAddress)
    }

    @Test func `every reason says in words what is the matter and what to do`() {
        let reasons: [BindVerdict.Reason] = [
            .listens, .needsReuseAddress(ours: true, theirs: true),
            .needsReuseAddress(ours: true, theirs: false),
            .needsReusePort(ours: true, theirs: false), .needsReusePort(ours: false, theirs: true),
            .otherUser(7), .otherUser(nil), .mayTakeIPv4,
        ]
        for state in [KernelSocket.State.listen, .timeWait] {
            for reason in reasons {
                let obstacle = BindVerdict.Obstacle(occupant(.tcp, state, reuse: .none).socket, reason)
                #expect(obstacle.description.hasPrefix("tcp 127.0.0.1:9 (\(state)) "))
                #expect(obstacle.description.hasSuffix(".") && obstacle.remedy.hasSuffix("."))
            }
        }
        for cause in [BindVerdict.Cause.privilegedPort(below: 1024), .foreignAddress, .needsInterface] {
            #expect("\(cause)".hasSuffix(".") && cause.remedy.hasSuffix("."))
        }
    }
}

extension ReuseFlags {
    static let sharesAddress = ReuseFlags(address: true, port: false)
    static let sharesPort = ReuseFlags(address: false, port: true)
    static let sharesBoth = ReuseFlags(address: true, port: true)
}

let home = SocketAddress.ipv4(.loopback, port: 9)

func occupant(
    _ kind: KernelSocket.Kind,
    _ state: KernelSocket.State,
    reuse: ReuseFlags,
    user: UInt32? = 1,
    at address: SocketAddress = home,
    cookie: UInt64 = 0,
    remote: SocketAddress? = nil
) -> Occupant {
    var socket = KernelSocket(kind: kind, state: state, local: address, remote: remote)
    socket.user = user
    socket.cookie = cookie
    if case .ipv6 = address { socket.isIPv6Only = !address.isWildcard }
    return Occupant(socket, reuse: reuse)
}

private func verdict(
    _ kind: KernelSocket.Kind,
    _ reuse: ReuseFlags,
    _ occupant: Occupant,
    user: UInt32 = 1,
    at address: SocketAddress = home
) -> BindVerdict {
    BindVerdict(BindRequest(kind: kind, address: address, reuse: reuse, user: user), among: [occupant])
}

/// The reasons of a verdict that is EADDRINUSE for sure; nil for every other one.
private func obstacles(_ verdict: BindVerdict) -> [BindVerdict.Reason]? {
    guard case .fails(.addressInUse, let obstacles) = verdict else { return nil }
    return obstacles.map(\.reason)
}
