internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// Datagram sockets that share a port, as one. A reader takes from each in turn; several readers take one
/// shard each (``MessagePort/shards``).
final class BalancedPort: MessagePort {
    private let members: [KernelDatagramPort]
    private let turn = Atomic<Int>(0)

    init(_ members: [KernelDatagramPort]) {
        precondition(!members.isEmpty, "a port has at least one socket")
        self.members = members
    }

    var shards: [any MessagePort] { members }
    var executor: (any TaskExecutor)? { members[0].executor }
    var localAddress: SocketAddress { members[0].localAddress }
    var remoteAddress: SocketAddress? { nil }
    var messageBytesMax: Int { members[0].messageBytesMax }
    var lostMessages: Int { members.reduce(0) { $0 + $1.lostMessages } }

    var queuedBytes: Int? {
        let known = members.compactMap(\.queuedBytes)
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    func makeBatch(messageBytes: Int, slots: Int) -> ReceiveBatch {
        members[0].makeBatch(messageBytes: messageBytes, slots: slots)
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        // Each time from another one on, so that a busy shard does not silence the others.
        let first = turn.add(1, ordering: .relaxed).oldValue & Int.max
        var isOver = true
        for step in 0..<members.count {
            let result = try members[(first + step) % members.count].receive(into: batch)
            if case .received = result { return result }
            if result != .over { isOver = false }
        }
        return isOver ? .over : .wouldBlock
    }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await KernelPort.waitUntilAnyIsReadable(members, until: deadline)
    }

    // All send from the same address; the first one's queue is used.

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try members[0].transmit(bytes, to: recipient, from: source)
    }

    func transmit(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition
    ) throws(SocketError) -> Int {
        try members[0].transmit(bytes, list, at: &position)
    }

    func enable(_ services: MessageServices) -> MessageServices {
        members.reduce(services) { $0.intersection($1.enable(services)) }
    }

    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await members[0].waitUntilWritable(until: deadline)
    }

    func finishReceiving() {
        for member in members { member.finishReceiving() }
    }

    func close() {
        for member in members { member.close() }
    }
}

extension KernelPort {
    /// Suspends until one of several sockets, each perhaps on another loop, can be read.
    static func waitUntilAnyIsReadable(
        _ ports: [KernelPort],
        until deadline: MonotonicInstant
    ) async throws(SocketError) {
        let waiter = Suspension()
        defer { for port in ports { port.watch.forget(waiter) } }
        // Who has read one of them has not drained the others.
        for port in ports { try port.watch.enlist(waiter, for: .reading, mayStay: false) }
        try await ports[0].loop.wait(waiter, until: deadline) {}
    }
}
