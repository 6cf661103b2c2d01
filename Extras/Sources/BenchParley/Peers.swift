import BenchKit
import Parley

// Benchmarks/c/peers.c as an engine: many peers at one UDP socket, answered on the network's thread in lists of trains.

@concurrent
func driveDatagramEcho(port: UInt16) async throws {
    let place = try Endpoint(url: "udp://0.0.0.0:\(port)?rcvbuf=4M")
    let port = try await NetworkEnvironment.current.open(place, until: .distantFuture)
    guard let port = port as? any DrivenPort & MessagePort else { fail("this network's ports call nobody") }
    try port.drive(by: EchoEngine(port))
    while true { try await Task.sleep(for: .seconds(3600)) }
}

/// Sends back what comes, as it came: each piece to its sender, from the address that was asked.
private final class EchoEngine: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the network's thread.
    private let port: any DrivenPort & MessagePort
    private let batch: ReceiveBatch
    private var trains: [Transmit] = []
    private var position = TransmitPosition()

    init(_ port: any DrivenPort & MessagePort) {
        self.port = port
        batch = port.makeBatch(messageBytes: 2048, slots: 64)
    }

    func received(at now: MonotonicInstant) {
        guard case .received = try? port.receive(into: batch) else { return }
        trains.removeAll(keepingCapacity: true)
        position = TransmitPosition()
        for index in 0..<batch.count {
            let entry = batch.entry(index)
            let start = index * batch.slotBytes
            trains.append(
                Transmit(
                    start..<start + entry.byteCount,
                    segmentBytes: entry.segmentBytes,
                    to: entry.sender,
                    from: entry.recipient
                )
            )
        }
        passOn()
    }

    func writable(at now: MonotonicInstant) {
        if passOn() { port.resumeReceiving() }
    }

    @discardableResult
    private func passOn() -> Bool {
        let trains = trains
        while position.index < trains.count {
            do {
                let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch.slab))
                if try port.transmit(bytes, trains.span, at: &position) > 0 { continue }
                port.pauseReceiving()
                port.tellOfRoom()
                return false
            } catch {
                // The one that failed is given up.
                let train = trains[position.index]
                position.advance(by: train.datagram(at: position.offset).count, in: train)
            }
        }
        return true
    }

    func alarm(at now: MonotonicInstant) {}
    func signalled(at now: MonotonicInstant) {}
    func ended() {}
}
