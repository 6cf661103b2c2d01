/// Who the process at the other end of a Unix connection is, as the kernel vouches for it: the process that
/// connected, or that called listen, at that moment (unix(7), SO_PEERCRED).
///
/// The numbers are those of the asking process's own namespaces. A process may have passed its end on to
/// another one since, and a process number may have been given away again: users and groups are what to
/// decide by.
public struct PeerCredentials: Sendable, Hashable {
    /// The process; 0 when it is not visible from here (another PID namespace).
    public var processID: Int32
    /// The effective user; 65534 when it has no number here (another user namespace).
    public var userID: UInt32
    /// The effective group; 65534 when it has no number here.
    public var groupID: UInt32

    public init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }
}

extension PeerCredentials: CustomStringConvertible {
    /// `pid 4711, uid 1000, gid 1000`
    public var description: String { "pid \(processID), uid \(userID), gid \(groupID)" }
}
