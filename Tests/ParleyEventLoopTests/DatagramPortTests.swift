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

    @Test func `a Unix datagram of 300 KiB arrives whole, and a batch for such takes little memory`()
        async throws
    {
        let network = KernelNetwork()
        let box = try await network.open("unixgram:")
        let sender = try await network.open("unixgram:?sndbuf=212992")
        let bytes = [UInt8](repeating: 7, count: 300 << 10)
        #expect(try sender.say(bytes, to: box.localAddress))
        let batch = box.makeBatch(messageBytes: box.messageBytesMax + 1, slots: 64)
        #expect(batch.slots * batch.slotBytes <= 3 << 20)
        try await network.receive(from: box, into: batch)
        #expect(batch.entry(0).byteCount == bytes.count && !batch.entry(0).isTruncated)
        box.close()
        sender.close()
    }

    @Test func `a port to one peer sends from the source that is asked for, alone and in a list`()
        async throws
    {
        let network = KernelNetwork()
        let box = try await network.open("udp://127.0.0.1:0")
        let target = Endpoint.udp("127.0.0.1", try #require(box.localAddress.port))
        let peer = try await network.connect(to: target, until: network.latest).port
        let port = try #require(peer as? KernelDatagramPort)
        let source = SocketAddress.ipv4(IPv4Address(127, 0, 0, 6), port: 0)
        #expect(try port.say([1], to: nil, from: source))
        var position = TransmitPosition()
        let list = [Transmit(0..<1, from: source)]
        #expect(try unsafe port.transmit([2].span.bytes, list.span, at: &position) == 1)
        let batch = box.makeBatch(messageBytes: 16, slots: 1)
        for _ in 0..<2 {
            try await network.receive(from: box, into: batch)
            #expect(batch.entry(0).sender == source.with(port: try #require(port.localAddress.port)))
        }
        box.close()
        port.close()
    }

    @Test(.enabled(if: hasIPv6Loopback, "no IPv6"))
    func `a source of another family than the recipient's is refused, alone and in a list`() async throws {
        let network = KernelNetwork()
        let box = try await network.open("udp://:0")
        let number = try #require(box.localAddress.port)
        let target = Endpoint.udp("::1", number)
        let peer = try await network.connect(to: target, until: network.latest).port
        let port = try #require(peer as? KernelDatagramPort)
        let four = SocketAddress.ipv4(.loopback, port: number)
        let six = SocketAddress.ipv6(.loopback, port: number, zone: 0)
        let cases: [(any MessagePort, SocketAddress?, SocketAddress)] = [
            (box, six, four), (box, four, six), (port, nil, four),
        ]
        for (sender, recipient, source) in cases {
            let alone = #expect(throws: SocketError.self) {
                _ = try sender.say([1], to: recipient, from: source)
            }
            #expect(alone?.code == .addressFamilyNotSupported)
            let listed = #expect(throws: SocketError.self) {
                var position = TransmitPosition()
                let list = [Transmit(0..<1, to: recipient, from: source)]
                _ = try unsafe sender.transmit([2].span.bytes, list.span, at: &position)
            }
            #expect(listed?.code == .addressFamilyNotSupported)
            for error in [alone, listed] {
                #expect(error?.description.contains("never meet") == true, "\(String(describing: error))")
            }
        }
        // An address that names none is no wish.
        #expect(try box.say([3], to: four, from: .ipv6(.any, port: 0, zone: 0)))
        #expect(try box.say([3], to: six, from: .ipv4(.any, port: 0)))
        // Of one family they leave.
        for (sender, recipient, source) in [(box, six, six), (box, four, four)] {
            #expect(try sender.say([3], to: recipient, from: source))
        }
        let batch = box.makeBatch(messageBytes: 16, slots: 4)
        var senders: [SocketAddress] = []
        while senders.count < 4 {
            try await network.receive(from: box, into: batch)
            for index in 0..<batch.count { senders.append(batch.entry(index).sender.unmapped) }
        }
        #expect(senders == [four, six, six, four])
        box.close()
        port.close()
    }

    @Test(arguments: addresses)
    func `a port that was asked to tells what packets say of congestion`(url: String) async throws {
        let network = KernelNetwork()
        let box = try await network.open(url)
        let sender = try await network.open(url)
        let batch = box.makeBatch(messageBytes: 16, slots: 1)
        func exchange(_ ecn: ECN?) async throws -> ECN? {
            var position = TransmitPosition()
            let list = [Transmit(0..<1, to: box.localAddress, ecn: ecn)]
            #expect(try unsafe sender.transmit([1].span.bytes, list.span, at: &position) == 1)
            try await network.receive(from: box, into: batch)
            return batch.entry(0).ecn
        }
        #expect(try await exchange(.capable) == nil)
        #expect(box.enable(.ecn) == .ecn)
        for ecn in ECN.allCases { #expect(try await exchange(ecn) == ecn) }
        #expect(try await exchange(nil) == .notCapable)
        box.close()
        sender.close()
    }

    @Test(arguments: addresses)
    func `a departure that has come lets a datagram leave, whether the port holds them or not`(url: String)
        async throws
    {
        let network = KernelNetwork()
        let box = try await network.open(url)
        let sender = try await network.open(url)
        let batch = box.makeBatch(messageBytes: 16, slots: 1)
        for isHolding in [false, true] {
            if isHolding { #expect(sender.enable(.departures) == .departures) }
            var position = TransmitPosition()
            let list = [Transmit(0..<1, to: box.localAddress, departure: network.now)]
            #expect(try unsafe sender.transmit([1].span.bytes, list.span, at: &position) == 1)
            try await network.receive(from: box, into: batch)
        }
        box.close()
        sender.close()
    }
}
