import ParleyTypes
import Testing

@Suite struct MisfitTests {
    private let six = SocketAddress.ipv6(.loopback, port: 80, zone: 0)
    private let four = SocketAddress.ipv4(IPv4Address(10, 0, 0, 2), port: 80)

    private func misfit(
        _ code: ErrorCode,
        _ local: SocketAddress,
        _ remote: SocketAddress,
        isIPv6Only: Bool = false
    ) -> SocketError.Misfit? {
        let traits = SocketTraits(transport: .udp, isIPv6Only: isIPv6Only)
        return SocketError(.send, code, local: local, remote: remote, traits: traits).misfit
    }

    @Test(arguments: [
        ErrorCode.addressFamilyNotSupported, .invalidArgument, .networkUnreachable, .addressNotAvailable,
    ])
    func `an own address of one family and a peer of the other are named, whatever errno says`(
        _ code: ErrorCode
    ) {
        let local = SocketAddress.ipv4(.loopback, port: 0)
        for found in [misfit(code, local, six), misfit(code, six, four)] {
            #expect(found?.cause.contains("is IPv4") == true && found?.cause.contains("is IPv6") == true)
            #expect(found?.remedy.contains("one family") == true)
        }
    }

    @Test func `a socket at every address of both families fits every peer, one of IPv6 alone does not`() {
        let every = SocketAddress.ipv6(.any, port: 9, zone: 0)
        #expect(misfit(.networkUnreachable, every, four) == nil)
        let found = misfit(.networkUnreachable, every, four, isIPv6Only: true)
        #expect(found?.cause.hasPrefix("This socket speaks IPv6 alone") == true)
        #expect(found?.remedy.contains("udp://:9") == true)
    }

    @Test func `IPv4 inside IPv6 counts as IPv4`() {
        let mapped = SocketAddress.ipv6(IPv6Address(mapping: IPv4Address(10, 0, 0, 1)), port: 1, zone: 0)
        #expect(misfit(.networkUnreachable, mapped, four) == nil)
    }

    @Test
    func `a loopback source and a peer elsewhere are named, with the same words in remedy and description`() {
        let error = SocketError(.connect, .invalidArgument, local: .ipv4(.loopback, port: 0), remote: four)
        #expect(
            error.misfit?.cause.hasPrefix(
                "The local address 127.0.0.1 means something within this host"
            ) == true
        )
        #expect(error.description.hasSuffix(error.remedy) && error.remedy.contains("--local"))
        // Within the host, EINVAL has another cause.
        #expect(misfit(.invalidArgument, .ipv4(.loopback, port: 1), .ipv4(.loopback, port: 2)) == nil)
    }
}
