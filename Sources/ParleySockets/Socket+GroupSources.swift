internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// Groups from chosen senders (RFC 3678, section 5): what routers that speak IGMPv3 and MLDv2 deliver, and no
// other member of this host can change.

extension Socket {
    /// Joins a group and hears one sender of it; more calls add more senders, at most
    /// net.ipv4.igmp_max_msf (10) in IPv4 and net.ipv6.mld_max_msf (64) in IPv6.
    ///
    /// A membership that was joined from everyone is narrowed to this sender. The other way round is
    /// EADDRINUSE: leave first. (MCAST_JOIN_SOURCE_GROUP)
    ///
    /// - Parameter source: An address of the group's family, no group itself.
    public func join(
        _ group: IPAddress,
        on interface: Interface = .any,
        from source: IPAddress
    ) throws(SocketError) {
        try change(.join, group, interface, source, Int32(MCAST_JOIN_SOURCE_GROUP))
    }

    /// Hears one sender of a group no longer. Without the last one the group is left.
    /// (MCAST_LEAVE_SOURCE_GROUP)
    public func leave(
        _ group: IPAddress,
        on interface: Interface = .any,
        from source: IPAddress
    ) throws(SocketError) {
        try change(.leave, group, interface, source, Int32(MCAST_LEAVE_SOURCE_GROUP))
    }

    /// Hears everyone in a group but one sender. The group must have been joined from everyone.
    /// (MCAST_BLOCK_SOURCE)
    public func block(
        _ source: IPAddress,
        in group: IPAddress,
        on interface: Interface = .any
    ) throws(SocketError) {
        try change(.option, group, interface, source, Int32(MCAST_BLOCK_SOURCE))
    }

    /// Hears a sender again that was blocked. (MCAST_UNBLOCK_SOURCE)
    public func unblock(
        _ source: IPAddress,
        in group: IPAddress,
        on interface: Interface = .any
    ) throws(SocketError) {
        try change(.option, group, interface, source, Int32(MCAST_UNBLOCK_SOURCE))
    }

    private func change(
        _ operation: SocketError.Operation,
        _ group: IPAddress,
        _ interface: Interface,
        _ source: IPAddress,
        _ name: Int32
    ) throws(SocketError) {
        let place = "\(group)\(interface == .any ? "" : " on \(interface)")"
        guard group.isMulticast else { throw failure(operation, .invalidArgument, subject: place) }
        // The kernel takes a group for a sender, and then nothing ever comes.
        guard !source.isMulticast, source.isIPv4 == group.isIPv4 else {
            throw failure(operation, .invalidArgument, subject: "\(place) from \(source)")
        }
        var request = group_source_req()
        request.gsr_interface = interface.index
        Self.write(group, to: &request.gsr_group)
        Self.write(source, to: &request.gsr_source)
        do throws(SocketError) {
            try setOption(group.isIPv4 ? Level.ip : Level.ipv6, name, "", to: request)
        } catch {
            throw failure(operation, error.code, subject: "\(place) from \(source)")
        }
    }

    private static func write(_ address: IPAddress, to storage: inout sockaddr_storage) {
        let socketAddress = SocketAddress(address, port: 0)
        let family = address.isIPv4 ? SocketFamily.ipv4 : .ipv6
        if let system = SystemAddress(socketAddress, for: family) { storage = system.storage }
    }
}

extension IPAddress {
    var isIPv4: Bool {
        guard case .ipv4 = self else { return false }
        return true
    }
}
