/// Why an operation on a socket failed: what was tried, between which addresses, what the system said, what
/// to do.
///
/// A cheap value: it carries the number and the addresses, and makes its sentences only when they are asked
/// for. It is two words, because every asynchronous call that may throw it keeps room for one while it waits: what not
/// every error has lies behind the second.
public struct SocketError: Error, Sendable, Hashable {
    /// What was being done.
    public var operation: Operation
    /// What the system answered.
    public var code: ErrorCode
    private var known: Known

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
        known = Known(Details(local: local, remote: remote, subject: subject, traits: traits))
    }

    /// Our side, as far as it was known.
    public var local: SocketAddress? {
        get { known.details.local }
        set { known.details.local = newValue }
    }

    /// The other side, as far as it was known.
    public var remote: SocketAddress? {
        get { known.details.remote }
        set { known.details.remote = newValue }
    }

    /// What the number alone does not tell: a name that did not resolve, an interface, an option.
    public var subject: String? {
        get { known.details.subject }
        set { known.details.subject = newValue }
    }

    /// What the socket was, where bind, listen, connect, send, receive or a join failed on one. Not a part of
    /// the sentence.
    public var traits: SocketTraits? {
        get { known.details.traits }
        set { known.details.traits = newValue }
    }

    private struct Details: Sendable, Hashable {
        var local: SocketAddress?
        var remote: SocketAddress?
        var subject: String?
        var traits: SocketTraits?
    }

    private enum Known: Sendable, Hashable {
        case nothing
        indirect case something(Details)

        /// Equal details are equal cases: what is all nil is nothing.
        init(_ details: Details) {
            self = details == Details() ? .nothing : .something(details)
        }

        var details: Details {
            get { if case .something(let details) = self { details } else { Details() } }
            set { self = Known(newValue) }
        }
    }

    /// The verbs of the socket interface. The raw value is what a message shows.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        case open, bind, listen, accept, connect, send, receive, shutdown, close, join, leave, option, resolve
        case inspect, wait, adopt
    }
}
