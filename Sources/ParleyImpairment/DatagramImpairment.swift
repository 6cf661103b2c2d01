public import ParleyLinks
public import ParleyNetwork
public import ParleyTypes
internal import Synchronization

/// A bad network between real programs that talk by datagrams: what `parley impair` is.
///
/// Peers write to its place instead of to the target. Each of them, told apart by its address, has a socket of its own
/// to the target, so that answers find their way back. Between them lie two links, one each way, which all peers
/// share: rate and queue are one way's, while what chance does is drawn for each peer by itself and for each datagram
/// of it by its number (``ParleyLinks/LinkFlow``). So the same seed brings the same fates, whatever the timing and
/// however the system joins datagrams.
///
///     let settings = ImpairmentSettings(
///         there: LinkConditions(delay: .constant(.milliseconds(40)), loss: .bursts(loss: 0.05, length: 3)),
///         back: LinkConditions(delay: .constant(.milliseconds(40))),
///         seed: 7
///     )
///     let impairment = try await DatagramImpairment(
///         at: .udp(port: 9000), to: .udp("127.0.0.1", 9001), settings, on: network
///     )
///     try await impairment.run()
///
/// Every datagram that came is accounted for at every moment (``ImpairmentReport``): it arrived, was dropped and why,
/// is inside, or was lost by this program's own sockets.
///
/// A datagram counts on its link with the bytes of its IP and UDP headers; over `unixgram` it has none. A flipped bit
/// is one of its message: the sockets check everything else.
public final class DatagramImpairment: Sendable {
    private let engine: ImpairmentEngine
    private let front: any DrivenPort & MessagePort
    private let target: Endpoint
    private let network: any Network

    /// Opens the place. Peers may write to it from now on; they are served by ``run()``.
    ///
    /// - Parameters:
    ///   - place: where peers write to: `udp` or `unixgram`.
    ///   - target: where datagrams are passed on to, of the same kind or the other one.
    /// - Throws: what opening and resolving throw; `.operationNotSupported` for connections, and on networks whose
    ///   ports call nobody.
    public init(
        at place: Endpoint,
        to target: Endpoint,
        _ settings: ImpairmentSettings,
        on network: any Network
    ) async throws(SocketError) {
        let opened = try await network.open(place, until: .distantFuture)
        guard let front = opened.driven as? any DrivenPort & MessagePort, opened.shards.count == 1 else {
            opened.close()
            throw SocketError(.open, .operationNotSupported)
        }
        self.front = front
        self.target = target
        self.network = network
        engine = ImpairmentEngine(front, settings)
        try front.drive(by: engine)
    }

    /// Where peers write to, with the port that the system chose.
    public var localAddress: SocketAddress { front.localAddress }

    /// What has happened so far.
    public var report: ImpairmentReport { engine.report }

    /// Serves peers until the task is cancelled or the impairment closed: opens each one's socket to the target.
    ///
    /// A peer whose socket cannot be opened is counted (``ImpairmentReport/peersFailed``) and tried again with its
    /// next datagram.
    ///
    /// - Throws: `.cancelled`.
    public func run() async throws(SocketError) {
        for await number in engine.wanted {
            do throws(SocketError) {
                let port = try await network.connect(to: target, until: .distantFuture)
                guard case .messages(let messages) = port,
                    let driven = messages.driven as? any DrivenPort & MessagePort
                else {
                    port.port.close()
                    throw SocketError(.connect, .operationNotSupported)
                }
                engine.opened(.success(driven), of: number)
            } catch {
                engine.opened(.failure(error), of: number)
                if error.code == .cancelled { throw error }
            }
        }
        if Task.isCancelled { throw SocketError(.wait, .cancelled) }
    }

    /// Changes one way for what is received from now on; rate and queue for all that has not left the queue.
    public func change(_ direction: ImpairmentDirection, _ body: @escaping @Sendable (inout Link) -> Void) {
        engine.order(direction, body)
    }

    /// Ends it: what is inside is dropped, all sockets are closed.
    public func close() {
        engine.close()
    }
}

/// One of the two ways.
public enum ImpairmentDirection: String, Sendable, Hashable, CaseIterable {
    /// From peers to the target.
    case there
    /// From the target to peers.
    case back
}

/// What a ``DatagramImpairment`` does to datagrams, and its bounds.
public struct ImpairmentSettings: Sendable {
    public var there: LinkConditions
    public var back: LinkConditions
    /// What all chance follows from, together with the peers' order of appearance.
    public var seed: UInt64
    /// Peers that are told apart, 1 to 65,536. When all places are taken, one that was silent for
    /// ``peerSilence`` gives its own away; the datagrams of more are dropped and counted.
    public var peersMax: Int
    public var peerSilence: Duration
    /// Bytes of datagrams that are inside, of both ways together; what comes beyond is dropped and counted.
    public var bytesMax: Int

    public init(
        there: LinkConditions = .ideal,
        back: LinkConditions = .ideal,
        seed: UInt64 = 1,
        peersMax: Int = 1024,
        peerSilence: Duration = .seconds(30),
        bytesMax: Int = 256 << 20
    ) {
        self.there = there
        self.back = back
        self.seed = seed
        self.peersMax = peersMax
        self.peerSilence = peerSilence
        self.bytesMax = bytesMax
    }
}
