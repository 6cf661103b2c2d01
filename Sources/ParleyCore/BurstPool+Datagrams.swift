public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

extension BurstPool {
    /// Sends messages as datagrams to one recipient, burst by burst.
    ///
    /// Not a method of the port: generic code is specialised for its messages only where no type is hidden
    /// behind a protocol.
    ///
    /// - Parameter recipient: nil for the port's peer.
    @inlinable
    func send<Coder: MessageCoder>(
        contentsOf messages: some Sequence<Coder.Message>,
        by coder: Coder,
        over port: any MessagePort,
        to recipient: SocketAddress?,
        timeout: Duration?,
        pacing: Pacing,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) {
        let burst = take()
        defer { giveBack(burst) }
        var iterator = messages.makeIterator()
        var waiting: Coder.Message?
        var failure: ParleyError?
        repeat {
            do throws(ParleyError) {
                let bounds = pacing.isOn ? pacing.train : Burst.Bounds()
                try burst.fill(from: &iterator, waiting: &waiting, by: coder, framing: nil, within: bounds)
            } catch {
                failure = error
            }
            if Task.isCancelled { throw .cancelled }
            if pacing.isOn, !burst.ends.isEmpty { try await pacing.admit(burst, on: network, counters) }
            try await send(burst, over: port, to: recipient, timeout: timeout, on: network, counters)
            if let failure { throw failure }
        } while !burst.ends.isEmpty
    }

    @usableFromInline
    func send(
        _ burst: Burst,
        over port: any MessagePort,
        to recipient: SocketAddress?,
        timeout: Duration?,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) {
        let deadline = network.deadline(after: timeout)
        let trains = burst.trains(to: recipient)
        var position = TransmitPosition()
        var done = 0
        while position.index < trains.count {
            do throws(SocketError) {
                let taken = try port.transmit(burst.bytes, trains.span, at: &position)
                done += taken
                if counters.countSentInTurn(taken) { await Task.yield() }
                if taken == 0, let timeout, timeout <= .zero { throw SocketError(.wait, .timedOut) }
                if taken == 0 { try await port.waitUntilWritable(until: deadline) }
            } catch {
                let byteCount = trains[position.index].datagram(at: position.offset).count
                let error = ParleyError(error, sending: byteCount, timeout: timeout)
                if case .timedOut = error { counters.countUnsent(burst.ends.count - done) }
                throw error
            }
        }
    }
}
