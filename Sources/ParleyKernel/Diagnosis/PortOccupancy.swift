internal import ParleyTypes

/// The sockets of one kind that have a port, and what they mean for a bind there.
public struct PortOccupancy: Sendable, Hashable {
    /// `.tcp`, `.udp` or `.udpLite`.
    public var kind: KernelSocket.Kind
    public var port: UInt16
    /// Who matters most comes first: listeners and receivers, connections, TIME_WAIT. At most 256; at a busy port the
    /// last connections are only among the ``sockets``.
    public var holders: [SocketHolder]
    /// All of them, as the kernel lists them: those of IPv4, the newest first, then those of IPv6 likewise.
    public var sockets: [KernelSocket]

    /// - Parameter holders: In the order in which the kernel lists them.
    public init(kind: KernelSocket.Kind, port: UInt16, holders: [SocketHolder]) {
        self.kind = kind
        self.port = port
        sockets = holders.map(\.socket)
        self.holders = holders.sorted { $0.rank < $1.rank }
    }

    /// Looks in this network namespace; nil where the kernel does not list sockets of this kind.
    public init?(kind: KernelSocket.Kind, port: UInt16) {
        guard let listed = try? KernelSockets.list([kind], port: port) else { return nil }
        self.kind = kind
        self.port = port
        sockets = listed.filter { $0.local?.port == port }
        holders = SocketHolder.find(sockets.sorted { SocketHolder($0).rank < SocketHolder($1).rank })
    }

    /// Whether nobody has the port.
    public var isFree: Bool { sockets.isEmpty }

    /// Whether a bind would succeed: reasoned, not tried.
    public func verdict(for request: BindRequest, on host: BindHost = BindHost()) -> BindVerdict {
        BindVerdict(request, among: occupants, on: host)
    }

    /// Who receives a datagram of this kind: reasoned, not tried.
    public func reception(of datagram: Reception.Datagram) -> Reception {
        Reception(of: datagram, by: kind, among: occupants)
    }

    /// The holder of a socket.
    public func holder(of socket: KernelSocket) -> SocketHolder {
        holders.first { $0.socket == socket } ?? SocketHolder(socket)
    }

    private var occupants: [Occupant] {
        let known = Dictionary(holders.map { ($0.socket, $0.reuse) }) { first, _ in first }
        return sockets.map { Occupant($0, reuse: known[$0] ?? .unknown) }
    }

    /// What is in the way, or may be.
    func obstacles(for request: BindRequest) -> [BindVerdict.Obstacle] {
        switch verdict(for: request) {
        case .succeeds, .refused: []
        case .fails(_, let obstacles), .depends(let obstacles): obstacles
        }
    }
}
