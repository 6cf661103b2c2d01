import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct SocketSupportTests {
    @Test func `what every Linux has works`() throws {
        for (family, kind) in [
            (SocketFamily.ipv4, SocketKind.stream), (.ipv4, .datagram), (.unix, .stream), (.unix, .datagram),
            (.unix, .sequencedPacket), (.netlink, .raw),
        ] {
            #expect(try SocketSupport.probe(family, kind) == .works)
        }
    }

    @Test func `every shape of socket gets a verdict, and a missing one says in a sentence what it needs`()
        throws
    {
        let before = openDescriptors()
        for (shape, verdict) in try SocketSupport.survey() {
            guard case .absent(let error) = verdict else { continue }
            #expect(error.subject == "\(shape)")
            #expect(error.description.hasPrefix("open \(shape): "))
            #expect(error.remedy.hasSuffix("."), "\(shape): \(error.remedy)")
            if error.code == .addressFamilyNotSupported {
                #expect(error.remedy.contains("CONFIG_"), "\(shape): \(error.remedy)")
            }
        }
        // Other tests open and close meanwhile: a leak of all shapes would be a hundred.
        #expect(openDescriptors() < before + 60)
    }

    @Test func `the survey knows every family of the table and no shape twice`() {
        let families = Set(SocketSupport.known.map(\.family.rawValue))
        #expect(families == Set(KernelFeature.families.map(\.number)))
        #expect(Set(SocketSupport.known).count == SocketSupport.known.count)
        #expect(Set(KernelFeature.families.map(\.name)).count == KernelFeature.families.count)
    }

    @Test(arguments: [
        (SocketShape(SocketFamily(rawValue: 9), .sequencedPacket), "AF_X25 SOCK_SEQPACKET", "CONFIG_X25."),
        (
            SocketShape(SocketFamily(rawValue: 4), .datagram), "AF_IPX SOCK_DGRAM",
            "CONFIG_IPX, which Linux has no longer since 4.18."
        ),
        (SocketShape(SocketFamily(rawValue: 5), .datagram), "AF_APPLETALK SOCK_DGRAM", "CONFIG_ATALK."),
        (SocketShape(.ipv4, .stream, .sctp), "AF_INET SOCK_STREAM IPPROTO_SCTP", "CONFIG_IP_SCTP."),
        (SocketShape(.ipv4, .sequencedPacket), "AF_INET SOCK_SEQPACKET", "CONFIG_IP_SCTP"),
        (SocketShape(.ipv4, .reliableDatagram), "AF_INET SOCK_RDM", "CONFIG_TIPC."),
        (SocketShape(.unix, .reliableDatagram), "AF_UNIX SOCK_RDM", "CONFIG_TIPC."),
    ])
    func `a socket that the kernel lacks is named as people write it`(
        shape: SocketShape,
        name: String,
        need: String
    ) throws {
        guard case .absent(let error) = try SocketSupport.probe(shape) else { return }
        #expect(error.description.hasPrefix("open \(name): "))
        #expect(error.remedy.contains(need), "\(error.remedy)")
    }

    @Test func `the sentence of a missing family is exactly this`() {
        let error = SocketError(.open, .addressFamilyNotSupported, subject: "AF_X25 SOCK_SEQPACKET")
        #expect(
            error.description
                == "open AF_X25 SOCK_SEQPACKET: address family not supported (EAFNOSUPPORT). "
                + "This kernel lacks it: it needs CONFIG_X25."
        )
        let multipath = SocketError(
            .open,
            .protocolOptionUnavailable,
            subject: "AF_INET SOCK_STREAM IPPROTO_MPTCP"
        )
        #expect(multipath.remedy.contains("net.mptcp.enabled=1"))
    }

    @Test func `numbers without a name show as numbers`() {
        #expect("\(SocketShape(SocketFamily(rawValue: 200), SocketKind(rawValue: 9)))" == "AF_200 SOCK_9")
        #expect("\(SocketShape(.netlink, .raw, protocolNumber: 30))" == "AF_NETLINK SOCK_RAW NETLINK_30")
        let error = refusal { try Socket(SocketFamily(rawValue: 200), .stream) }
        #expect(error?.remedy.hasSuffix(".") == true)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to give it up"))
    func `without the right, one sentence says which right and how to get it`() async {
        await #expect(processExitsWith: .success) { try await Self.tryWithoutRights() }
    }

    @MainActor
    private static func tryWithoutRights() throws {
        Confinement.enterNewNetwork()
        Confinement.dropRights()
        let before = openDescriptors()
        for shape in [
            SocketShape(.ipv4, .raw, .icmp), SocketShape(.ipv6, .raw, .icmpv6), SocketShape(.packet, .raw),
            SocketShape(.packet, .datagram),
        ] {
            guard case .lacksRight(let error) = try SocketSupport.probe(shape) else {
                Issue.record("\(shape) opened without a right")
                continue
            }
            #expect(
                error.description == "open \(shape): operation not permitted (EPERM). "
                    + "It needs CAP_NET_RAW: run as root, or give it by `setcap cap_net_raw+ep PROGRAM`."
            )
        }
        // A new network's range of groups is empty.
        guard case .lacksRight(let error) = try SocketSupport.probe(.ipv4, .datagram, .icmp) else {
            Issue.record("a ping socket opened without a group")
            return
        }
        #expect(error.code == .permissionDenied && error.remedy.contains("net.ipv4.ping_group_range"))
        #expect(openDescriptors() == before)
    }

    @Test(arguments: [
        ("sctp://:1", "CONFIG_IP_SCTP"), ("ipx://:1", "left Linux in 4.18"), ("DCCP://:1", "6.16"),
        ("vsock://2:1", "ParleySockets"), ("udplite://:1", "udp://host:8089?lite=8"),
        ("mptcp://:1", "multipath=true"),
    ])
    func `a scheme that people try is told what it is about`(url: String, expected: String) throws {
        do {
            _ = try Endpoint(url: url)
            Issue.record("\(url) is an endpoint")
        } catch {
            #expect(error.description.contains("is no transport") && error.description.contains(expected))
            #expect(error.description.hasSuffix("."))
        }
    }
}
