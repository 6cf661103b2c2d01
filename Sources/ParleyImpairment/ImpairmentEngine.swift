import ParleyLinks
import ParleyNetwork
import ParleyTypes
import Synchronization

/// The inside of a ``DatagramImpairment``: drives its front port and a port to the target for each peer, all of one
/// network's thread.
final class ImpairmentEngine: Driver, @unchecked Sendable {
    // Sendable by hand: what is not behind `shared` belongs to the network's thread.
    private let front: any DrivenPort & MessagePort
    private let settings: ImpairmentSettings
    private let batch: ReceiveBatch
    private var there: ImpairedWay
    private var back: ImpairedWay
    private var peers: [SocketAddress: ImpairedPeer] = [:]
    /// By number.
    private var numbered: [Int: ImpairedPeer] = [:]
    private var counts = ImpairmentReport()
    /// Peers with something to send to the target in this turn.
    private var busy: [ImpairedPeer] = []
    /// What goes back to peers.
    private var answers = Outgoing()
    private var armed: MonotonicInstant?
    /// What arrived for peers that have no place any more, or whose port is not open yet and has much to send already.
    private var gone = (there: 0, back: 0, pending: 0)

    /// What other threads ask for and read.
    private struct Shared {
        var orders: [(ImpairmentDirection, @Sendable (inout Link) -> Void)] = []
        var openings: [(Int, Result<any DrivenPort & MessagePort, SocketError>)] = []
        var report = ImpairmentReport()
        var isClosed = false
    }

    private let shared = Mutex(Shared())
    /// Numbers of peers whose ports are to be opened.
    let wanted: AsyncStream<Int>
    private let want: AsyncStream<Int>.Continuation

    init(_ front: any DrivenPort & MessagePort, _ settings: ImpairmentSettings) {
        self.front = front
        self.settings = settings
        batch = front.makeBatch(messageBytes: Self.messageBytesMax, slots: 64)
        there = ImpairedWay(settings.there, seed: settings.seed)
        // Another seed, or both ways would meet the same fates.
        back = ImpairedWay(settings.back, seed: ~settings.seed)
        (wanted, want) = AsyncStream.makeStream(of: Int.self)
    }

    static let messageBytesMax = 65_535

    // MARK: From other threads

    var report: ImpairmentReport { shared.withLock { $0.report } }

    func order(_ direction: ImpairmentDirection, _ body: @escaping @Sendable (inout Link) -> Void) {
        shared.withLock { $0.orders.append((direction, body)) }
        front.signal()
    }

    /// A peer's port was opened, or why it was not.
    func opened(_ result: Result<any DrivenPort & MessagePort, SocketError>, of number: Int) {
        let isClosed = shared.withLock { shared in
            if !shared.isClosed { shared.openings.append((number, result)) }
            return shared.isClosed
        }
        // Nobody is told any more whose it would be.
        if isClosed { Self.closePort(of: result) } else { front.signal() }
    }

    private static func closePort(of result: Result<any DrivenPort & MessagePort, SocketError>) {
        if case .success(let port) = result { port.close() }
    }

    func close() {
        want.finish()
        front.close()
    }

    // MARK: The front port

    func received(at now: MonotonicInstant) {
        guard case .received = try? front.receive(into: batch) else { return }
        for index in 0..<batch.count {
            let entry = batch.entry(index)
            guard let peer = peer(of: entry.sender, at: now) else {
                there.counts.notLetIn += entry.datagramCount
                continue
            }
            peer.heardAt = now
            peer.ownAddress = entry.recipient
            take(batch, index, of: peer, .there, at: now)
        }
        finish()
    }

    func alarm(at now: MonotonicInstant) {
        armed = nil
        advance(to: now)
        finish()
    }

    func signalled(at now: MonotonicInstant) {
        let (orders, openings) = shared.withLock { shared in
            defer { (shared.orders, shared.openings) = ([], []) }
            return (shared.orders, shared.openings)
        }
        advance(to: now)
        for (direction, body) in orders {
            if direction == .there { body(&there.link) } else { body(&back.link) }
        }
        for (number, result) in openings { begin(number, result) }
        // What an order has let out.
        advance(to: now)
        finish()
    }

    func writable(at now: MonotonicInstant) {}

    func ended() {
        let openings = shared.withLock { shared in
            shared.isClosed = true
            defer { shared.openings = [] }
            return shared.openings
        }
        for (_, result) in openings { Self.closePort(of: result) }
        for peer in numbered.values { peer.end() }
        (peers, numbered) = ([:], [:])
        want.finish()
        note()
    }

    // MARK: The ports to the target

    /// A peer's port has something from the target.
    func received(by peer: ImpairedPeer, at now: MonotonicInstant) {
        guard let port = peer.port, let batch = peer.batch else { return }
        do throws(SocketError) {
            guard case .received = try port.receive(into: batch) else { return }
        } catch {
            // What an earlier datagram met: nobody is there.
            there.counts.notThere += 1
            return note()
        }
        peer.heardAt = now
        for index in 0..<batch.count {
            take(batch, index, of: peer, .back, at: now)
        }
        finish()
    }

