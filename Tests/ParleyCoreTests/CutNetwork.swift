import ParleyCore
import ParleyNetwork
import ParleyTypes

/// The task's network with ports that stand before its own: streams bring few bytes at once, as if they had been cut
/// there, and no port is driven. It knows the network below by the seam alone.
final class CutNetwork: Network {
    private let base: any Network
    /// The most bytes that one read of a stream brings.
    private let readBytesMax: Int
    /// Called before each attempt to receive a burst.
    private let onReceive: @Sendable () -> Void

    init(readBytesMax: Int = .max, onReceive: @escaping @Sendable () -> Void = {}) {
        base = NetworkEnvironment.current
        self.readBytesMax = readBytesMax
        self.onReceive = onReceive
    }

    func random() -> UInt64 { base.random() }
    var now: MonotonicInstant { base.now }
    var executor: (any TaskExecutor)? { base.executor }

    func sleep(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.sleep(until: deadline)
    }

    func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]
    {
        try await base.resolve(endpoint, until: deadline)
    }

    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort
    {
        CutMessagePort(try await base.open(endpoint, until: deadline), onReceive)
    }

    func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort
    {
        cut(try await base.connect(to: endpoint, until: deadline))
    }

    func listen(at endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any ListeningPort
    {
        CutListeningPort(try await base.listen(at: endpoint, until: deadline), self)
    }

    fileprivate func cut(_ port: PeerPort) -> PeerPort {
        switch port {
        case .messages(let port): .messages(CutMessagePort(port, onReceive))
        case .stream(let port): .stream(CutStreamPort(port, readBytesMax))
        }
    }
}

private class CutPort: @unchecked Sendable {
    // Sendable by hand: nothing of it changes.
    private let base: any Port

    init(_ base: any Port) { self.base = base }

    var localAddress: SocketAddress { base.localAddress }
    var remoteAddress: SocketAddress? { base.remoteAddress }
    var driven: (any DrivenPort)? { nil }
    var unsentBytes: Int { base.unsentBytes }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.waitUntilReadable(until: deadline)
    }

    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.waitUntilWritable(until: deadline)
    }

    func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool { try base.transmit(bytes) }
    func finishSending() throws(SocketError) { try base.finishSending() }
    func abort() { base.abort() }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.flush(until: deadline)
    }

    func drain(until deadline: MonotonicInstant) async throws(SocketError) {
        try await base.drain(until: deadline)
    }

    func finishReceiving() { base.finishReceiving() }
    func close() { base.close() }
}

private final class CutStreamPort: CutPort, StreamPort, @unchecked Sendable {
    private let base: any StreamPort
    private let readBytesMax: Int

    init(_ base: any StreamPort, _ readBytesMax: Int) {
        self.base = base
        self.readBytesMax = readBytesMax
        super.init(base)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReceiveResult {
        let count = min(buffer.count, readBytesMax)
        return unsafe try base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }
}

private final class CutMessagePort: CutPort, MessagePort, @unchecked Sendable {
    private let base: any MessagePort
    private let onReceive: @Sendable () -> Void

    init(_ base: any MessagePort, _ onReceive: @escaping @Sendable () -> Void) {
        self.base = base
        self.onReceive = onReceive
        super.init(base)
    }

    var messageBytesMax: Int { base.messageBytesMax }

    func makeBatch(messageBytes: Int, slots: Int) -> ReceiveBatch {
        base.makeBatch(messageBytes: messageBytes, slots: slots)
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> ReceiveResult {
        onReceive()
        return try base.receive(into: batch)
    }

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try base.transmit(bytes, to: recipient, from: source)
    }
}

private final class CutListeningPort: ListeningPort {
    private let base: any ListeningPort
    private let network: CutNetwork

    init(_ base: any ListeningPort, _ network: CutNetwork) {
        self.base = base
        self.network = network
    }

    var localAddress: SocketAddress { base.localAddress }

    func accept() async throws(SocketError) -> PeerPort { network.cut(try await base.accept()) }

    func close() { base.close() }
}
