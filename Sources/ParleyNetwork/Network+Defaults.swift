public import ParleyTypes

// What a network may leave out.

extension Network {
    public var executor: (any TaskExecutor)? { nil }

    public func settled(_ endpoint: Endpoint) throws(SocketError) -> Endpoint { endpoint }
}

extension Port {
    public var executor: (any TaskExecutor)? { nil }

    public var peerCredentials: PeerCredentials? { nil }

    public var driven: (any DrivenPort)? { self as? any DrivenPort }

    /// Returns at once: what was taken over has been passed on.
    public func flush(until deadline: MonotonicInstant) async throws(SocketError) {}

    public func abort() { close() }

    /// Returns at once: what was taken over has been passed on.
    public func drain(until deadline: MonotonicInstant) async throws(SocketError) {}

    public var unsentBytes: Int { 0 }

    public var queuedBytes: Int? { nil }

    public var lostMessages: Int { 0 }
}

extension MessagePort {
    public var shards: [any MessagePort] { [self] }

    public var isConnection: Bool { false }

    public var hasRoomPerRecipient: Bool { false }

    public var groups: (any GroupPort)? { self as? any GroupPort }

    public var descriptors: (any DescriptorPort)? { self as? any DescriptorPort }

    /// Does nothing: datagrams have no end, and their recipients would never learn it.
    public func finishSending() throws(SocketError) {}

    public func makeBatch(messageBytes: Int, slots: Int) -> ReceiveBatch {
        ReceiveBatch(slots: min(slots, messageBytes <= 2048 ? 64 : 16), slotBytes: (messageBytes + 15) & ~15)
    }

    public func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool {
        try transmit(bytes, to: nil, from: nil)
    }

    /// One by one, without marks and departures.
    public func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        var count = 0
        while position.index < list.count {
            let train = list[position.index]
            let datagram = train.datagram(at: position.offset)
            do throws(SocketError) {
                let part = bytes.extracting(datagram)
                guard try transmit(part, to: train.recipient, from: train.source) else { break }
            } catch {
                guard count > 0 else { throw error }
                break
            }
            position.advance(by: datagram.count, in: train)
            count += 1
        }
        return count
    }

    /// Nothing of it.
    public func enable(_ services: MessageServices) -> MessageServices { [] }
}

extension ListeningPort {
    public var shards: [any ListeningPort] { [self] }

    public var executor: (any TaskExecutor)? { nil }

    public var acceptPauses: Int { 0 }

    public var waitingPeers: Int? { nil }
}