    // MARK: Peers

    private func peer(of address: SocketAddress, at now: MonotonicInstant) -> ImpairedPeer? {
        if let peer = peers[address] { return peer }
        if peers.count >= settings.peersMax {
            let silent = peers.values.filter {
                $0.inside == 0 && $0.heardAt.duration(to: now) >= settings.peerSilence
            }
            // Of several the first one: which it is follows from no table's order.
            let oldest = silent.min { ($0.heardAt, $0.number) < ($1.heardAt, $1.number) }
            guard let oldest else { return nil }
            forget(oldest)
        }
        let peer = ImpairedPeer(address, number: counts.peers, self, at: now)
        counts.peers += 1
        peers[address] = peer
        numbered[peer.number] = peer
        want.yield(peer.number)
        return peer
    }

    private func begin(_ number: Int, _ result: Result<any DrivenPort & MessagePort, SocketError>) {
        guard let peer = numbered[number] else { return Self.closePort(of: result) }
        do throws(SocketError) {
            let port = try result.get()
            peer.begin(with: port)
            try port.drive(by: peer)
            if !peer.outgoing.isEmpty { busy.append(peer) }
        } catch {
            counts.peersFailed += 1
            forget(peer)
        }
    }

    private func forget(_ peer: ImpairedPeer) {
        there.counts.withoutPeer += peer.outgoing.count
        peer.outgoing.removeAll()
        peer.end()
        peers[peer.address] = nil
        numbered[peer.number] = nil
    }

    // MARK: Datagrams

    /// The datagrams of a slot go onto their way.
    private func take(
        _ batch: ReceiveBatch,
        _ index: Int,
        of peer: ImpairedPeer,
        _ direction: ImpairmentDirection,
        at now: MonotonicInstant
    ) {
        let entry = batch.entry(index)
        if entry.isTruncated { return count(\.truncated, direction) }
        let bytes = batch.bytes(index)
        let size = entry.segmentBytes > 0 ? entry.segmentBytes : max(1, bytes.byteCount)
        var start = 0
        repeat {
            let datagram = bytes.extracting(start..<min(bytes.byteCount, start + size))
            start += size
            guard datagram.byteCount <= settings.bytesMax - there.byteCount - back.byteCount else {
                count(\.notLetIn, direction)
                continue
            }
            switch direction {
            case .there:
                there.receive(datagram, ecn: entry.ecn, of: peer, &peer.there, at: now, deliver: deliverThere)
            case .back:
                back.receive(datagram, ecn: entry.ecn, of: peer, &peer.back, at: now, deliver: deliverBack)
            }
        } while start < bytes.byteCount
    }

    private func count(
        _ what: WritableKeyPath<ImpairmentReport.Way, Int>,
        _ direction: ImpairmentDirection
    ) {
        switch direction {
        case .there: there.counts[keyPath: what] += 1
        case .back: back.counts[keyPath: what] += 1
        }
    }

    /// What has arrived at the target's end leaves when this turn ends.
    private func deliverThere(_ bytes: RawSpan, _ peer: ImpairedPeer, _ corruption: Corruption?) {
        guard !peer.isGone else { return gone.there += 1 }
        guard peer.port != nil || peer.outgoing.byteCount < Self.pendingBytesMax else {
            return gone.pending += 1
        }
        if peer.outgoing.isEmpty { busy.append(peer) }
        peer.outgoing.append(bytes, to: nil, from: nil, flipping: corruption)
    }

    private func deliverBack(_ bytes: RawSpan, _ peer: ImpairedPeer, _ corruption: Corruption?) {
        guard !peer.isGone else { return gone.back += 1 }
        answers.append(bytes, to: peer.address, from: peer.ownAddress, flipping: corruption)
    }

    private func advance(to now: MonotonicInstant) {
        there.advance(to: now, deliver: deliverThere)
        back.advance(to: now, deliver: deliverBack)
    }

    /// The end of a turn: what has arrived leaves, and the alarm is set.
    private func finish() {
        for peer in busy {
            // Without a port it is sent when that is there.
            if let port = peer.port { there.counts.note(peer.outgoing.leave(by: port)) }
        }
        busy.removeAll(keepingCapacity: true)
        if !answers.isEmpty { back.counts.note(answers.leave(by: front)) }
        var due = there.link.nextDeadline
        if let other = back.link.nextDeadline { due = min(due ?? other, other) }
        if due != armed {
            armed = due
            front.setAlarm(at: due)
        }
        note()
    }

    /// What others may read.
    private func note() {
        counts.there = there.report
        counts.back = back.report
        counts.there.withoutPeer += gone.there
        counts.there.withoutRoom += gone.pending
        counts.back.withoutPeer += gone.back
        counts.peersNow = peers.count
        counts.lostBefore = front.lostMessages
        shared.withLock { [counts] in $0.report = counts }
    }

    /// Bytes that wait for a peer's port to be opened.
    private static let pendingBytesMax = 256 << 10
}
