internal import ParleyTypes

/// The sockets of one kind that have a port, and what they mean for a bind there.
public struct PortOccupancy: Sendable, Hashable {
    /// `.tcp`, `.udp` or `.udpLite`.
    public var kind: KernelSocket.Kind
    public var port: UInt16
    /// Who matters most comes first: listeners and receivers, connections, TIME_WAIT.
    public var holders: [SocketHolder]
    /// Sockets beyond the ``holders``, whose owners nobody looked for: connections at a busy port.
    public var others: [KernelSocket]

    public init(kind: KernelSocket.Kind, port: UInt16, holders: [SocketHolder], others: [KernelSocket] = []) {
        self.kind = kind
        self.port = port
        self.holders = holders
        self.others = others
    }

    /// Looks in this network namespace; nil where the kernel does not list sockets of this kind.
    public init?(kind: KernelSocket.Kind, port: UInt16) {
        guard let listed = try? KernelSockets.list([kind], port: port) else { return nil }
        let here = listed.filter { $0.local?.port == port }
            .sorted { SocketHolder($0).rank < SocketHolder($1).rank }
        self.init(
            kind: kind,
            port: port,
            holders: SocketHolder.find(here),
            others: Array(here.dropFirst(SocketHolder.countMax))
        )
    }

    /// Whether nobody has the port.
    public var isFree: Bool { holders.isEmpty }

    /// Whether a bind would succeed: reasoned, not tried.
    public func verdict(for request: BindRequest) -> BindVerdict {
        BindVerdict(request, among: occupants)
    }

    var occupants: [Occupant] {
        holders.map { Occupant($0.socket, reuse: $0.reuse) } + others.map { Occupant($0) }
    }

    /// What is in the way, or may be.
    func obstacles(for request: BindRequest) -> [BindVerdict.Obstacle] {
        switch verdict(for: request) {
        case .succeeds: []
        case .fails(_, let obstacles), .depends(let obstacles): obstacles
        }
    }
}
