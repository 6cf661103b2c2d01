import ParleyNetwork
import ParleyTypes
import Synchronization

/// A network in this process's memory: no kernel, no clock. It shows that the library knows networks by the
/// seam alone, and cuts streams where the tests want.
///
/// Its time goes on by ten seconds again and again while somebody waits for a deadline.
final class ToyNetwork: Network, Timekeeper {
    private struct State {
        var now = MonotonicInstant(nanoseconds: 0)
        var timers = TimerHeap()
        var isTicking = false
        var lastPort: UInt16 = 0
        var boxes: [SocketAddress: ToyPort] = [:]
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

    /// Lets the others work, and time go by, as long as somebody waits for it.
    private func tick() async {
        pass(.zero)
        while state.withLock({ state in
            state.isTicking = state.timers.next() != nil
            return state.isTicking
        }) {
            try? await Task.sleep(for: .microseconds(200))
            pass(.seconds(10))
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

    func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError) -> any Port {
        let port = ToyPort(self, at: newAddress(), remote: nil, hasBorders: true)
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
        -> any Port
    {
        let target = SocketAddress.ipv4(.loopback, port: endpoint.port)
        guard let listener = state.withLock({ $0.listeners[target] }) else {
            throw SocketError(.connect, .connectionRefused, remote: target)
        }
        let near = ToyPort(self, at: newAddress(), remote: target, hasBorders: false)
        let far = ToyPort(self, at: target, remote: near.localAddress, hasBorders: false)
        near.peer.withLock { $0 = far }
        far.peer.withLock { $0 = near }
        listener.queue.change { $0?.append(far) }
        return near
    }

    func box(at address: SocketAddress) -> ToyPort? { state.withLock { $0.boxes[address] } }

    private func newAddress() -> SocketAddress {
        state.withLock { state in
            state.lastPort += 1
            return .ipv4(.loopback, port: state.lastPort)
        }
    }
}

/// A port of the toy network. What comes to it waits in its own queue.
final class ToyPort: Port {
    private struct Inbox {
        var letters: [(bytes: [UInt8], sender: SocketAddress)] = []
        var stream: [UInt8] = []
        var isAtEnd = false
        var isClosed = false

        var hasSome: Bool { !letters.isEmpty || !stream.isEmpty || isAtEnd || isClosed }
    }

    let localAddress: SocketAddress
    let remoteAddress: SocketAddress?
    let hasBorders: Bool
    let peer = Mutex<ToyPort?>(nil)
    private let network: ToyNetwork
    private let inbox = Monitor(Inbox())

    init(_ network: ToyNetwork, at local: SocketAddress, remote: SocketAddress?, hasBorders: Bool) {
        self.network = network
        localAddress = local
        remoteAddress = remote
        self.hasBorders = hasBorders
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> Bool {
        network.pass(network.receiveTime)
        return try inbox.withLock { (inbox) throws(SocketError) in
            guard !inbox.isClosed else { throw SocketError(.receive, .badDescriptor) }
            let count = min(inbox.letters.count, batch.slots)
            for (index, letter) in inbox.letters.prefix(count).enumerated() {
                let kept = min(letter.bytes.count, batch.slotBytes)
                for offset in 0..<kept {
                    unsafe batch.slab[index * batch.slotBytes + offset] = letter.bytes[offset]
                }
                unsafe batch.entries[index] = ReceiveBatch.Entry(
                    byteCount: kept,
                    sentByteCount: letter.bytes.count,
                    sender: letter.sender,
                    recipient: nil
                )
            }
            inbox.letters.removeFirst(count)
            batch.count = count
            return count > 0
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
        try inbox.withLock { (inbox) throws(SocketError) in
            guard !inbox.isClosed else { throw SocketError(.receive, .badDescriptor) }
            let count = min(inbox.stream.count, buffer.count, network.readBytesMax)
            guard count > 0 else { return inbox.isAtEnd ? .end : .wouldBlock }
            unsafe buffer.copyBytes(from: inbox.stream.prefix(count))
            inbox.stream.removeFirst(count)
            return .bytes(count)
        }
    }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        try await inbox.wait(until: deadline, by: network) { $0.hasSome }
    }

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        let isClosed = inbox.withLock { $0.isClosed }
        guard !isClosed else { throw SocketError(.send, .badDescriptor) }
        let bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        if let recipient {
            network.box(at: recipient)?.inbox.change { $0.letters.append((bytes, localAddress)) }
        } else {
            peer.withLock { $0 }?.inbox.change { $0.stream += bytes }
        }
        return true
    }

    func transmit(
        _ bytes: RawSpan,
        endingAt ends: [Int],
        from first: Int,
        to recipient: SocketAddress?
    ) throws(SocketError) -> Int {
        let start = first == 0 ? 0 : ends[first - 1]
        return try transmit(bytes.extracting(start..<ends[first]), to: recipient, from: nil) ? 1 : 0
    }

    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {}

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {}

    func finishSending() throws(SocketError) {
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
    let queue = Monitor<[ToyPort]?>([])
    private let network: ToyNetwork

    init(_ network: ToyNetwork, at address: SocketAddress) {
        self.network = network
        localAddress = address
    }

    func accept() async throws(SocketError) -> any Port {
        while true {
            try await queue.wait(until: .distantFuture, by: network) { $0?.isEmpty != true }
            let port = try queue.withLock { (queue) throws(SocketError) -> ToyPort? in
                if queue == nil { throw SocketError(.accept, .badDescriptor) }
                return queue?.isEmpty == false ? queue?.removeFirst() : nil
            }
            if let port { return port }
        }
    }

    func close() { queue.change { $0 = nil } }
}
