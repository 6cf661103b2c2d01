internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A port that is a socket of the kernel, watched by an event loop.
class KernelPort: ReadinessHandler, @unchecked Sendable {
    // Sendable by hand: stored properties are constant after `start`, which runs before the port is handed
    // out.
    let socket: SharedSocket
    let loop: EventLoop
    let watch: Watch
    let localAddress: SocketAddress
    let remoteAddress: SocketAddress?
    /// Who the peer of a Unix connection is, asked once: the answer never changes.
    let peerCredentials: PeerCredentials?
    /// The largest message over Unix sockets. A sender's queue is twice net.core.wmem_max at most, which usually makes
    /// messages of 425,952 bytes.
    static let unixMessageBytesMax = 512 << 10
    let isReceivingFinished = Atomic<Bool>(false)
    /// How much is received after that: what had come by then, and a little that was on its way.
    private let lastBytes = Atomic<Int>(0)
    private static let onTheWayMax = 64 << 10
    /// The socket file that goes with the port, if it made one.
    private let file: UnixSocketFile?

    init(
        _ socket: consuming Socket,
        on loop: EventLoop,
        local: SocketAddress,
        remote: SocketAddress?,
        file: UnixSocketFile? = nil
    ) throws(SocketError) {
        // Without a peer nobody is asked for.
        peerCredentials = remote == nil ? nil : try socket.peerCredentials
        self.socket = SharedSocket(socket)
        self.loop = loop
        self.file = file
        watch = Watch(self.socket, on: loop)
        localAddress = local
        remoteAddress = remote
        do throws(SocketError) {
            try watch.start(self)
        } catch {
            closeNow()
            throw error
        }
    }

    var executor: (any TaskExecutor)? { loop }

    func becameReady(_ events: UInt32) {
        watch.fired(events, passOn: passOn)
    }

    /// Passes on what the port has taken over; false when there was no room for all of it.
    func passOn() -> Bool { true }

    /// Has ``passOn()`` called when there is room.
    func waitToPassOn() throws(SocketError) { try watch.waitToPassOn() }

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        do throws(SocketError) {
            try await watch.wait(for: .reading, until: deadline)
        } catch {
            throw described(error)
        }
    }

    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {
        do throws(SocketError) {
            try await watch.wait(for: .writing, until: deadline)
        } catch {
            throw described(error)
        }
    }

    /// Has the driver told when there is room (``DrivenPort/tellOfRoom()``).
    func tellOfRoom() { watch.tellOfRoom() }

    func finishReceiving() {
        let come = try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.receivableBytes }
        lastBytes.store((come ?? 0) + KernelPort.onTheWayMax, ordering: .relaxed)
        isReceivingFinished.store(true, ordering: .releasing)
        watch.retireReading()
        signal()
    }

    /// Attempts to receive; once this side has ended receiving, nothing there is the end of it.
    @inline(__always)
    func receiving(
        _ attempt: (borrowing Socket) throws(SocketError) -> ReceiveResult
    ) throws(SocketError) -> ReceiveResult {
        // Looked at before: what came until then is still there.
        let isFinished = isReceivingFinished.load(ordering: .acquiring)
        if isFinished, lastBytes.load(ordering: .relaxed) <= 0 { return .over }
        do throws(SocketError) {
            let result = try socket.use(.receive, attempt)
            return isFinished && result == .wouldBlock ? .over : result
        } catch {
            if socket.isClosed { return .over }
            throw error
        }
    }

    /// Counts what a connection has received, a byte more for each message: once this side has ended receiving, a peer
    /// that never stops must not keep the reader from its end.
    @inline(__always)
    func noteReceived(_ amount: Int) {
        guard isReceivingFinished.load(ordering: .relaxed) else { return }
        lastBytes.subtract(amount, ordering: .relaxed)
    }

    /// A waiting error with the addresses that the loop does not know.
    private func described(_ error: SocketError) -> SocketError {
        var error = error
        error.local = localAddress
        error.remote = remoteAddress
        return error
    }

    /// Closes the socket and wakes whoever waits for it.
    func closeNow() {
        watch.close()
        // The file goes while the socket still lives: a path whose socket is dead may be taken over by
        // another process.
        file?.remove()
        socket.close()
        // Its end is told in a turn of the loop.
        watch.drive?.signal()
    }
}
