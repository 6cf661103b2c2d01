public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

extension Port {
    /// Sends messages as datagrams to one recipient, burst by burst.
    ///
    /// - Parameter recipient: nil for the port's peer.
    @inlinable
    func send<Coder: MessageCoder>(
        contentsOf messages: some Sequence<Coder.Message>,
        by coder: Coder,
        to recipient: SocketAddress?,
        timeout: Duration?,
        on network: any Network,
        _ bursts: BurstPool,
        _ counters: Counters
    ) async throws(ParleyError) {
        let burst = bursts.take()
        defer { bursts.giveBack(burst) }
        var iterator = messages.makeIterator()
        var waiting: Coder.Message?
        var failure: ParleyError?
        repeat {
            do throws(ParleyError) {
                try burst.fill(from: &iterator, waiting: &waiting, by: coder, framing: nil)
            } catch {
                failure = error
            }
            if Task.isCancelled { throw .cancelled }
            try await send(burst, to: recipient, timeout: timeout, on: network, counters)
            if let failure { throw failure }
        } while !burst.ends.isEmpty
    }

    @usableFromInline
    func send(
        _ burst: Burst,
        to recipient: SocketAddress?,
        timeout: Duration?,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) {
        let deadline = network.deadline(after: timeout)
        let ends = burst.ends
        var done = 0
        while done < ends.count {
            do throws(SocketError) {
                let taken = try transmit(burst.bytes, endingAt: ends, from: done, to: recipient)
                done += taken
                if counters.countSentInTurn(taken) { await Task.yield() }
                if taken == 0 { try await waitUntilWritable(until: deadline) }
            } catch {
                throw ParleyError(error, timeout: timeout)
            }
        }
    }
}
