import ParleyKernel
import ParleySockets
import ParleyTypes

// Parley's own policies, through the endpoints that set them.

extension MatrixScene {
    /// What stands at the port.
    enum PolicyPlace: String, Sendable, CaseIterable {
        case listener = "tcp-listen"
        case timeWait = "tcp-time-wait"
        case datagram = "udp"
        case group = "group"

        var kind: KernelSocket.Kind { self == .listener || self == .timeWait ? .tcp : .udp }
        var address: SocketAddress { self == .group ? Self.groupAddress : AddressPair.home }

        /// Those that Parley takes here.
        var policies: [PortReuse] {
            PortReuse.allCases.filter { ReuseFlags($0, for: kind, isForMany: self == .group) != nil }
        }

        private static let groupAddress = SocketAddress.ipv4(IPv4Address(239, 77, 7, 8), port: 0)
    }

    static let policies = PolicyPlace.allCases.flatMap { place in
        place.policies.flatMap { old in place.policies.map { policy(place, old: old, new: $0) } }
    }

    static func policyName(_ place: PolicyPlace, old: PortReuse, new: PortReuse) -> String {
        "policy/\(place.rawValue)/\(old.rawValue):\(new.rawValue)"
    }

    private static func policy(_ place: PolicyPlace, old: PortReuse, new: PortReuse) -> MatrixScene {
        var verdict = BindVerdict.succeeds
        let address = place.address.with(port: 9)
        if let request = BindRequest(new, place.kind, at: address, user: 1),
            let flags = ReuseFlags(old, for: place.kind, isForMany: place == .group)
        {
            let plan = SocketPlan(kind: place.kind, address: place.address, reuse: flags)
            let state: KernelSocket.State =
                switch place {
                case .listener: .listen
                case .timeWait: .timeWait
                case .datagram, .group: .closed
                }
            verdict = BindVerdict(request, among: [plan.occupant(state, port: 9, user: 1)])
        }
        return MatrixScene(
            name: policyName(place, old: old, new: new),
            question:
                "\(place.kind.rawValue): the old one is .\(Self.spelled(old)), the new one .\(Self.spelled(new))",
            expected: MatrixOutcome(verdict)
        ) { (rig) throws(SocketError) in try rig.share(place, old: old, new: new) }
    }

    /// As Swift spells it.
    static func spelled(_ policy: PortReuse) -> String {
        policy == .groupMember ? "groupMember" : policy.rawValue
    }
}

extension MatrixRig {
    /// Opens two endpoints as Parley does.
    fileprivate func share(
        _ place: MatrixScene.PolicyPlace,
        old: PortReuse,
        new: PortReuse
    ) throws(SocketError) -> MatrixOutcome {
        let address = place.address.with(port: try freePort(place.kind))
        let first = Held(try Self.open(place, address, old))
        if place == .timeWait { return try restart(place, address, consume first, new) }
        do throws(SocketError) {
            _ = try Self.open(place, address, new)
            return withExtendedLifetime(first) { .succeeds }
        } catch {
            return .refused(error.code)
        }
    }

    private func restart(
        _ place: MatrixScene.PolicyPlace,
        _ address: SocketAddress,
        _ listener: consuming Held,
        _ new: PortReuse
    ) throws(SocketError) -> MatrixOutcome {
        try leaveTimeWait(connect(to: address, listener), port: address.port ?? 0)
        _ = consume listener
        do throws(SocketError) {
            _ = try Self.open(place, address, new)
            return .succeeds
        } catch {
            return .refused(error.code)
        }
    }

    private static func open(
        _ place: MatrixScene.PolicyPlace,
        _ address: SocketAddress,
        _ policy: PortReuse
    ) throws(SocketError) -> Socket {
        var endpoint = place.kind == .tcp ? Endpoint.tcp(port: 0) : .udp(port: 0)
        endpoint.options.reuse = policy
        if place == .group { endpoint.options.interface = "lo" }
        return place.kind == .tcp
            ? try Socket.listener(at: endpoint, bound: address)
            : try Socket.datagram(at: endpoint, bound: address)
    }
}
