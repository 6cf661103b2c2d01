import ParleyNetwork
import ParleyTypes
import Synchronization

/// Sends back what comes, to whomever, from the address that was asked: a list of trains a burst, no copy.
final class EchoEngine: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the network's thread.
    private let port: any DrivenPort & MessagePort
    private let batch: ReceiveBatch
    private var list: [Transmit] = []
    private var position = TransmitPosition()
    /// The most trains that left in one call, and how many datagrams in all.
    let trainsMax = Atomic<Int>(0)
    let echoed = Atomic<Int>(0)
    let failures = Atomic<Int>(0)

    init(_ port: any DrivenPort & MessagePort) {
        self.port = port
        batch = port.makeBatch(messageBytes: 2048, slots: 64)
    }

    func received(at now: MonotonicInstant) {
        guard case .received = try? port.receive(into: batch) else { return }
        list.removeAll(keepingCapacity: true)
        position = TransmitPosition()
        for index in 0..<batch.count {
            let entry = batch.entry(index)
            let start = index * batch.slotBytes
            list.append(
                Transmit(
                    start..<start + entry.byteCount,
                    segmentBytes: entry.segmentBytes,
                    to: entry.sender,
                    from: entry.recipient
                )
            )
        }
        transmit()
    }

    func writable(at now: MonotonicInstant) {
        transmit()
        if position.index == list.count { port.resumeReceiving() }
    }

    private func transmit() {
        let list = list
        while position.index < list.count {
            let before = position.index
            do throws(SocketError) {
                let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch.slab))
                let taken = try port.transmit(bytes, list.span, at: &position)
                guard taken > 0 else {
                    port.pauseReceiving()
                    return port.tellOfRoom()
                }
                echoed.add(taken, ordering: .relaxed)
                trainsMax.max(position.index - before, ordering: .relaxed)
            } catch {
                failures.add(1, ordering: .relaxed)
                position.advance(
                    by: list[position.index].bytes.count - position.offset,
                    in: list[position.index]
                )
            }
        }
    }

    func alarm(at now: MonotonicInstant) {}
    func signalled(at now: MonotonicInstant) {}
    func ended() {}
}
