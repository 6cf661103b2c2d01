internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// Listening sockets that share a port, as one. Who accepts takes from any; who serves takes one shard each
/// (``ListeningPort/shards``).
final class BalancedListeningPort: ListeningPort {
    private let members: [KernelListeningPort]
    /// Peers that more than one shard had at once.
    private let accepted = Mutex<[any Port]>([])

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

    func accept() async throws(SocketError) -> any Port {
        if let port = takeAccepted() { return port }
        let failure = await withTaskGroup(of: SocketError?.self) { group in
            for member in members {
                group.addTask { [self] in
                    do throws(SocketError) {
                        let port = try await member.accept()
                        accepted.withLock { $0.append(port) }
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
        if let port = takeAccepted() { return port }
        throw failure ?? SocketError(.accept, .cancelled, local: localAddress)
    }

    private func takeAccepted() -> (any Port)? {
        accepted.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    func close() {
        for member in members { member.close() }
        let rest = accepted.withLock { accepted in
            defer { accepted = [] }
            return accepted
        }
        for port in rest { port.close() }
    }
}
