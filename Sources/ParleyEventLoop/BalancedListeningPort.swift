internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// Listening sockets that share a port, as one. Who accepts takes from any; who serves takes one shard each
/// (``ListeningPort/shards``).
final class BalancedListeningPort: ListeningPort {
    private let members: [KernelListeningPort]
    private let state = Mutex(State())

    private struct State {
        /// Peers that more than one shard had at once.
        var accepted: [PeerPort] = []
        var isClosed = false
    }

    init(_ members: [KernelListeningPort]) {
        precondition(!members.isEmpty, "a port has at least one socket")
        self.members = members
    }

    var shards: [any ListeningPort] { members }
    var executor: (any TaskExecutor)? { members[0].executor }
    var localAddress: SocketAddress { members[0].localAddress }
    var acceptPauses: Int { members.reduce(0) { $0 + $1.acceptPauses } }

    var waitingPeers: Int? {
        let known = members.compactMap(\.waitingPeers)
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    func accept() async throws(SocketError) -> PeerPort {
        while true {
            if let port = takeAccepted() { return port }
            // Another task may take what one of ours has accepted: then it is to be tried again.
            if let failure = await acceptOne() {
                if let port = takeAccepted() { return port }
                throw failure
            }
        }
    }

    /// Waits until a shard has a peer, which joins those accepted.
    ///
    /// - Returns: why none has.
    private func acceptOne() async -> SocketError? {
        await withTaskGroup(of: SocketError?.self) { group in
            for member in members {
                group.addTask { [self] in
                    do throws(SocketError) {
                        keep(try await member.accept())
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func keep(_ port: PeerPort) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.accepted.append(port) }
            return state.isClosed
        }
        if isClosed { port.port.close() }
    }

    private func takeAccepted() -> PeerPort? {
        state.withLock { $0.accepted.isEmpty ? nil : $0.accepted.removeFirst() }
    }

    func close() {
        for member in members { member.close() }
        let rest = state.withLock { state in
            state.isClosed = true
            defer { state.accepted = [] }
            return state.accepted
        }
        for port in rest { port.port.close() }
    }
}
