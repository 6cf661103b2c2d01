import ParleyNetwork
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyEventLoop

/// What a port adds to its datagram socket.
@Suite(.timeLimit(.minutes(5))) struct DatagramPortTests {
    private static let addresses = ["udp://127.0.0.1:0"] + (hasIPv6Loopback ? ["udp://[::1]:0"] : [])

    @Test func `a batch of small slots that another port has filled loses nothing of joined datagrams`()
        async throws
    {
        let network = KernelNetwork()
        let batch = ReceiveBatch(slots: 16, slotBytes: 2048)
        for _ in 0..<2 {
            let box = try await network.open("udp://127.0.0.1:0?rcvbuf=1M")
            let sender = try await network.open("udp://127.0.0.1:0")
            #expect(try box.receive(into: batch) == .wouldBlock)
            let bytes = [UInt8](repeating: 7, count: 40_000)
            let list = [Transmit(0..<40_000, segmentBytes: 1000, to: box.localAddress)]
            var position = TransmitPosition()
            while position.index < list.count {
                _ = try unsafe sender.transmit(bytes.span.bytes, list.span, at: &position)
            }
            var count = 0
            while count < 40 {
                try await network.receive(from: box, into: batch)
                for index in 0..<batch.count {
                    let entry = batch.entry(index)
                    #expect(entry.byteCount == 1000 && !entry.isTruncated && entry.datagramCount == 1)
                }
                count += batch.count
            }
            box.close()
            sender.close()
        }
    }
}
