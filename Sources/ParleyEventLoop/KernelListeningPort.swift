internal import Logging
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A listening socket of the kernel.
final class KernelListeningPort: KernelPort, ListeningPort, @unchecked Sendable {
    private let network: KernelNetwork
    private let logger: Logger
    /// A limit that is met again and again changes the log no more often than this lets it.
    private let pauseGate = LogGate()
    private let resumeGate = LogGate()
    private let pauses = Atomic<Int>(0)
    private let transport: Transport
    /// Whether connections stay on the loop that accepts them, instead of going to the network's in turn.
    private let keepsLoop: Bool
    /// What accepted connections do not have from the listening socket by themselves.
    private let settings: [SocketSetting]

    /// How long accepting rests when descriptors or memory have run out. The listener stays readable
    /// meanwhile, so trying at once would spin; the peers wait in the backlog.
    private static let exhaustionPause = Duration.milliseconds(50)
    /// Whether the log knows that descriptors or memory have run out: it is told once, not at every attempt.
    private let isExhausted = Atomic<Bool>(false)

    init(
        _ socket: consuming Socket,
        on loop: EventLoop,
        of network: KernelNetwork,
        over transport: Transport,
        local: SocketAddress,
        file: UnixSocketFile?,
        keepsLoop: Bool = false,
        settings: [SocketSetting] = []
    ) throws(SocketError) {
        self.network = network
        self.keepsLoop = keepsLoop
        self.settings = settings.filter(\.isForgotten)
        var logger = Logger(label: "parley.listener")
        logger[metadataKey: "address"] = "\(local)"
        self.logger = logger
        self.transport = transport
        try super.init(socket, on: loop, local: local, remote: nil, file: file)
    }

    func accept() async throws(SocketError) -> PeerPort {
        while true {
            switch try attempt() {
            case .port(let port):
                if isExhausted.exchange(false, ordering: .relaxed) {
                    if let suppressed = resumeGate.pass(at: EventLoop.now) {
                        logger.notice("connections are accepted again", metadata: .suppressed(suppressed))
                    }
                }
                return port
            case .again: continue
            case .wouldBlock:
                try await waitUntilReadable(until: .distantFuture)
            case .exhausted(let code):
                if !isExhausted.exchange(true, ordering: .relaxed) {
                    logPause(code)
                }
                pauses.add(1, ordering: .relaxed)
                try await loop.sleep(until: EventLoop.now.advanced(by: Self.exhaustionPause))
            }
        }
    }

    func close() { closeNow() }

    var acceptPauses: Int { pauses.load(ordering: .relaxed) }

    var waitingPeers: Int? {
        // The kernel tells it of TCP listeners alone.
        if case .unix = localAddress { return nil }
        return try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.waitingConnections }
    }

    private func logPause(_ code: ErrorCode) {
        guard let suppressed = pauseGate.pass(at: EventLoop.now) else { return }
        var metadata = Logger.Metadata.suppressed(suppressed)
        metadata["reason"] = "\(code.message)"
        logger.warning("no connection is accepted for a moment", metadata: metadata)
    }

    private enum Attempt {
        case port(PeerPort)
        case again
        case wouldBlock
        case exhausted(ErrorCode)
    }

    private func attempt() throws(SocketError) -> Attempt {
        let outcome = try socket.use(.accept) { (socket) throws(SocketError) in try socket.accept() }
        switch consume outcome {
        case .accepted(let socket, let peer):
            do throws(SocketError) {
                if !settings.isEmpty { try socket.set(settings) }
                return .port(
                    transport.isStream
                        ? .stream(try network.streamPort(socket, remote: peer, on: keepsLoop ? loop : nil))
                        : .messages(try network.packetPort(socket, remote: peer))
                )
            } catch {
                // The peer is lost with its socket, the listener is not.
                return .exhausted(error.code)
            }
        case .wouldBlock: return .wouldBlock
        case .transient: return .again
        case .exhausted(let code): return .exhausted(code)
        }
    }
}
