import ParleyTypes
import Testing

@testable import ParleyKernel

/// A host of a test's making: v0 has 10.0.0.1 and fd00::1, w0 has 10.0.1.1 and is up or not.
final class MadeHost: HostFacts {
    var interfaces: [HostInterface]
    var ways: [IPAddress: WayAnswer] = [:]
    var refused: [RouteRefusal] = []
    var known: [Neighbour] = []
    var sockets: [SocketHolder]? = []
    var withoutIPv6: Set<String> = []

    init(_ interfaces: HostInterface...) { self.interfaces = interfaces }

    func way(to remote: IPAddress, from local: IPAddress?, by interface: UInt32) -> WayAnswer {
        guard let answer = ways[remote],
            interface == 0 || answer.route.map({ $0.interface == interface }) ?? true
        else { return .refused(.networkUnreachable) }
        return answer
    }
    func refusals(ofIPv4 isIPv4: Bool) -> [RouteRefusal] { refused }
    func neighbours(ofIPv4 isIPv4: Bool) -> [Neighbour] { known }
    func holders(_ kinds: Set<KernelSocket.Kind>, port: UInt16) -> [SocketHolder]? {
        sockets?.filter { kinds.contains($0.socket.kind) && $0.socket.local?.port == port }
    }
    func isIPv6Off(_ name: String) -> Bool { withoutIPv6.contains(name) }
}

@Suite struct CauseTests {
    private static let up: InterfaceRecord.Flags = [.up, .lowerUp, .multicast]

    private func interface(
        _ index: UInt32,
        _ name: String,
        _ addresses: [(String, Int)],
        flags: InterfaceRecord.Flags = up,
        state: InterfaceRecord.Address.Flags = []
    ) -> HostInterface {
        HostInterface(
            name: name,
            flags: flags,
            places: addresses.compactMap { text, bits in
                IPAddress(text).map { .init($0, prefixLength: bits, flags: state) }
            },
            index: index
        )
    }

    private var lo: HostInterface {
        interface(1, "lo", [("127.0.0.1", 8), ("::1", 128)], flags: [.up, .lowerUp, .loopback])
    }
    private var v0: HostInterface { interface(3, "v0", [("10.0.0.1", 24), ("fd00::1", 64)]) }

    private func error(
        _ operation: SocketError.Operation,
        _ code: ErrorCode,
        local: String? = nil,
        remote: String? = nil,
        port: UInt16 = 8086,
        interface: UInt32 = 0,
        outgoing: UInt32 = 0,
        transport: Transport = .tcp
    ) -> SocketError {
        func address(_ text: String?) -> SocketAddress? {
            text.flatMap { IPAddress($0) }.map { SocketAddress($0, port: port) }
        }
        return SocketError(
            operation,
            code,
            local: address(local),
            remote: address(remote),
            traits: SocketTraits(transport: transport, interface: interface, outgoingInterface: outgoing)
        )
    }

    private func route(_ remote: IPAddress, by index: UInt32, over gateway: String? = nil) -> WayAnswer {
        var route = Route(destination: remote, kind: .unicast, interface: index)
        route.gateway = gateway.flatMap { IPAddress($0) }
        return .way(route)
    }

    private func ip(_ text: String) -> IPAddress { IPAddress(text) ?? .ipv4(.any) }

    // MARK: Addresses

    @Test func `a tentative address is said to be tentative, and whether its link can answer at all`() {
        func cause(_ flags: InterfaceRecord.Flags) -> String? {
            let host = MadeHost(lo, interface(5, "w0", [("fd01::7", 64)], flags: flags, state: .tentative))
            return Cause.addressState.find(error(.bind, .addressNotAvailable, local: "fd01::7"), host)?.cause
        }
        #expect(cause(Self.up)?.contains("duplicate address detection") == true)
        #expect(cause([.multicast])?.contains("the interface is down") == true)
        #expect(cause([.up])?.contains("no carrier") == true)
    }

    @Test func `an address that failed detection is a duplicate and not tentative`() {
        let host = MadeHost(interface(5, "w0", [("fd01::7", 64)], state: [.tentative, .duplicate]))
        let found = Cause.addressState.find(error(.bind, .addressNotAvailable, local: "fd01::7"), host)
        #expect(found?.cause.contains("dadfailed") == true && found?.cause.contains("tentative") == false)
    }

