public import ParleyTypes

/// A port that can become a member of groups while it is open. Optional: a ``MessagePort`` without it belongs to the
/// group that it was opened for, if any.
public protocol GroupPort: MessagePort {
    /// Hears a group from now on, from everyone or from the senders that the membership names; all of them or
    /// none.
    ///
    /// - Throws: `.operationNotSupported` for a port that is bound to another address, which it alone hears.
    func join(_ membership: GroupMembership) throws(SocketError)

    /// Hears the group, or the senders that the membership names, no longer.
    func leave(_ membership: GroupMembership) throws(SocketError)
}
