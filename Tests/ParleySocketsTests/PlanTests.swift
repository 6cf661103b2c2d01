import ParleyTypes
import Testing

@testable import ParleySockets

/// What a list of trains asks of the socket before its one system call.
@Suite struct PlanTests {
    @Test func theServiceByteAndThePeerAreAskedForOnceACallAndOnlyWhereTheyMatter() {
        func asked(_ list: [Transmit]) -> (peers: Int, bytes: Int) {
            var arguments = SendArguments()
            var peers = 0
            var serviceBytes = 0
            let memory: [UInt8] = [1]
            let code = unsafe memory.withUnsafeBytes { buffer in
                unsafe arguments.plan(
                    buffer.baseAddress!,
                    byteCount: buffer.count,
                    list.span,
                    from: TransmitPosition(),
                    for: .ipv6,
                    cutting: { _ in .none },
                    peer: {
                        peers += 1
                        return .ipv6(.loopback, port: 9, zone: 0)
                    },
                    serviceByte: {
                        serviceBytes += 1
                        return 0
                    }
                )
            }
            #expect(code == nil && arguments.count == list.count)
            return (peers, serviceBytes)
        }
        let peer = SocketAddress.ipv6(.loopback, port: 9, zone: 0)
        let source = SocketAddress.ipv6(.loopback, port: 0, zone: 0)
        let plain = Transmit(0..<1, to: peer)
        let marked = Transmit(0..<1, from: source, ecn: .capable)
        #expect(asked([plain, Transmit(0..<1, to: peer, from: source)]) == (0, 0))
        #expect(asked([plain, marked, marked, Transmit(0..<1, ecn: .scalable), marked]) == (1, 1))
    }
}
