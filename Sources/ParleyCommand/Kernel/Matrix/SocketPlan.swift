import ParleyKernel
import ParleyTypes

/// A socket that a case makes.
struct SocketPlan: Sendable, Hashable {
    /// What the case calls it.
    var name = ""
    var kind = KernelSocket.Kind.udp
    /// Without its port.
    var address: SocketAddress
    var reuse = ReuseFlags.none
    var isIPv6Only = false
    var isOtherUser = false
    /// A group to join, on lo.
    var group: IPAddress?
    /// IP_MULTICAST_ALL, IPV6_MULTICAST_ALL
    var hearsOthersGroups = true
    /// Connected to the first sender.
    var isConnected = false
    var isBroadcast = false

    /// What the rules are asked for it.
    func request(port: UInt16, user: UInt32) -> BindRequest {
        BindRequest(
            kind: kind,
            address: address.with(port: port),
            reuse: reuse,
            user: user,
            isIPv6Only: isIPv6Only,
            isBroadcast: isBroadcast
        )
    }

    /// What it is for others, once it is there.
    func occupant(
        _ state: KernelSocket.State,
        port: UInt16,
        user: UInt32?,
        cookie: UInt64 = 0,
        remote: SocketAddress? = nil
    ) -> Occupant {
        var socket = KernelSocket(kind: kind, state: state, local: address.with(port: port), remote: remote)
        socket.user = user
        socket.cookie = cookie
        socket.inode = 1
        if case .ipv6(let host, _, _) = address {
            socket.isIPv6Only = isIPv6Only || host != .any && host.mapped == nil
        }
        return Occupant(
            socket,
            reuse: reuse,
            isMember: group != nil,
            hearsOthersGroups: hearsOthersGroups
        )
    }
}

extension ReuseFlags {
    /// All that a socket can set, in the order of the tables.
    static let every = [
        ReuseFlags(address: false, port: false), ReuseFlags(address: true, port: false),
        ReuseFlags(address: false, port: true), ReuseFlags(address: true, port: true),
    ]

    /// As case names spell it.
    var spelled: String {
        switch (address == true, port == true) {
        case (false, false): "none"
        case (true, false): "addr"
        case (false, true): "port"
        case (true, true): "both"
        }
    }

    /// As sentences spell it.
    var inWords: String {
        switch (address == true, port == true) {
        case (false, false): "neither option"
        case (true, false): "SO_REUSEADDR"
        case (false, true): "SO_REUSEPORT"
        case (true, true): "SO_REUSEADDR and SO_REUSEPORT"
        }
    }
}
