internal import ParleyTypes

extension BindVerdict {
    /// Judges a bind by the rules of Linux 5.0 and later (inet_csk_get_port and udp_lib_get_port).
    ///
    /// - Parameters:
    ///   - occupants: the sockets of this network namespace, in the order in which sock_diag(7) lists those of a port,
    ///     the newest first of each family. Those of other kinds and ports are passed over. Only among several UDP
    ///     sockets of which some would share the port and others would not does the order matter: the first
    ///     decides, and between families it is not known.
    ///   - host: what the host allows; without it every address and port.
    ///   - isOrderKnown: whether they are in the order of age across the families too.
    public init(
        _ request: BindRequest,
        among occupants: [Occupant],
        on host: BindHost = BindHost(),
        isOrderKnown: Bool = false
    ) {
        if let (code, cause) = host.refusal(of: request.address) {
            self = .refused(code, cause)
            return
        }
        let meetings = occupants.compactMap { Meeting(request, $0) }
        guard request.kind != .tcp else {
            self = Self.stream(meetings)
            return
        }
        guard !isOrderKnown else {
            self = Self.datagram(meetings)
            return
        }
        // sock_diag(7) lists one family after the other, so which of two sockets of different families is newer is not
        // known. The first that does not share decides: one of either family's.
        let four = meetings.filter { !$0.isIPv6 }
        let six = meetings.filter(\.isIPv6)
        let first = Self.datagram(four + six)
        let second = Self.datagram(six + four)
        self = first == second ? first : Self.either(first, second)
    }

    /// What holds where one of two verdicts does, which differ.
    private static func either(_ first: BindVerdict, _ second: BindVerdict) -> BindVerdict {
        switch (first, second) {
        case (.fails(let code, let obstacles), .fails(_, let others)):
            .fails(code, because: (obstacles + others).uniqued)
        default: .depends(on: (first.obstacles + second.obstacles).uniqued)
        }
    }

    private var obstacles: [Obstacle] {
        switch self {
        case .fails(_, let obstacles), .depends(let obstacles): obstacles
        case .succeeds, .refused: []
        }
    }

    /// Every socket has to let the new one in.
    private static func stream(_ meetings: [Meeting]) -> BindVerdict {
        let obstacles = meetings.filter { $0.isInTheWay != false }
        let certain = obstacles.filter { $0.isInTheWay == true }
        if !certain.isEmpty { return .fails(.addressInUse, because: certain.map(\.obstacle)) }
        return obstacles.isEmpty ? .succeeds : .depends(on: obstacles.map(\.obstacle))
    }

    /// The first socket that does not share by SO_REUSEADDR decides.
    private static func datagram(_ meetings: [Meeting]) -> BindVerdict {
        var obstacles: [Obstacle] = []
        var maySucceed = false
        for meeting in meetings {
            let passes = Truth.any(Truth.not(meeting.overlaps), meeting.sharesAddress)
            if passes == true { continue }
            if meeting.sharesPort != true { obstacles.append(meeting.obstacle) }
            if meeting.sharesPort != false { maySucceed = true }
            guard passes == false else { continue }
            if obstacles.isEmpty { return .succeeds }
            if maySucceed { return .depends(on: obstacles) }
            let certain = meetings.filter { $0.isInTheWay == true }
            return .fails(.addressInUse, because: certain.map(\.obstacle))
        }
        return obstacles.isEmpty ? .succeeds : .depends(on: obstacles)
    }
}

/// A request and a socket of the same kind at the same port. Three-valued: nil is unknown.
private struct Meeting {
    var overlaps: Bool?
    var sharesAddress: Bool?
    var sharesPort: Bool?
    var isIPv6: Bool
    var obstacle: BindVerdict.Obstacle

    var isInTheWay: Bool? {
        Truth.all(overlaps, Truth.not(Truth.any(sharesAddress, sharesPort)))
    }

