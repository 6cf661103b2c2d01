import ParleySockets
import ParleyTypes
import Testing

/// Whether this kernel cuts and joins datagrams (UDP_SEGMENT, UDP_GRO).
private let hasOffload: Bool = {
    guard let socket = try? Socket(.ipv4, .datagram) else { return false }
    return (try? socket.segmentBytes) != nil && (try? socket.setJoinsDatagrams(true)) != nil
}()

/// Datagrams one after another, as they are given to the kernel.
private struct Train {
    var bytes: [UInt8] = []
    var ends: [Int] = []

    init(_ sizes: [Int]) {
        for (number, size) in sizes.enumerated() {
            bytes += [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
            ends.append(bytes.count)
        }
    }
}

extension Socket {
    /// Sends a train, from its beginning to its end; how many calls it took.
    fileprivate func send(
        _ train: Train,
        to recipient: SocketAddress?,
        cutting limits: SegmentLimits,
        using arguments: inout SendArguments
    ) throws -> Int {
        var list: [Transmit] = []
        list.append(endingAt: train.ends, to: recipient)
        var position = TransmitPosition()
        var done = 0
        var calls = 0
        while position.index < list.count {
            let sent = try unsafe send(
                train.bytes.span.bytes,
                list.span,
                at: &position,
                cutting: { _ in limits },
                using: &arguments
            )
            done += try #require(sent)
            calls += 1
        }
        #expect(done == train.ends.count)
        return calls
    }
}

@Suite struct OffloadTests {
    private static let full = SegmentLimits(datagramsMax: SegmentLimits.datagramsToday)

    @Test(arguments: [
        [21, 21, 21], [21, 21, 5], [21, 5, 21], [5, 21, 21], [0, 21, 0, 21], [1, 2, 3, 2, 1], [1],
        [65507, 65507], [40000, 20000, 5507, 1], [40000, 20000, 5508, 1], [Int](repeating: 7, count: 300),
        (0..<200).map { $0 % 9 },
    ])
    func datagramsLeaveWithTheirBordersHoweverTheyAreGrouped(sizes: [Int]) throws {
        let receiver = try datagram("udp://127.0.0.1:0?rcvbuf=1M")
        let sender = try datagram("udp://127.0.0.1:0")
        var arguments = SendArguments()
        let train = Train(sizes)
        for limits in [SegmentLimits.none, .init(datagramsMax: 2), .init(datagramsMax: 64), Self.full] {
            guard hasOffload || limits == .none else { continue }
            _ = try sender.send(train, to: loopback(receiver.port), cutting: limits, using: &arguments)
            for (number, size) in sizes.enumerated() {
                let bytes = try receiver.next().bytes
                #expect(bytes.count == size && bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: number) })
            }
        }
        expectSilence(receiver)
    }

    @Test(.enabled(if: hasOffload, "this kernel has no UDP_SEGMENT or UDP_GRO"))
    func equalDatagramsTravelAsOnePieceWithTheirSizeBesideIt() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        try receiver.setJoinsDatagrams(true)
        #expect(try receiver.joinsDatagrams)
        let sender = try datagram("udp://127.0.0.1:0")
        var arguments = SendArguments()
        let sizes = [Int](repeating: 21, count: 99) + [10, 300, 300]
        let calls = try sender.send(
            Train(sizes),
            to: loopback(receiver.port),
            cutting: Self.full,
            using: &arguments
        )
        #expect(calls == 1)
        let first = try receiver.next(capacity: 65535)
        #expect(first.bytes.count == 99 * 21 + 10 && first.datagram.arrival.segmentBytes == 21)
        let second = try receiver.next(capacity: 65535)
        #expect(second.bytes.count == 600 && second.datagram.arrival.segmentBytes == 300)
        try sender.say("alone", to: loopback(receiver.port))
        #expect(try receiver.next().datagram.arrival.segmentBytes == 0)
    }

    @Test(.enabled(if: hasOffload, "this kernel has no UDP_SEGMENT or UDP_GRO"))
    func aConnectedSocketAndOneForBothFamiliesSendPiecesToo() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let target = loopback(try receiver.port)
        let connected = try datagram("udp://127.0.0.1:0")
        #expect(try connected.connect(to: target) == .connected)
        let both = try datagram("udp://:0")
        var arguments = SendArguments()
        _ = try connected.send(Train([3, 3, 3]), to: nil, cutting: Self.full, using: &arguments)
        // The same arguments for another socket of another family.
        _ = try both.send(Train([3, 3, 3]), to: target, cutting: Self.full, using: &arguments)
        for _ in 0..<6 { #expect(try receiver.next().bytes.count == 3) }
    }

    @Test func anAddressOfAnotherFamilyIsRefusedBeforeAnythingLeaves() throws {
        let sender = try datagram("udp://127.0.0.1:0")
        var arguments = SendArguments()
        let error = #expect(throws: SocketError.self) {
            try sender.send(
                Train([1]),
                to: .ipv6(.loopback, port: 9, zone: 0),
                cutting: .none,
                using: &arguments
            )
        }
        #expect(error?.code == .addressFamilyNotSupported && error?.operation == .send)
    }

    @Test func theKernelTellsWhenADatagramCame() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        #expect(try !receiver.reportsTime)
        try receiver.setReportsTime(true)
        #expect(try receiver.reportsTime)
        let sender = try datagram("udp://127.0.0.1:0")
        try sender.say("1", to: loopback(receiver.port))
        try sender.say("2", to: loopback(receiver.port))
        let first = try #require(try receiver.next().datagram.arrival.time)
        let second = try #require(try receiver.next().datagram.arrival.time)
        #expect(first.secondsSince1970 > 1_700_000_000 && second.secondsSince1970 > 1_700_000_000)
    }

    @Test func theQueuesOfASocketAreMeasured() throws {
        let receiver = try datagram("udp://127.0.0.1:0?rcvbuf=4K")
        let sender = try datagram("udp://127.0.0.1:0")
        #expect(try receiver.memory.receiveQueueBytes == 0 && receiver.memory.drops == 0)
        for _ in 0..<50 {
            #expect(try sender.say([UInt8](repeating: 1, count: 1000), to: loopback(receiver.port)))
        }
        let memory = try receiver.memory
        #expect(memory.receiveQueueBytes > 0 && memory.drops > 0 && memory.drops < 50)
        #expect(memory.receiveBufferBytes == UInt32(try receiver.receiveBufferBytes))
    }
}
