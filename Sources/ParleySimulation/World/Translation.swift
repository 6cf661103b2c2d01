internal import ParleyTypes

/// What a NAT remembers: which port of its own stands for which place behind it (RFC 4787). The same port towards
/// everybody; who may answer is those to whom something was sent from there.
struct Translation {
    struct Mapping {
        let inside: Place
        let host: Int32
        /// When something was sent by it last.
        var lastUse: MonotonicInstant
        /// To whom.
        var peers: Set<Place> = []
        /// By which what comes goes on, once something has.
        var flow: Int32 = -1
    }

    let timeout: Duration
    private(set) var mappings: [UInt16: Mapping] = [:]
    private var ports: [Place: UInt16] = [:]
    private var lastPort: UInt16 = 1023
    /// What came and was for nobody.
    var refused = 0

    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// More peers of one port are forgotten; only who may answer is kept of them.
    private static let peersMax = 4096

    /// The port for what is sent from a place behind it; nil when all are in use.
    ///
    /// - Parameter forget: told of mappings that are over.
    mutating func port(
        for inside: Place,
        of host: Int32,
        to peer: Place,
        at now: MonotonicInstant,
        forget: (Mapping) -> Void
    ) -> UInt16? {
        if let port = ports[inside], var mapping = mappings[port] {
            if mapping.lastUse.duration(to: now) < timeout {
                mapping.lastUse = now
                if mapping.peers.count >= Self.peersMax { mapping.peers = [] }
                mapping.peers.insert(peer)
                mappings[port] = mapping
                return port
            }
            remove(port, forget)
        }
        for _ in 0..<64_512 {
            lastPort = lastPort == .max ? 1024 : lastPort + 1
            if let old = mappings[lastPort] {
                guard old.lastUse.duration(to: now) >= timeout else { continue }
                remove(lastPort, forget)
            }
            mappings[lastPort] = Mapping(inside: inside, host: host, lastUse: now, peers: [peer])
            ports[inside] = lastPort
            return lastPort
        }
        return nil
    }

    /// Whom something from a peer is for that has come to a port.
    func mapping(at port: UInt16, from peer: Place, now: MonotonicInstant) -> Mapping? {
        guard let mapping = mappings[port], mapping.lastUse.duration(to: now) < timeout else { return nil }
        return mapping.peers.contains(peer) ? mapping : nil
    }

    mutating func set(flow: Int32, at port: UInt16) { mappings[port]?.flow = flow }

    /// Forgets everything; the next ports are others.
    mutating func removeAll(_ forget: (Mapping) -> Void) {
        for port in mappings.keys.sorted() { remove(port, forget) }
    }

    private mutating func remove(_ port: UInt16, _ forget: (Mapping) -> Void) {
        guard let mapping = mappings.removeValue(forKey: port) else { return }
        ports[mapping.inside] = nil
        forget(mapping)
    }
}
