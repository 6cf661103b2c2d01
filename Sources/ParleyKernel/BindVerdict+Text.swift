internal import ParleyTypes

extension BindVerdict.Obstacle: CustomStringConvertible {
    /// Why the socket is in the way: one sentence, with a period.
    public var description: String {
        let place = "\(socket.kind.rawValue) \(socket.local.map { "\($0)" } ?? "-") (\(socket.state))"
        return switch reason {
        case .listens: "\(place) listens, and SO_REUSEADDR never shares a port with a listener."
        case .needsReuseAddress(let ours, let theirs):
            "\(place) shares only where both sides set SO_REUSEADDR: \(Self.sides(ours, theirs)) to."
        case .needsReusePort(let ours, let theirs):
            "\(place) shares only where both sides set SO_REUSEPORT: \(Self.sides(ours, theirs)) to."
        case .otherUser(let user?):
            "\(place) shares by SO_REUSEPORT only with sockets of its own user, \(user)."
        case .otherUser(nil):
            "\(place) shares by SO_REUSEPORT only with sockets of its own user, who is not known."
        case .mayTakeIPv4: "\(place) takes IPv4 peers as well, unless it has IPV6_V6ONLY, which is not known."
        }
    }

    /// What to change, and on which side: one sentence, with a period.
    public var remedy: String {
        switch reason {
        case .listens:
            "Stop the listener or take another port or address; to share it among processes of one user, both sides "
                + "need SO_REUSEPORT (reuse=loadBalanced)."
        case .needsReuseAddress(_, let theirs) where socket.state == .timeWait:
            theirs
                ? "Wait until it is forgotten, 60 seconds at most; for the next time let the side that holds it set "
                    + "SO_REUSEADDR (reuse=restartable) before its bind."
                : "Set SO_REUSEADDR (reuse=restartable) on the new socket before its bind."
        case .needsReuseAddress(_, let theirs):
            theirs
                ? "End it, or let its program set SO_REUSEADDR (reuse=\(Self.policy(of: socket))) before its bind; the "
                    + "new socket needs it too."
                : "Set SO_REUSEADDR (reuse=\(Self.policy(of: socket))) on the new socket before its bind."
        case .needsReusePort(_, let theirs):
            theirs
                ? "End it, or let its program set SO_REUSEPORT (reuse=loadBalanced) before its bind; the new socket "
                    + "needs it too, and the same user."
                : "Set SO_REUSEPORT (reuse=loadBalanced) on the new socket before its bind."
        case .otherUser: "Run both programs as the same user, or take another port."
        case .mayTakeIPv4: "End it, or take another port."
        }
    }

    private static func sides(_ ours: Bool, _ theirs: Bool) -> String {
        switch (ours, theirs) {
        case (true, true): "both have"
        case (true, false): "the new socket has"
        case (false, _): "the one that is there has"
        }
    }

    private static func policy(of socket: KernelSocket) -> String {
        socket.kind == .tcp ? "restartable" : "group"
    }
}

extension BindVerdict.Cause: CustomStringConvertible {
    /// Why the host refuses the address: one sentence, with a period.
    public var description: String {
        switch self {
        case .privilegedPort(let start):
            "Ports below \(start) need CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start)."
        case .foreignAddress: "No interface of this host has the address."
        case .needsInterface: "A link-local address means nothing without its interface."
        }
    }

    /// What to change: one sentence, with a period.
    public var remedy: String {
        switch self {
        case .privilegedPort(let start):
            "Choose a port from \(start) upwards, or give the program the capability."
        case .foreignAddress:
            "Choose an address that `parley interfaces` lists, or none for every local address."
        case .needsInterface: "Write the interface behind the address: [fe80::1%eth0]."
        }
    }
}
