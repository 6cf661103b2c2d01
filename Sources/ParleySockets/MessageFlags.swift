internal import Glibc

/// What one call of send or receive does otherwise than usual.
///
/// Sockets of Parley never block, and SIGPIPE is never raised (MSG_NOSIGNAL is always set), so some of these
/// mean less than in tutorials; each says what is left.
public struct MessageFlags: OptionSet, Sendable, Hashable {
    /// The sum of `MSG_…` numbers.
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Receive and leave the bytes where they are: the next call gets them again. (MSG_PEEK)
    public static let peek = MessageFlags(rawValue: Int32(MSG_PEEK))
    /// Return instead of waiting. Every socket of Parley does so anyway; it counts on a descriptor that its
    /// owner has made blocking by fcntl(2). (MSG_DONTWAIT)
    public static let doNotWait = MessageFlags(rawValue: Int32(MSG_DONTWAIT))
    /// Fill the whole buffer of a stream. A socket that does not block returns what is there all the same, so
    /// fewer bytes do not mean the end; on a descriptor made blocking the call waits for the rest.
    /// (MSG_WAITALL)
    public static let waitAll = MessageFlags(rawValue: Int32(MSG_WAITALL))
    /// More follows at once. UDP puts what is sent until the first call without this flag into *one*
    /// datagram, for the recipient of the first; TCP waits for company up to 200 ms, and Unix sockets ignore
    /// it. (MSG_MORE)
    public static let more = MessageFlags(rawValue: Int32(MSG_MORE))
    /// The one urgent byte of TCP (RFC 6093 advises against it): the last byte sent, or the one that waits;
    /// `.invalidArgument` when none does. UDP refuses it. (MSG_OOB)
    public static let outOfBand = MessageFlags(rawValue: Int32(MSG_OOB))
    /// The peer has answered lately, so its entry in the table of neighbours is good without a new question.
    /// Datagrams only. (MSG_CONFIRM)
    public static let confirm = MessageFlags(rawValue: Int32(MSG_CONFIRM))
    /// Only to hosts of a link of ours, past the routing table: elsewhere `.networkUnreachable`.
    /// (MSG_DONTROUTE)
    public static let doNotRoute = MessageFlags(rawValue: Int32(MSG_DONTROUTE))
    /// Ends a message of a seqpacket socket, where the protocol has such ends. (MSG_EOR)
    public static let endOfRecord = MessageFlags(rawValue: Int32(MSG_EOR))
    /// Receive from the queue of errors, which ``Socket/setReportsErrors(_:)`` fills. (MSG_ERRQUEUE)
    public static let errorQueue = MessageFlags(rawValue: Int32(MSG_ERRQUEUE))
}
