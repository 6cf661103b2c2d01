internal import ParleyLinks

/// A link of the world.
struct LinkState {
    var engine: Link
    let slot: Slot
    /// In the agenda.
    let source: Int32
    /// Whether it has conditions of its own, and does not follow the network's.
    var isOwn = false
    /// Which packets it loses besides.
    var rule: (@Sendable (SimulatedPacket) -> Bool)?
    /// Streams that wait for room in its queue.
    var waiters: [SimulatedPipe] = []

    var hasWaiters: Bool { !waiters.isEmpty }

    /// Where on a way.
    enum Slot: Int {
        /// The host's own, and that of the NAT before it.
        case uplink, gatewayUplink
        case pair, downlink
        case end

        var next: Slot { Slot(rawValue: rawValue + 1) ?? .end }
    }

    init(_ engine: Link, _ slot: Slot, _ source: Int32) {
        self.engine = engine
        self.slot = slot
        self.source = source
    }
}
