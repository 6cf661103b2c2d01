internal import ParleyLinks

/// A link of the world.
struct LinkState {
    var engine: Link
    let slot: Slot
    /// In the agenda.
    let source: Int32
    /// Whether it has conditions of its own, and does not follow the network's.
    var isOwn = false
    /// Whether what it has let go is being passed on.
    var isDraining = false
    /// Which packets it loses besides.
    var rule: (@Sendable (SimulatedPacket) -> Bool)?
    /// Streams that wait for room in its queue.
    var waiters: [SimulatedPipe] = []

    /// So many packets in its queue, and streams wait before it.
    var piecesMax: Int {
        switch engine.conditions.queue.limit {
        case .packets(let count), .both(let count, _): max(1, min(8, count))
        case .automatic, .bytes: 8
        }
    }

    var hasWaiters: Bool { !waiters.isEmpty }

    /// Where on a way.
    enum Slot: Int {
        /// The host's own, and that of the NAT before it.
        case uplink, gatewayUplink
        case pair, downlink
        case end

        /// Those of a whole way, in order.
        static let way: [Slot] = [.uplink, .gatewayUplink, .pair, .downlink]

        var next: Slot { Slot(rawValue: rawValue + 1) ?? .end }
    }

    init(_ engine: Link, _ slot: Slot, _ source: Int32) {
        self.engine = engine
        self.slot = slot
        self.source = source
    }
}
