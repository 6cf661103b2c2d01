internal import ParleyTypes

/// The groups that a socket is a member of, and whom it hears in each. Hosts have one network each: a membership's
/// interface says nothing here.
struct GroupList {
    private struct Member {
        var group: IPAddress
        /// None: everyone.
        var sources: [IPAddress]
    }

    private var members: [Member] = []

    func contains(_ group: Place) -> Bool { members.contains { Self.ip($0.group) == group.ip } }

    func hears(_ source: Place, in group: Place) -> Bool {
        guard let member = members.first(where: { Self.ip($0.group) == group.ip }) else { return false }
        return member.sources.isEmpty || member.sources.contains { Self.ip($0) == source.ip }
    }

    /// All senders of a membership are joined, or none; the errors are Linux's.
    mutating func join(_ membership: GroupMembership) throws(SocketError) {
        guard membership.group.isMulticast else {
            throw SocketError(.join, .invalidArgument, subject: "\(membership.group)")
        }
        let isIPv4 = Self.isIPv4(membership.group)
        guard membership.sources.allSatisfy({ !$0.isMulticast && Self.isIPv4($0) == isIPv4 }) else {
            throw SocketError(.join, .invalidArgument, subject: "\(membership)")
        }
        guard let index = members.firstIndex(where: { $0.group == membership.group }) else {
            return members.append(Member(group: membership.group, sources: membership.sources))
        }
        if membership.sources.isEmpty { throw SocketError(.join, .addressInUse, subject: "\(membership)") }
        if members[index].sources.isEmpty {
            throw SocketError(.join, .invalidArgument, subject: "\(membership)")
        }
        guard !membership.sources.contains(where: members[index].sources.contains) else {
            throw SocketError(.join, .addressNotAvailable, subject: "\(membership)")
        }
        members[index].sources += membership.sources
    }

    mutating func leave(_ membership: GroupMembership) throws(SocketError) {
        guard let index = members.firstIndex(where: { $0.group == membership.group }),
            membership.sources.allSatisfy(members[index].sources.contains)
        else { throw SocketError(.leave, .addressNotAvailable, subject: "\(membership)") }
        members[index].sources.removeAll(where: membership.sources.contains)
        // Without the last sender the group is left.
        if members[index].sources.isEmpty { members.remove(at: index) }
    }

    private static func ip(_ address: IPAddress) -> IPv6Address? {
        Place(SocketAddress(address, port: 0))?.ip
    }

    private static func isIPv4(_ address: IPAddress) -> Bool {
        Place(SocketAddress(address, port: 0))?.isIPv4 == true
    }
}