    @Test func `a deprecated address is no cause, and one that the host has not is none of this rule`() {
        let host = MadeHost(interface(5, "w0", [("fd01::7", 64)], state: .deprecated))
        let old = Cause.addressState.find(error(.bind, .addressNotAvailable, local: "fd01::7"), host)
        #expect(old?.cause.contains("deprecated") == false && old?.remedy == "Try again.")
        #expect(Cause.addressState.find(error(.bind, .addressNotAvailable, local: "fd01::8"), host) == nil)
    }

    @Test func `an IPv6 address of another interface than the socket's is told with both`() {
        let host = MadeHost(v0, interface(5, "w0", []))
        let found = Cause.addressState.find(
            error(.bind, .addressNotAvailable, local: "fd00::1", interface: 5),
            host
        )
        #expect(found?.cause == "fd00::1 is an address of v0, and the socket is to keep to w0.")
    }

    @Test func `a way without an own address says whether IPv6 is off, none is there, or none is ready`() {
        let remote = "ff02::1234"
        func cause(_ interface: HostInterface, off: Bool = false) -> String? {
            let host = MadeHost(interface)
            host.withoutIPv6 = off ? ["w0"] : []
            let failed = error(.connect, .addressNotAvailable, remote: remote, outgoing: 5, transport: .udp)
            return Cause.noSourceAddress.find(failed, host)?.cause
        }
        #expect(cause(interface(5, "w0", []))?.hasSuffix("has no IPv6 address to send from.") == true)
        #expect(cause(interface(5, "w0", []), off: true)?.hasPrefix("IPv6 is off on w0") == true)
        let waiting = interface(5, "w0", [("fe80::1", 64)], state: .tentative)
        #expect(cause(waiting)?.contains("fe80::1 is tentative") == true)
        #expect(cause(interface(5, "w0", [("fe80::1", 64)])) == nil)
    }

    // MARK: Ways

