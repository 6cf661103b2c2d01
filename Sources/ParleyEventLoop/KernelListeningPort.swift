internal import Logging
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A listening socket of the kernel.
final class KernelListeningPort: KernelPort, ListeningPort, @unchecked Sendable {
    private let network: KernelNetwork
    private let transport: Transport
    private static let logger = Logger(label: "parley.listener")

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
        file: UnixSocketFile?
    ) throws(SocketError) {
        self.network = network
        self.transport = transport
        try super.init(socket, on: loop, local: local, remote: nil, file: file)
    }

    func accept() async throws(SocketError) -> any Port {
        while true {
            switch try attempt() {
            case .port(let port):
                if isExhausted.exchange(false, ordering: .relaxed) {
                    Self.logger.notice("accepting goes on", metadata: ["address": "\(localAddress)"])
                }
                return port
            case .again: continue
            case .wouldBlock:
                try await waitUntilReadable(until: .distantFuture)
            case .exhausted(let code):
                if !isExhausted.exchange(true, ordering: .relaxed) {
                    Self.logger.warning(
                        "accepting pauses",
                        metadata: ["address": "\(localAddress)", "reason": "\(code.message)"]
                    )
                }
                try await loop.sleep(until: EventLoop.now.advanced(by: Self.exhaustionPause))
            }
        }
    }

    func close() { closeNow() }

    private enum Attempt {
        case port(any Port)
        case again
        case wouldBlock
        case exhausted(ErrorCode)
    }

    private func attempt() throws(SocketError) -> Attempt {
        let outcome = try socket.use(.accept) { (socket) throws(SocketError) in try socket.accept() }
        switch consume outcome {
        case .accepted(let socket, let peer):
            do throws(SocketError) {
                return .port(
                    transport.isStream
                        ? try network.streamPort(socket, remote: peer)
                        : try network.packetPort(socket, remote: peer)
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
