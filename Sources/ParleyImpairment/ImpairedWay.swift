import ParleyLinks
import ParleyTypes

/// One way: a link, and the bytes of what is inside of it.
struct ImpairedWay {
    typealias Deliver = (RawSpan, ImpairedPeer, Corruption?) -> Void

    var link: Link
    private var store = DatagramStore()
    var counts = ImpairmentReport.Way()

    init(_ conditions: LinkConditions, seed: UInt64) {
        link = Link(conditions, seed: seed)
    }

    var byteCount: Int { store.byteCount }

    /// A datagram came.
    ///
    /// - Parameters:
    ///   - deliver: told of each datagram that has arrived, this one or an earlier one.
    mutating func receive(
        _ bytes: RawSpan,
        ecn: ECN?,
        of peer: ImpairedPeer,
        _ flow: inout LinkFlow,
        at now: MonotonicInstant,
        deliver: Deliver
    ) {
        let id = store.take(for: peer)
        let packet = LinkPacket(
            id: id,
            byteCount: bytes.byteCount + peer.headerBytes,
            ecn: ecn ?? .notCapable
        )
        link.receive(packet, of: &flow, at: now)
        peer.inside += 1
        var isKnown = true
        while let outcome = link.nextOutcome() {
            if outcome.id == id, isKnown {
                // Its bytes are still where they came in.
                if case .arrived(_, let corruption, _) = outcome.kind { deliver(bytes, peer, corruption) }
                if outcome.isLast {
                    isKnown = false
                    peer.inside -= 1
                    store.release(id)
                }
            } else {
                tell(outcome, deliver)
            }
        }
        if isKnown { store.keep(bytes, as: id) }
    }

    /// Lets everything happen that is due.
    mutating func advance(to now: MonotonicInstant, deliver: Deliver) {
        link.advance(to: now)
        while let outcome = link.nextOutcome() { tell(outcome, deliver) }
    }

    private mutating func tell(_ outcome: LinkOutcome, _ deliver: Deliver) {
        guard let peer = store.peer(of: outcome.id) else { return }
        if case .arrived(_, let corruption, _) = outcome.kind {
            store.withBytes(of: outcome.id) { deliver($0, peer, corruption) }
        }
        guard outcome.isLast else { return }
        peer.inside -= 1
        store.release(outcome.id)
    }

    /// Counts at this moment.
    var report: ImpairmentReport.Way {
        var report = counts
        report.link = link.statistics
        report.inside = link.packetsInside
        return report
    }
}