    init?(_ request: BindRequest, _ occupant: Occupant) {
        let socket = occupant.socket
        guard socket.kind == request.kind, socket.kind.hasPorts, socket.isBound,
            let port = request.address.port,
            socket.local?.port == port, let ours = BindPlace(of: request), let theirs = BindPlace(of: socket)
        else { return nil }
        overlaps = ours.overlaps(theirs)
        isIPv6 = socket.isIPv6
        let listens = socket.kind == .tcp && socket.state == .listen
        let isSameUser: Bool? = socket.isTimeWait ? true : socket.user.map { $0 == request.user }
        let flags = (address: request.reuse.address == true, port: request.reuse.port == true)
        sharesAddress = Truth.all(flags.address && !listens, occupant.reuse.address)
        sharesPort = Truth.all(Truth.all(flags.port, occupant.reuse.port), isSameUser)
        let reason: BindVerdict.Reason
        if overlaps == nil {
            reason = .mayTakeIPv4
        } else {
            reason = Self.reason(request, occupant, isSameUser)
        }
        obstacle = BindVerdict.Obstacle(socket, reason)
    }

    /// The nearest way to share: the one that changes least at the other side, then at ours. Never by SO_REUSEADDR on a
    /// unicast datagram port, unless ours has it already: there it lets any process take the datagrams.
    private static func reason(
        _ request: BindRequest,
        _ occupant: Occupant,
        _ isSameUser: Bool?
    ) -> BindVerdict.Reason {
        let ours = request.reuse
        let theirs = occupant.reuse
        let byPort = (ours: ours.port != true, theirs: theirs.port != true)
        if request.kind == .tcp, occupant.socket.state == .listen {
            if byPort.ours, byPort.theirs { return .listens }
            if isSameUser == false || !byPort.ours && !byPort.theirs {
                return .otherUser(occupant.socket.user)
            }
            return .needsReusePort(ours: byPort.ours, theirs: byPort.theirs)
        }
        let byAddress = (ours: ours.address != true, theirs: theirs.address != true)
        let isDangerous = request.kind != .tcp && byAddress.ours && !request.isForMany
        let addressCost = (byAddress.theirs ? 4 : 0) + (byAddress.ours ? 2 : 0) + (isDangerous ? 20 : 0)
        let userCost = isSameUser == true || byPort.theirs && isSameUser == nil ? 0 : 5
        let portCost = (byPort.theirs ? 4 : 0) + (byPort.ours ? 2 : 0) + userCost
        let prefersAddress = request.kind == .tcp || request.isForMany
        if addressCost < portCost || addressCost == portCost && prefersAddress {
            return .needsReuseAddress(ours: byAddress.ours, theirs: byAddress.theirs)
        }
        if !byPort.ours, !byPort.theirs { return .otherUser(occupant.socket.user) }
        return .needsReusePort(ours: byPort.ours, theirs: byPort.theirs)
    }
}

extension [BindVerdict.Obstacle] {
    /// Each once, in the same order.
    fileprivate var uniqued: [BindVerdict.Obstacle] {
        var seen: Set<BindVerdict.Obstacle> = []
        return filter { seen.insert($0).inserted }
    }
}

extension KernelSocket {
    /// Whether it holds a port: a half-open connection in a listener's queue does not, its listener does.
    fileprivate var isBound: Bool {
        state != .newSynReceived && !(kind == .tcp && state == .synReceived && inode == 0)
    }

    /// Whether it is what is left of a connection, whose user the kernel has forgotten. It counts as TIME_WAIT even
    /// while sock_diag(7) still calls it FIN_WAIT_2.
    fileprivate var isTimeWait: Bool {
        kind == .tcp && (state == .timeWait || timer?.kind == .timeWait)
    }
}

extension KernelSocket.Kind {
    /// Whether binds of this kind compete for ports.
    fileprivate var hasPorts: Bool { self == .tcp || self == .udp || self == .udpLite }
}
