internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// Who is being served by a listener: counted a peer, told when the listener drains, asked for the sums.
///
/// Holds at most as many entries as there are connections.
final class Visitors: Sendable {
    /// One connection's entry, given back with ``leave(_:)``.
    typealias Ticket = UInt64

    private struct Visitor {
        var port: any Port
        /// Nil where the messages are counted together (``count(by:)``).
        var counters: Counters?
        var key: PeerKey?
        var share: MemoryShare?
    }

    private struct State {
        var present: [Ticket: Visitor] = [:]
        var countOfPeer: [PeerKey: Int] = [:]
        var lastTicket: Ticket = 0
        var isDraining = false
        /// What counts the messages of several connections.
        var sums: [Counters] = []
        var counts = ListenerStatistics()

        /// As they came in: what is done to all must not depend on where a table has them.
        var portsInOrder: [any Port] { present.sorted { $0.key < $1.key }.map(\.value.port) }
    }

    private let state = Mutex(State())

    /// Lets a connection in, unless its peer has as many as one may have.
    ///
    /// - Returns: nil when it is refused.
    func admit(
        _ port: any Port,
        _ counters: Counters?,
        _ share: MemoryShare? = nil,
        limits: ListenerLimits
    ) -> Ticket? {
        let key = limits.connectionsPerPeerMax.flatMap { _ in
            port.remoteAddress.flatMap { PeerKey($0, prefixLength: limits.peerPrefixLength) }
        }
        let (ticket, isDraining) = state.withLock { state -> (Ticket?, Bool) in
            if let key, let most = limits.connectionsPerPeerMax {
                guard state.countOfPeer[key, default: 0] < most else {
                    state.counts.refused += 1
                    return (nil, false)
                }
                state.countOfPeer[key, default: 0] += 1
            }
            state.lastTicket += 1
            state.present[state.lastTicket] = Visitor(port: port, counters: counters, key: key, share: share)
            state.counts.accepted += 1
            return (state.lastTicket, state.isDraining)
        }
        // It came in while the listener began to drain.
        if isDraining { port.finishReceiving() }
        return ticket
    }

    /// A connection has ended. Its messages stay in the sums.
    func leave(_ ticket: Ticket, failed: Bool, isCutOff: Bool, isEvicted: Bool = false) {
        state.withLock { state in
            guard let visitor = state.present.removeValue(forKey: ticket) else { return }
            if let counters = visitor.counters {
                state.counts.messages += counters.statistics(of: visitor.port)
            }
            if failed { state.counts.failed += 1 }
            if isCutOff { state.counts.cutOff += 1 }
            if isEvicted || visitor.share?.isEvicted ?? false { state.counts.evicted += 1 }
            guard let key = visitor.key, let count = state.countOfPeer[key] else { return }
            state.countOfPeer[key] = count > 1 ? count - 1 : nil
        }
    }

    /// Adds what counts the messages of several connections to the sums.
    func count(by counters: Counters) {
        state.withLock { $0.sums.append(counters) }
    }

    /// The counters go, what they have counted stays.
    func settle(_ counters: [Counters]) {
        state.withLock { state in
            for one in counters { state.counts.messages += one.statistics }
            state.sums.removeAll { sum in counters.contains { $0 === sum } }
        }
    }

    /// A connection was taken by a caller who serves it by itself.
    func countAccepted() {
        state.withLock { $0.counts.accepted += 1 }
    }

    func countFullWait() {
        state.withLock { $0.counts.fullWaits += 1 }
    }

    /// Ends the reading of every connection, now and from now on, after what has come.
    func finishReceiving() {
        let ports = state.withLock { state in
            state.isDraining = true
            return state.portsInOrder
        }
        for port in ports { port.finishReceiving() }
    }

    var isDraining: Bool { state.withLock(\.isDraining) }

    /// Gives every driver a turn.
    func signal() {
        let ports = state.withLock { $0.portsInOrder }
        for port in ports { port.driven?.signal() }
    }

    var statistics: ListenerStatistics {
        state.withLock { state in
            var counts = state.counts
            counts.active = state.present.count
            for visitor in state.present.values {
                guard let counters = visitor.counters else { continue }
                counts.messages += counters.statistics(of: visitor.port)
            }
            for sum in state.sums { counts.messages += sum.statistics }
            return counts
        }
    }
}
