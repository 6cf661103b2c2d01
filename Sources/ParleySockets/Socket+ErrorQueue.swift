internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Takes what lies in the queue of errors (``reportsErrors``) and throws it away. As long as something lies there
    /// the socket counts as failed, and so as ready, in both directions.
    ///
    /// The socket's own error, which one call is told, goes with the last message of the queue: who wants to be told
    /// of it makes another call before. A Unix socket has no such queue.
    ///
    /// - Returns: how many there were, at most `countMax`.
    ///
    /// The corresponding C function is `recvmsg` (MSG_ERRQUEUE).
    public func discardErrors(atMost countMax: Int) throws(SocketError) -> Int {
        // Its recvmsg(2) does not know the flag and would take a message.
        guard family != .unix else { return 0 }
        for count in 0..<max(0, countMax) {
            let taken = try attempt(.receive) {
                var message = unsafe msghdr()
                return unsafe recvmsg(fileDescriptor, &message, Int32(MSG_ERRQUEUE))
            }
            if taken == nil { return count }
        }
        return max(0, countMax)
    }
}
