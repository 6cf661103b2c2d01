import ParleyCore
import ParleyLinks
import ParleyNetwork
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct MarkTests {
    /// Sends a second of bursts over a link that is too slow for them; what each that arrived said of congestion.
    private static func marks(ecn: ECN) async throws -> (arrived: [ECN?], dropped: Int) {
        let network = SimulatedNetwork(seed: 1)
        let arrived = try await network { network -> [ECN?] in
            let (near, far) = (network.host("near"), network.host("far"))
            network.link(from: near, to: far).conditions = LinkConditions(
                rate: 1_000_000,
                delay: .constant(.milliseconds(10)),
                queue: LinkQueue(.coDel(), limit: .packets(1000), marks: true)
            )
            let out = try await near.open(.udp(port: 1), until: .distantFuture)
            var place = Endpoint.udp(port: 1)
            place.options.receiveBufferBytes = 1 << 20
            let port = try await far.open(place, until: .distantFuture)
            #expect(port.enable([.ecn, .departures]) == .ecn)
            let bytes = [UInt8](repeating: 1, count: 12_000)
            for _ in 0..<20 {
                let train = [Transmit(0..<12_000, segmentBytes: 1200, to: .ipv4(far.ipv4, port: 1), ecn: ecn)]
                var position = TransmitPosition()
                let taken = try transmit(out, bytes, train, &position)
                #expect(taken == 10)
                try await NetworkEnvironment.sleep(for: .milliseconds(50))
            }
            try await NetworkEnvironment.sleep(for: .seconds(10))
            var arrived: [ECN?] = []
            let batch = port.makeBatch(messageBytes: 1200, slots: 64)
            while case .received(let count) = try port.receive(into: batch) {
                for index in 0..<count { arrived.append(batch.entry(index).ecn) }
            }
            return arrived
        }
        return (arrived, network.counts.dropped)
    }

    private static func transmit(
        _ port: any MessagePort,
        _ bytes: [UInt8],
        _ list: [Transmit],
        _ position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        try port.transmit(unsafe bytes.span.bytes, list.span, at: &position)
    }

    @Test func `a queue that is full for long marks who understands marks, and drops others`() async throws {
        let capable = try await Self.marks(ecn: .capable)
        #expect(capable.arrived.count == 200)
        #expect(capable.dropped == 0)
        #expect(capable.arrived.contains(.congestionExperienced))
        #expect(capable.arrived.contains(.capable))
        let deaf = try await Self.marks(ecn: .notCapable)
        #expect(deaf.arrived.allSatisfy { $0 == .notCapable })
        #expect(deaf.dropped > 0)
        #expect(deaf.arrived.count + deaf.dropped == 200)
    }

    @Test func `a wrong bit never reaches a reader, but of UDP-Lite where it does not look`() async throws {
        for isLite in [false, true] {
            let network = SimulatedNetwork(seed: 3)
            try await network { network in
                network.conditions.corruption = 0.5
                var place = Endpoint.udp(port: 1)
                var own = Endpoint.udp
                if isLite { (place.options.checksumCoverage, own.options.checksumCoverage) = (8, 8) }
                let inbox = try await network.host("far").run { try await Mailbox([UInt8].self, at: place) }
                let sent = [UInt8](repeating: 7, count: 100)
                try await network.host("near").run {
                    let outbox = try await Mailbox([UInt8].self, at: own)
                    for _ in 0..<400 { try await outbox.send(sent, to: "far:1") }
                }
                try await NetworkEnvironment.sleep(for: .seconds(1))
                inbox.finishReceiving()
                var (right, wrong) = (0, 0)
                for try await letter in inbox {
                    if letter.message == sent { right += 1 } else { wrong += 1 }
                    #expect(letter.message.count == 100)
                }
                #expect((150...250).contains(right), "\(right)")
                if isLite {
                    // Three quarters of the bits are the message's.
                    #expect((100...220).contains(wrong), "\(wrong)")
                } else {
                    #expect(wrong == 0)
                }
                #expect(right + wrong + network.counts.corrupted == 400)
            }
        }
    }
}
