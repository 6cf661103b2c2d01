internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Who connected to us, or who listens where we connected to; of a ``pair(_:)``, who made it. Nil on a
    /// socket without such a peer: datagram sockets that connected, and every family but Unix. (SO_PEERCRED)
    public var peerCredentials: PeerCredentials? {
        get throws(SocketError) {
            guard family == .unix else { return nil }
            // struct ucred, which Glibc keeps behind _GNU_SOURCE: pid_t, uid_t, gid_t.
            let numbers: InlineArray<3, Int32> = try option(
                SOL_SOCKET,
                SO_PEERCRED,
                "SO_PEERCRED",
                initial: .init(repeating: 0)
            )
            let user = UInt32(bitPattern: numbers[1])
            // What the kernel says when nobody has connected: no process, and no user at all.
            guard user != .max else { return nil }
            return PeerCredentials(
                processID: numbers[0],
                userID: user,
                groupID: UInt32(bitPattern: numbers[2])
            )
        }
    }
}
