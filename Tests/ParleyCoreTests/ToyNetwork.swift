import ParleyNetwork
import ParleyTypes
import Synchronization

/// A network in this process's memory: no kernel, no clock. It shows that the library knows networks by the
/// seam alone, and cuts streams where the tests want.
///
/// Its time goes on to the next deadline while somebody waits for one.
final class ToyNetwork: Network, Timekeeper {
    private struct State {
        var now = MonotonicInstant(nanoseconds: 0)
        var timers = TimerHeap()
        var isTicking = false
        var lastPort: UInt16 = 0
        var boxes: [SocketAddress: ToyBox] = [:]
        var listeners: [SocketAddress: ToyListeningPort] = [:]
    }

    private let state = Mutex(State())
    /// The most bytes that one read of a stream brings.
    let readBytesMax: Int
    /// How long it takes to receive a burst.
    let receiveTime: Duration

    init(readBytesMax: Int = .max, receiveTime: Duration = .zero) {
        self.readBytesMax = readBytesMax
        self.receiveTime = receiveTime
    }

    var now: MonotonicInstant { state.withLock { $0.now } }

    func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64 {
        let (timer, isFirst) = state.withLock { state in
            defer { state.isTicking = true }
            return (state.timers.insert(deadline, target), !state.isTicking)
        }
        if isFirst { Task { await tick() } }
        return timer
    }

    func cancel(_ timer: UInt64) { state.withLock { $0.timers.cancel(timer) } }

    /// Lets the others work, and time go by to the next deadline, as long as somebody waits for one.
    private func tick() async {
        pass(.zero)
        while state.withLock({ state in
            state.isTicking = state.timers.next() != nil
            return state.isTicking
        }) {
            try? await Task.sleep(for: .microseconds(200))
            pass(state.withLock { state in state.timers.next().map { state.now.duration(to: $0) } } ?? .zero)
        }
    }

    func pass(_ time: Duration) {
        let targets = state.withLock { state in
            state.now = state.now.advanced(by: time)
            return state.timers.expired(at: state.now)
        }
        for case .wake(let waiter) in targets { waiter.wake(.timedOut) }
    }

    func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]
    {
        [.ipv4(.loopback, port: endpoint.port)]
    }

    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort
    {
        let port = ToyBox(self, at: newAddress())
        state.withLock { $0.boxes[port.localAddress] = port }
        return port
    }

    func listen(
        at endpoint: Endpoint,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> any ListeningPort {
        let port = ToyListeningPort(self, at: newAddress())
        state.withLock { $0.listeners[port.localAddress] = port }
        return port
    }

    func connect(to endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> PeerPort
    {
        let target = SocketAddress.ipv4(.loopback, port: endpoint.port)
        guard let listener = state.withLock({ $0.listeners[target] }) else {
            throw SocketError(.connect, .connectionRefused, remote: target)
        }
        let near = ToyStream(self, at: newAddress(), remote: target)
        let far = ToyStream(self, at: target, remote: near.localAddress)
        near.peer.withLock { $0 = far }
        far.peer.withLock { $0 = near }
        listener.queue.change { $0?.append(far) }
        return .stream(near)
    }

    func box(at address: SocketAddress) -> ToyBox? { state.withLock { $0.boxes[address] } }

    private func newAddress() -> SocketAddress {
        state.withLock { state in
            state.lastPort += 1
            return .ipv4(.loopback, port: state.lastPort)
        }
    }
}

/// Datagrams that wait in the queue of the port that they came to.
final class ToyBox: MessagePort {
    /// Nil once it is closed.
    private let letters = Monitor<[(bytes: [UInt8], sender: SocketAddress)]?>([])
    private let isFinished = Atomic(false)
    private let network: ToyNetwork
    let localAddress: SocketAddress
    var remoteAddress: SocketAddress? { nil }
    var messageBytesMax: Int { 65_535 }

    init(_ network: ToyNetwork, at address: SocketAddress) {
        self.network = network
        localAddress = address
    }

    func receive(into batch: ReceiveBatch) -> ReceiveResult {
        network.pass(network.receiveTime)
        return letters.withLock { letters in
            guard let came = letters?.prefix(batch.slots) else { return .over }
            if came.isEmpty { return isFinished.load(ordering: .relaxed) ? .over : .wouldBlock }
            batch.count = 0
            for letter in came { unsafe batch.append(letter.bytes.span.bytes, from: letter.sender) }
            letters?.removeFirst(came.count)
            return .received(came.count)
        }
    }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await letters.wait(until: deadline, by: network) {
            $0?.isEmpty != true || isFinished.load(ordering: .relaxed)
        }
    }

    func waitUntilWritable(until deadline: MonotonicInstant) {}

    func finishReceiving() {
        isFinished.store(true, ordering: .relaxed)
        letters.change { _ in }
    }

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        if letters.withLock({ $0 == nil }) { throw SocketError(.send, .badDescriptor) }
        let bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        let box = recipient.flatMap { network.box(at: $0) }
        box?.letters.change { $0?.append((bytes, localAddress)) }
        return true
    }

    func close() { letters.change { $0 = nil } }
}

