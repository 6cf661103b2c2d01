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
    /// The calling task was cancelled. The mailbox or connection stays as it was.
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
    /// The connection was reset because all connections of its listener together held more memory than
    /// ``ListenerLimits/unfinishedBytesMax`` for messages that had not come whole or were not taken, and this
    /// one held most. Both in bytes.
    case evicted(holding: Int, together: Int)
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
        case .evicted(let bytes, let limit):
            "it held \(bytes) bytes of unfinished messages, the most when all connections together held more than "
                + "\(limit), so it was reset; allow more for all together, or smaller messages"
        case .alreadyReading:
            "another task is reading already; give it to one task or end the other's loop first"
        case .endpoint(let error): error.description
        case .unusable(let endpoint, let misuse): "\(endpoint): \(misuse.rawValue)"
        }
    }
}
