public import ParleyTypes

extension Socket {
    /// Joins a group as a membership says: from everyone, or from its senders, all or none of them.
    public func join(_ membership: GroupMembership) throws(SocketError) {
        let interface = try membership.resolvedInterface()
        guard !membership.sources.isEmpty else { return try join(membership.group, on: interface) }
        for (index, source) in membership.sources.enumerated() {
            do throws(SocketError) {
                try join(membership.group, on: interface, from: source)
            } catch {
                for joined in membership.sources[..<index] {
                    try? leave(membership.group, on: interface, from: joined)
                }
                throw error
            }
        }
    }

    /// Leaves a group, or hears its senders no longer; the last one's going leaves the group.
    public func leave(_ membership: GroupMembership) throws(SocketError) {
        let interface = try membership.resolvedInterface()
        guard !membership.sources.isEmpty else { return try leave(membership.group, on: interface) }
        for source in membership.sources {
            try leave(membership.group, on: interface, from: source)
        }
    }
}

extension GroupMembership {
    fileprivate func resolvedInterface() throws(SocketError) -> Interface {
        guard let interface else { return .any }
        return try Interface(interface)
    }
}
