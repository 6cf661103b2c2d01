public import ParleyTypes

extension Socket {
    /// Joins a group as a membership says: from everyone, or from its senders, all or none of them. A socket that is
    /// kept to an interface joins there, and nowhere else, because it would hear nothing.
    public func join(_ membership: GroupMembership) throws(SocketError) {
        let membership = membership.unmapped
        let interface = try interface(of: membership, .join)
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
        let membership = membership.unmapped
        let interface = try interface(of: membership, .leave)
        guard !membership.sources.isEmpty else { return try leave(membership.group, on: interface) }
        for source in membership.sources {
            try leave(membership.group, on: interface, from: source)
        }
    }
}

extension Socket {
    private func interface(
        of membership: GroupMembership,
        _ operation: SocketError.Operation
    ) throws(SocketError) -> Interface {
        let kept: Interface? = if let name = try boundInterface { try Interface(name) } else { nil }
        guard let name = membership.interface else { return kept ?? .any }
        let interface = try Interface(name)
        guard let kept, interface.index != 0 else { return kept ?? interface }
        guard kept.index == interface.index else {
            let subject = "\(membership.group) on \(name), kept to \(kept)"
            throw failure(operation, .operationNotSupported, subject: subject)
        }
        return interface
    }
}

extension GroupMembership {
    fileprivate var unmapped: GroupMembership {
        GroupMembership(group.unmapped, on: interface, from: sources.map(\.unmapped))
    }
}
