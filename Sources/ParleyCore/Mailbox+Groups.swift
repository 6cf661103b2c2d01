internal import ParleyNetwork
internal import ParleyTypes

extension Mailbox {
    /// Becomes a member of a group: letters to it arrive here as well from now on.
    ///
    ///     let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
    ///     try inbox.join("239.1.2.3", on: "eth0")
    ///     try inbox.join("232.1.2.3", on: "eth0", from: ["10.0.0.5"])
    ///
    /// The mailbox hears what is addressed to where it is bound: one at every local address can join any group
    /// of its port; one that was opened at a group's address only that group, with other senders or on another
    /// interface if it was opened without one. Several members on one host share a port only when each is opened at
    /// the group's address (``Endpoint/udp(group:port:on:sources:)``).
    ///
    /// - Parameters:
    ///   - group: 224.0.0.0 to 239.255.255.255, or an IPv6 address that begins with ff.
    ///   - interface: the interface's name or index, or one of its addresses; nil lets the routing table choose.
    ///   - sources: the only senders that are heard, by their addresses; none: everyone. A membership from
    ///     everyone is narrowed to them; the other way round the group must be left first.
    /// - Throws: ``ParleyError/socket(_:)``: `.invalidArgument` for what is no group or no sender,
    ///   `.noSuchDevice` for an unknown interface (with those that there are), `.addressInUse` and
    ///   `.addressNotAvailable` for what was joined before, `.noBufferSpace` beyond 20 groups or 10 senders,
    ///   `.operationNotSupported` where groups have no meaning, and on another interface than the mailbox is kept
    ///   to. All senders were joined, or none.
    public func join(
        _ group: String,
        on interface: String? = nil,
        from sources: [String] = []
    ) throws(ParleyError) {
        try change(group, interface, sources, .join) { (port, membership) throws(SocketError) in
            try port.join(membership)
        }
    }

    /// Is a member of a group no longer, or hears some senders of it no longer; without the last one the group
    /// is left. Closing leaves all groups.
    ///
    /// - Parameters:
    ///   - group: as it was joined.
    ///   - interface: as it was joined.
    ///   - sources: the senders to hear no longer; none: the whole group.
    /// - Throws: ``ParleyError/socket(_:)``: `.addressNotAvailable` or `.invalidArgument` for what was not
    ///   joined.
    public func leave(
        _ group: String,
        on interface: String? = nil,
        from sources: [String] = []
    ) throws(ParleyError) {
        try change(group, interface, sources, .leave) { (port, membership) throws(SocketError) in
            try port.leave(membership)
        }
    }

    private func change(
        _ group: String,
        _ interface: String?,
        _ sources: [String],
        _ operation: SocketError.Operation,
        _ body: (any GroupPort, GroupMembership) throws(SocketError) -> Void
    ) throws(ParleyError) {
        do throws(SocketError) {
            guard let port = port.groups else {
                throw SocketError(operation, .operationNotSupported, local: localAddress, subject: group)
            }
            guard let address = IPAddress(group)?.unmapped, address.isMulticast else {
                throw SocketError(operation, .invalidArgument, local: localAddress, subject: group)
            }
            var membership = GroupMembership(address, on: interface)
            for text in sources {
                guard let source = IPAddress(text)?.unmapped else {
                    let subject = "\(group) from \(text)"
                    throw SocketError(operation, .invalidArgument, local: localAddress, subject: subject)
                }
                membership.sources.append(source)
            }
            try body(port, membership)
        } catch {
            throw ParleyError(error)
        }
    }
}
