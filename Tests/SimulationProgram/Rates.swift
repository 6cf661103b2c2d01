import ParleyCore
import ParleyNetwork
import ParleySimulation
import ParleyTypes
import ParleyWire

/// How fast a simulation runs: packets between engines, and messages through mailboxes, a second of real time.
enum Rates {
    /// An engine that sends its peer trains, and answers each burst with as many.
    final class Volley: Driver, @unchecked Sendable {
        // Sendable by hand: the variables belong to the thread of the network.
        let port: any MessagePort
        let batch: ReceiveBatch
        let bytes: [UInt8]
        var left: Int
        var received = 0
        let finish: @Sendable () -> Void

        init(_ port: any MessagePort, left: Int, finish: @escaping @Sendable () -> Void) {
            self.port = port
            self.left = left
            self.finish = finish
            batch = port.makeBatch(messageBytes: 100, slots: 64)
            bytes = [UInt8](repeating: 7, count: 100 * 64)
        }

        func send(_ count: Int, to recipient: SocketAddress) {
            let list = [Transmit(0..<100 * count, segmentBytes: 100, to: recipient)]
            var position = TransmitPosition()
            let bytes = bytes
            _ = try? port.transmit(unsafe bytes.span.bytes, list.span, at: &position)
        }

        func received(at now: MonotonicInstant) {
            guard case .received(let count)? = try? port.receive(into: batch) else { return }
            received += count
            left -= count
            if left <= 0 { return finish() }
            send(count, to: batch.entry(0).sender)
        }

        func writable(at now: MonotonicInstant) {}
        func alarm(at now: MonotonicInstant) {}
        func signalled(at now: MonotonicInstant) {}
        func ended() {}
    }

    /// The median of as many runs as so many seconds have room for, three at least.
    static func median(of run: (Int) async throws -> Double, for seconds: Double) async throws -> Double {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(seconds))
        var rates: [Double] = []
        while clock.now < end || rates.count < 3 { rates.append(try await run(1_000_000)) }
        return rates.sorted()[rates.count / 2]
    }

    static func engines(packets: Int) async throws -> Double {
        let network = SimulatedNetwork(seed: 1)
        let clock = ContinuousClock()
        let time = try await clock.measure {
            try await network { network in
                let (near, far) = (network.host("near"), network.host("far"))
                let one = try await near.open(.udp(port: 1), until: .distantFuture)
                let other = try await far.open(.udp(port: 1), until: .distantFuture)
                let (stream, continuation) = AsyncStream<Void>.makeStream()
                let driver = Volley(one, left: packets / 2) { continuation.finish() }
                try one.driven?.drive(by: driver)
                try other.driven?.drive(by: Volley(other, left: .max) {})
                for _ in 0..<4 { driver.send(64, to: .ipv4(far.ipv4, port: 1)) }
                for await _ in stream {}
            }
        }
        return Double(network.counts.delivered) / (time / .seconds(1))
    }

    static func mailboxes(messages: Int) async throws -> Double {
        let network = SimulatedNetwork(seed: 1)
        let clock = ContinuousClock()
        let time = try await clock.measure {
            try await network { network in
                network.host("server").start {
                    let inbox = try await Mailbox([UInt8].self, at: .udp(port: 1))
                    for try await letter in inbox { try await inbox.send(letter.message, to: letter.sender) }
                }
                try await network.host("client").run {
                    let outbox = try await Mailbox([UInt8].self, at: .udp)
                    let message = [UInt8](repeating: 7, count: 100)
                    for _ in 0..<64 { try await outbox.send(message, to: "server:1") }
                    var left = messages / 2
                    for try await letter in outbox {
                        left -= 1
                        if left <= 0 { break }
                        try await outbox.send(letter.message, to: letter.sender)
                    }
                }
            }
        }
        return Double(network.counts.delivered) / (time / .seconds(1))
    }
}
