public import ParleyLinks

/// What a ``DatagramImpairment`` has done. Numbers count datagrams where they do not say otherwise.
public struct ImpairmentReport: Sendable, Hashable {
    /// One way.
    public struct Way: Sendable, Hashable {
        /// What the link did.
        public var link = LinkStatistics()
        /// Inside of the link: queued, on the wire or held.
        public var inside = 0
        /// That the system has taken to pass on, copies included.
        public var sent = 0
        /// That arrived and for which this program's socket had no room.
        public var withoutRoom = 0
        /// That arrived and that the system refused to send, for whatever reason: their target's port is closed, they
        /// are too long.
        public var refused = 0
        /// How often the target said that nobody is there. Nothing of it is told to peers.
        public var notThere = 0
        /// That arrived when their peer's place had been given away.
        public var withoutPeer = 0
        /// That came and were not let in: more peers or bytes than ``ImpairmentSettings`` allows.
        public var notLetIn = 0
        /// That came cut, because they were longer than any datagram may be here.
        public var truncated = 0

        public init() {}

        /// Arrivals and copies that have not been given to the system yet, because their peer's socket is being
        /// opened.
        public var pending: Int { link.arrived + link.copies - sent - withoutRoom - refused - withoutPeer }
    }

    public var there = Way()
    public var back = Way()
    /// Peers that were served, and those that have a place now.
    public var peers = 0
    public var peersNow = 0
    /// How often a peer's socket to the target could not be opened.
    public var peersFailed = 0
    /// Datagrams that came and that this program's front socket had no room for, as far as the system tells.
    public var lostBefore = 0

    public init() {}
}

extension ImpairmentReport.Way {
    mutating func note(_ outcome: Outgoing.Outcome) {
        sent += outcome.sent
        withoutRoom += outcome.withoutRoom
        refused += outcome.refused
    }
}