    @Test(arguments: [
        (ErrorCode.invalidArgument, RouteRefusal.Kind.blackhole, "throws away"),
        (.permissionDenied, .prohibit, "forbids"), (.hostUnreachable, .unreachable, "gives no way"),
    ])
    func `a route that refuses is named by its type and prefix, the narrowest`(
        _ code: ErrorCode,
        _ kind: RouteRefusal.Kind,
        _ deed: String
    ) {
        let host = MadeHost(v0)
        host.ways[ip("10.7.0.1")] = .refused(code)
        let failed = error(.connect, code, remote: "10.7.0.1")
        let unnamed = Cause.refusingRoute.find(failed, host)
        // EINVAL has other causes too, so that the blackhole itself must be seen.
        #expect((unnamed == nil) == (kind == .blackhole))
        #expect(unnamed?.cause.contains("of the type \(kind.rawValue)") ?? true)
        host.refused = [
            RouteRefusal(kind: kind, isRule: false, destination: ip("10.0.0.0"), prefixLength: 8),
            RouteRefusal(kind: kind, isRule: false, destination: ip("10.7.0.0"), prefixLength: 16),
        ]
        let named = Cause.refusingRoute.find(failed, host)
        #expect(
            named?.cause.contains(
                "The route “\(kind.rawValue) 10.7.0.0/16” of this host \(deed)"
            ) == true
        )
        #expect(named?.remedy.contains("ip route del \(kind.rawValue) 10.7.0.0/16") == true)
        // The kernel knows a way now: something else was the cause.
        host.ways[ip("10.7.0.1")] = route(ip("10.7.0.1"), by: 3)
        #expect(Cause.refusingRoute.find(failed, host) == nil)
    }

    @Test
    func
        `no route at all is not taken for a rule that refuses, nor a rule that asks for more than addresses`()
    {
        let host = MadeHost(v0)
        let failed = error(.connect, .networkUnreachable, remote: "10.7.0.1")
        #expect(Cause.refusingRoute.find(failed, host) == nil)
        var rule = RouteRefusal(kind: .unreachable, isRule: true, priority: 100)
        rule.asksForMore = true
        host.refused = [rule]
        #expect(Cause.refusingRoute.find(failed, host) == nil)
        rule.asksForMore = false
        host.refused = [rule]
        #expect(Cause.refusingRoute.find(failed, host)?.cause.contains("(priority 100)") == true)
    }

    @Test func `an interface that is down is named with the line that brings it up`() {
        let host = MadeHost(v0, interface(5, "w0", [("10.0.1.1", 24)], flags: [.multicast]))
        let near = Cause.interfaceDown.find(error(.connect, .networkUnreachable, remote: "10.0.1.2"), host)
        #expect(near?.cause == "10.0.1.2 is in the network of w0 (10.0.1.1/24), which is down.")
        #expect(near?.remedy == "`ip link set w0 up`.")
        let group = error(.send, .networkUnreachable, remote: "239.1.2.3", outgoing: 5, transport: .udp)
        #expect(
            Cause.interfaceDown.find(group, host)?.cause.hasPrefix(
                "The interface w0, by which 239.1.2.3"
            ) == true
        )
        let other = error(.send, .networkUnreachable, remote: "239.1.2.3", outgoing: 3, transport: .udp)
        #expect(Cause.interfaceDown.find(other, host) == nil)
    }

    @Test func `silence on a link without a carrier has its cause, silence on a good one has none`() {
        let remote = ip("10.0.1.2")
        for (flags, isCause) in [(InterfaceRecord.Flags([.up]), true), (Self.up, false)] {
            let host = MadeHost(interface(5, "w0", [("10.0.1.1", 24)], flags: flags))
            host.ways[remote] = route(remote, by: 5)
            let found = Cause.diagnosis(of: error(.connect, .timedOut, remote: "10.0.1.2"), on: host)
            #expect((found?.cause.contains("no carrier") == true) == isCause && (found != nil) == isCause)
        }
    }

    @Test
    func
        `a neighbour or a router that nobody answers for is named, a router's own answer is not blamed on it`()
    {
        let host = MadeHost(v0)
        let failed = error(.connect, .hostUnreachable, remote: "10.5.0.1")
        host.ways[ip("10.5.0.1")] = route(ip("10.5.0.1"), by: 3, over: "10.0.0.9")
        #expect(Cause.silentNeighbour.find(failed, host) == nil)
        host.known = [Neighbour(address: ip("10.0.0.9"), interface: 3, state: 0x02)]
        #expect(Cause.silentNeighbour.find(failed, host)?.cause.contains("(ICMP)") == true)
        host.known = [Neighbour(address: ip("10.0.0.9"), interface: 3, state: 0x20)]
        let router = Cause.silentNeighbour.find(failed, host)
        #expect(router?.cause.contains("over the router 10.0.0.9, and nobody on the link of v0") == true)
        host.known = [Neighbour(address: ip("10.0.0.9"), interface: 3, state: 0x02)]
        #expect(Cause.silentNeighbour.find(error(.connect, .timedOut, remote: "10.5.0.1"), host) == nil)
    }

    // MARK: Loopback and devices

    @Test func `silence from a loopback address to elsewhere is told, silence within the host is not`() {
        let host = MadeHost(lo, v0)
        let far = error(.connect, .timedOut, local: "::1", remote: "fd00::2")
        #expect(Cause.beyondLoopback.find(far, host)?.cause.contains("within this host alone") == true)
        #expect(
            Cause.beyondLoopback.find(error(.connect, .timedOut, local: "::1", remote: "fd00::1"), host)
                == nil
        )
        let device = error(.connect, .timedOut, remote: "10.0.0.2", interface: 1)
        #expect(Cause.beyondLoopback.find(device, host)?.cause.contains("sends by lo") == true)
        #expect(Cause.beyondLoopback.find(error(.connect, .timedOut, remote: "10.0.0.2"), host) == nil)
    }

    @Test func `an address of this host asked for by another interface is told with both`() {
        let host = MadeHost(lo, v0, interface(5, "w0", [("10.0.1.1", 24)]))
        func found(_ remote: String, by index: UInt32) -> String? {
            Cause.beyondLoopback.find(error(.send, .timedOut, remote: remote, interface: index), host)?.cause
        }
        #expect(found("10.0.1.1", by: 3)?.contains("of its interface w0, and the socket sends by v0") == true)
        #expect(
            found("127.0.0.1", by: 3)?.contains("of its interface lo, and the socket sends by v0") == true
        )
        #expect(found("10.0.1.1", by: 5) == nil && found("127.0.0.1", by: 1) == nil)
        // The kernel delivers to each IPv4 address of the host by lo too.
        #expect(found("10.0.1.1", by: 1) == nil && found("10.0.1.1", by: 0) == nil)
    }

    @Test func `an interface by which no route leads is told with the one that does, and never advised`() {
        let host = MadeHost(lo, v0, interface(5, "w0", [("10.0.1.1", 24)]))
        host.ways[ip("fd00::2")] = route(ip("fd00::2"), by: 3)
        let wrong = error(.connect, .networkUnreachable, remote: "fd00::2", interface: 5)
        let found = Cause.noWayByDevice.find(wrong, host)
        #expect(
            found?.cause.contains("fd00::2 by w0, which the socket keeps to; one leads there by v0") == true
        )
        #expect(found?.remedy.contains("Leave the interface out") == true)
        let right = error(.connect, .networkUnreachable, remote: "fd00::2", interface: 3)
        #expect(Cause.noWayByDevice.find(right, host) == nil)
        let nowhere = error(.send, .networkUnreachable, remote: "fd01::2", outgoing: 5)
        #expect(Cause.noWayByDevice.find(nowhere, host)?.remedy.hasPrefix("Add a route") == true)
        #expect(!wrong.remedy.contains("name an interface"))
    }

    private func holder(_ kind: KernelSocket.Kind, _ local: SocketAddress, on interface: UInt32)
        -> SocketHolder
    {
        let state: KernelSocket.State = kind == .tcp ? .listen : .closed
        let socket = KernelSocket(
            kind: kind,
            state: state,
            local: local,
            inode: 7,
            user: 0,
            interface: interface
        )
        return SocketHolder(socket, device: interface == 5 ? "w0" : nil)
    }

    @Test(arguments: [KernelSocket.Kind.tcp, .udp])
    func `a socket bound to another interface than the question comes by is named with both`(
        _ kind: KernelSocket.Kind
    ) {
        let host = MadeHost(lo, v0, interface(5, "w0", [("10.0.1.1", 24)]))
        host.sockets = [holder(kind, .ipv6(.any, port: 8086, zone: 0), on: 5)]
        func found(_ remote: String) -> Diagnosis? {
            let operation: SocketError.Operation = kind == .tcp ? .connect : .receive
            let transport: Transport = kind == .tcp ? .tcp : .udp
            return Cause.otherDevice.find(
                error(operation, .connectionRefused, remote: remote, transport: transport),
                host
            )
        }
        let first = found("10.0.0.1")
        #expect(first?.cause.contains("at [::]:8086, bound to w0, and the question came by v0") == true)
        #expect(first?.remedy.contains("Ask at \(kind.rawValue)://10.0.1.1:8086") == true)
        #expect(found("127.0.0.1")?.cause.contains("came by lo") == true)
        #expect(found("10.0.1.1") == nil)
        // Another one would have answered there: then the device is not the cause.
        host.sockets?.append(holder(kind, .ipv4(.any, port: 8086), on: 0))
        #expect(found("10.0.0.1") == nil)
    }

    // MARK: Networks

    @Test func `an address is in a network by its first bits, and never in one of the other family`() {
        #expect(
            ip("10.0.1.1").shares(24, with: ip("10.0.1.255"))
                && !ip("10.0.1.1").shares(24, with: ip("10.0.2.1"))
        )
        #expect(
            ip("10.0.0.1").shares(0, with: ip("192.0.2.1"))
                && !ip("10.0.0.1").shares(32, with: ip("10.0.0.2"))
        )
        #expect(
            ip("fd00::1").shares(64, with: ip("fd00::2")) && !ip("fd00::1").shares(128, with: ip("fd00::2"))
        )
        #expect(!ip("::").shares(0, with: ip("0.0.0.0")))
    }
}
