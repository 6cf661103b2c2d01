import ParleySockets
import ParleyTypes
import Testing

@Suite struct ResolverTests {
    @Test func numbersNeedNobodyToAsk() throws {
        #expect(try Resolver.addresses(of: "127.0.0.1", port: 7) == [loopback(7)])
        #expect(try Resolver.addresses(of: "::1", port: 7) == [.ipv6(.loopback, port: 7, zone: 0)])
        let zone = try Interfaces.index(of: "lo")
        let local = try #require(IPv6Address("fe80::1"))
        #expect(try Resolver.addresses(of: "fe80::1%lo", port: 7) == [.ipv6(local, port: 7, zone: zone)])
        #expect(
            try Resolver.addresses(of: Endpoint.udp("fe80::1%lo", 7)) == [.ipv6(local, port: 7, zone: zone)]
        )
        #expect(try Resolver.addresses(of: Endpoint.udp(port: 7)) == [])
        #expect(try Resolver.addresses(of: Endpoint.unix(path: "/a")) == [.unix(.path("/a"))])
    }

    @Test func localhostIsThisHostAndComesOnce() throws {
        let addresses = try Resolver.addresses(of: "localhost", port: 7)
        #expect(addresses.contains(loopback(7)))
        #expect(Set(addresses).count == addresses.count)
        #expect(try Resolver.addresses(of: "localhost", port: 7, family: .ipv4) == [loopback(7)])
    }

    @Test func aNameThatCannotBeIsATypedErrorWithTheName() {
        let error = refusal { try Resolver.addresses(of: "a..b", port: 7) }
        #expect(error?.operation == .resolve)
        #expect(error?.code.rawValue ?? 0 < 0)
        #expect(error?.subject == "a..b")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func anUnknownZoneListsTheInterfaces() {
        let error = refusal { try Resolver.addresses(of: Endpoint.udp("fe80::1%nosuch0", 7)) }
        #expect(error?.code == .noSuchDevice)
        #expect(error?.subject?.contains("lo") == true)
    }

    @Test func familiesTakeTurnsFromTheFirstOneOn() {
        let four = (1...3).map { SocketAddress.ipv4(IPv4Address(10, 0, 0, $0), port: 1) }
        let six = (1...2).map {
            SocketAddress.ipv6(IPv6Address(high: 0xFD00 << 48, low: $0), port: 1, zone: 0)
        }
        #expect(Resolver.interleaved(six + four) == [six[0], four[0], six[1], four[1], four[2]])
        #expect(Resolver.interleaved(four + six) == [four[0], six[0], four[1], six[1], four[2]])
        #expect(Resolver.interleaved(four + four) == four)
        #expect(Resolver.interleaved([]) == [])
    }

    @Test func interfacesHaveNamesAndIndices() throws {
        #expect(Interfaces.names.contains("lo"))
        let index = try Interfaces.index(of: "lo")
        #expect(Interfaces.name(of: index) == "lo")
        #expect(Interfaces.name(of: 999_999) == nil)
    }
}
