public import ParleyTypes
public import ParleyWire

/// Why a mailbox, a connection or a listener could not do what it was asked.
public enum ParleyError: Error, Sendable, Hashable {
    /// The system or the network refused. The error names operation, addresses, number and remedy.
    case socket(SocketError)
    /// A message does not fit its layout, or bytes are no message.
    case wire(WireError)
    /// A stream could not be cut into messages. It has no borders any more: the connection is of no further
    /// use.
    case framing(FramingError)
    /// Nothing came, or nothing could be sent, in the time allowed.
    case timedOut(Duration)
    /// The calling task was cancelled. The mailbox, connection or listener stays as it was.
    ///
    /// Every call of Parley that waits ends like this, also ``NetworkEnvironment/sleep(for:)`` and services: never
    /// with a `CancellationError`, for which typed throws leave no room. Where other code throws too,
    /// `error.isCancellation` asks once for all.
    case cancelled
    /// The mailbox, connection or listener was closed on this side.
    case closed
    /// The peer closed before it answered.
    case ended
    /// The peer's first message took longer than ``ConnectionLimits/handshake``; the connection is closed.
    case handshakeOverdue(Duration)
    /// The peer's next message took longer than ``ConnectionLimits/idle``; the connection is closed.
    case idle(Duration)
    /// The peer took too little of what was sent for longer than ``ConnectionLimits/slowReader``; the
    /// connection was reset.
    case slowReader(Duration)
    /// Another task is reading already: messages go to one reader, else each would see some of them.
    case alreadyReading
    /// The text is no endpoint. The error names the part and what may stand there.
    case endpoint(EndpointError)
    /// The endpoint cannot be used this way, with the reason as the end of a sentence.
    case unusable(Endpoint, Misuse)

    /// How an endpoint and what was to be opened at it do not go together.
    public enum Misuse: String, Sendable, Hashable {
        /// A mailbox takes letters from anyone; a stream and a connection of packets have one peer.
        case streamForMailbox = "a mailbox needs datagrams (udp, unixgram); use a Connection or a Listener"
        /// Datagrams know no listening.
        case datagramsForListener = "datagrams are not listened for; use a Mailbox"
        /// There is nobody to send to.
        case noRecipient = "name a recipient: a host and a port, or a path"
    }
}

extension ParleyError {
    /// Reads a socket error as what the user asked about: cancellation and deadlines have cases of their own.
    init(_ error: SocketError, timeout: Duration? = nil) {
        switch error.code {
        case .cancelled: self = .cancelled
        case .badDescriptor: self = .closed
        case .timedOut where timeout != nil && error.operation == .wait: self = .timedOut(timeout!)
        default: self = .socket(error)
        }
    }
}

extension ParleyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .socket(let error): error.description
        case .wire(let error): error.description
        case .framing(let error): error.description
        case .timedOut(let limit): "nothing came within \(limit)"
        case .cancelled: "the task was cancelled"
        case .closed: "it is closed on this side"
        case .ended: "the peer closed the connection before it answered"
        case .handshakeOverdue(let limit):
            "the peer's first message was not there within \(limit), so the connection was closed; raise the "
                + "limit for the handshake where honest peers need longer"
        case .idle(let limit):
            "the peer's next message was not there within \(limit), so the connection was closed; raise the "
                + "idle limit where honest peers are silent for longer"
        case .slowReader(let limit):
            "the peer did not take what was sent within \(limit), so the connection was reset; raise the "
                + "limit for slow readers where honest links need longer"
        case .alreadyReading:
            "another task is reading already; give it to one task or end the other's loop first"
        case .endpoint(let error): error.description
        case .unusable(let endpoint, let misuse): "\(endpoint): \(misuse.rawValue)"
        }
    }
}