/// One end of a stream. What comes waits in its own queue.
final class ToyStream: StreamPort {
    private struct Inbox {
        var bytes: [UInt8] = []
        var isAtEnd = false
        var isClosed = false
        var isFinished = false
    }

    let localAddress: SocketAddress
    let remoteAddress: SocketAddress?
    let peer = Mutex<ToyStream?>(nil)
    private let network: ToyNetwork
    private let inbox = Monitor(Inbox())

    init(_ network: ToyNetwork, at local: SocketAddress, remote: SocketAddress?) {
        self.network = network
        localAddress = local
        remoteAddress = remote
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReceiveResult {
        inbox.withLock { inbox in
            if inbox.isClosed { return .over }
            let count = min(inbox.bytes.count, buffer.count, network.readBytesMax)
            guard count > 0 else { return inbox.isAtEnd ? .end : inbox.isFinished ? .over : .wouldBlock }
            unsafe buffer.copyBytes(from: inbox.bytes.prefix(count))
            inbox.bytes.removeFirst(count)
            return .received(count)
        }
    }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await inbox.wait(until: deadline, by: network) {
            !$0.bytes.isEmpty || $0.isAtEnd || $0.isClosed || $0.isFinished
        }
    }

    func waitUntilWritable(until deadline: MonotonicInstant) {}

    func finishReceiving() { inbox.change { $0.isFinished = true } }

    func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool {
        if inbox.withLock({ $0.isClosed }) { throw SocketError(.send, .badDescriptor) }
        let bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        peer.withLock { $0 }?.inbox.change { $0.bytes += bytes }
        return true
    }

    func finishSending() {
        peer.withLock { $0 }?.inbox.change { $0.isAtEnd = true }
    }

    func close() {
        inbox.change { $0.isClosed = true }
        let other = peer.withLock { peer in
            defer { peer = nil }
            return peer
        }
        other?.inbox.change { $0.isAtEnd = true }
    }
}

final class ToyListeningPort: ListeningPort {
    let localAddress: SocketAddress
    /// Peers that wait to be accepted; nil once it is closed.
    let queue = Monitor<[ToyStream]?>([])
    private let network: ToyNetwork

    init(_ network: ToyNetwork, at address: SocketAddress) {
        self.network = network
        localAddress = address
    }

    func accept() async throws(SocketError) -> PeerPort {
        while true {
            try await queue.wait(until: .distantFuture, by: network) { $0?.isEmpty != true }
            let port = try queue.withLock { (queue) throws(SocketError) -> ToyStream? in
                if queue == nil { throw SocketError(.accept, .badDescriptor) }
                return queue?.isEmpty == false ? queue?.removeFirst() : nil
            }
            if let port { return .stream(port) }
        }
    }

    func close() { queue.change { $0 = nil } }
}
