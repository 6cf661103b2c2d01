/// Why an operation on a socket failed: what was tried, between which addresses, what the system said, what
/// to do.
///
/// A cheap value: it carries the number and the addresses, and makes its sentences only when they are asked
/// for.
public struct SocketError: Error, Sendable, Hashable {
    /// What was being done.
    public var operation: Operation
    /// Our side, as far as it was known.
    public var local: SocketAddress?
    /// The other side, as far as it was known.
    public var remote: SocketAddress?
    /// What the system answered.
    public var code: ErrorCode
    /// What the number alone does not tell: a name that did not resolve, an interface, an option.
    public var subject: String?
    /// What the socket was, where bind, listen, connect, send, receive or a join failed on one. Not a part of
    /// the sentence.
    public var traits: SocketTraits?

    public init(
        _ operation: Operation,
        _ code: ErrorCode,
        local: SocketAddress? = nil,
        remote: SocketAddress? = nil,
        subject: String? = nil,
        traits: SocketTraits? = nil
    ) {
        self.operation = operation
        self.code = code
        self.local = local
        self.remote = remote
        self.subject = subject
        self.traits = traits
    }

    /// The verbs of the socket interface. The raw value is what a message shows.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        case open, bind, listen, accept, connect, send, receive, shutdown, close, join, leave, option, resolve
        case inspect, wait, adopt
    }
}
