internal import ParleyLinks
internal import ParleyNetwork
internal import ParleyTypes

/// Datagrams that have arrived and leave by one port at the end of a turn, in as few calls as possible.
struct Outgoing: Sendable {
    private var bytes: [UInt8] = []
    private var trains: [Transmit] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var byteCount: Int { bytes.count }

    /// What became of them.
    struct Outcome {
        var sent = 0
        var withoutRoom = 0
        var refused = 0
    }

    mutating func append(
        _ datagram: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?,
        flipping corruption: Corruption?
    ) {
        let start = bytes.count
        unsafe datagram.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        if let bit = corruption?.bit(of: datagram.byteCount) {
            bytes[start + bit / 8] ^= 0x80 >> UInt8(bit % 8)
        }
        count += 1
        let range = start..<bytes.count
        if let last = trains.indices.last, trains[last].recipient == recipient, trains[last].source == source,
            trains[last].append(range)
        {
            return
        }
        trains.append(Transmit(range, to: recipient, from: source))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        trains.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Sends all of it. What finds no room is lost here, as a card would lose it: who waited would hold up all others.
    mutating func leave(by port: any MessagePort) -> Outcome {
        var outcome = Outcome()
        var position = TransmitPosition()
        // A failure may be what an earlier datagram met, and this one has not left: once more.
        var hasFailed = false
        while position.index < trains.count {
            do throws(SocketError) {
                let sent = unsafe try port.transmit(bytes.span.bytes, trains.span, at: &position)
                hasFailed = false
                outcome.sent += sent
                if sent == 0 { break }
            } catch {
                if hasFailed {
                    let train = trains[position.index]
                    position.advance(by: train.datagram(at: position.offset).count, in: train)
                    outcome.refused += 1
                }
                hasFailed.toggle()
            }
        }
        outcome.withoutRoom = count - outcome.sent - outcome.refused
        removeAll()
        return outcome
    }
}
