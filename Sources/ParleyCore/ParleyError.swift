public import ParleyTypes
public import ParleyWire

/// Why a mailbox, a connection or a listener could not do what it was asked.
///
/// A value of one word, whatever it tells: every asynchronous call that may throw it keeps room for one while it waits.
public indirect enum ParleyError: Error, Sendable, Hashable {
    /// The system or the network refused. The error names operation, addresses, number and remedy.
    case socket(SocketError)
    /// A message does not fit its layout, or bytes are no message.
    case wire(WireError)
    /// A stream could not be cut into messages. It has no borders any more: the connection is of no further
    /// use.
    case framing(FramingError)
    /// The time that the call was given is over. What it was still waiting for, ``Wait`` says.
    case timedOut(Duration, Wait = .message)
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
    /// The connection was reset because all connections of its listener together held more memory than
    /// ``ListenerLimits/unfinishedBytesMax`` for messages that had not come whole or were not taken, and this
    /// one held most. Both in bytes.
    case evicted(holding: Int, together: Int)
    /// Another task is reading already: messages go to one reader, else each would see some of them.
    case alreadyReading
    /// More answers are owed to questions that were given up than are waited for (1,024), or a question was given up
    /// on a stream without borders: which question the next answer belongs to cannot be known any more, so none is
    /// handed out. The connection is of no further use. See ``Connection/request(_:timeout:)``.
    case outOfStep
    /// A question that was asked until its limits (``Retrying``) has no answer. It says which limit ended it, how often
    /// it was sent, and what the network said last.
    case unanswered(Unanswered)
    /// Messages carry no number, by which an answer is told from others.
    case unnumbered(Unnumbered)
    /// The text is no endpoint. The error names the part and what may stand there.
    case endpoint(EndpointError)
    /// The endpoint cannot be used this way, with the reason as the end of a sentence.
    case unusable(Endpoint, Misuse)

    /// What a call was still waiting for when its time was over.
    public enum Wait: String, Sendable, Hashable, CaseIterable {
        /// A message of the other side: a reader's next one, or the answer to a question that was sent.
        case message
        /// Room for a message, which was not sent, no part of it.
        case room
        /// The time of a message at a rate that the program has set (``SendRate``): it was not sent.
        case turn
        /// The system to take over what had been sent (``Connection/flush(timeout:)``).
        case flush
        /// A connection.
        case connection
        /// The address behind a name.
        case name
    }

    /// Which messages carry no number.
    public enum Unnumbered: String, Sendable, Hashable {
        case questions = "the questions carry no number"
        case answers = "the answers carry no number"
        /// An answer could carry the numbers of some questions and not those of others.
        case widths = "the numbers of questions and answers have different widths"
        /// Of the kinds of messages this one has none.
        case kind = "this kind of message carries no number"
        /// A stream or `seqpacket`.
        case lossless = "nothing is lost on this connection that could be asked once more"
    }

    /// How an endpoint and what was to be opened at it do not go together.
    public enum Misuse: String, Sendable, Hashable {
        /// A mailbox takes letters from anyone; a stream and a connection of packets have one peer.
        case streamForMailbox = "a mailbox needs datagrams (udp, unixgram); use a Connection or a Listener"
        /// Datagrams know no listening.
        case datagramsForListener = "datagrams are not listened for; use a Mailbox"
        /// Nobody listens at the address of a group, or connects to one.
        case streamForMany = "a stream has one peer, and this address is many hosts': use datagrams"
        /// There is nobody to send to.
        case noRecipient = "it says no host to send to: write one before the port"
        /// No host receives at port 0, which also stands for no port at all.
        case noPort = "port 0 reaches nobody: give the port that the other side has"
    }
}

extension ParleyError {
    /// Reads a socket error as what the user asked about: cancellation and deadlines have cases of their own.
    ///
    /// - Parameters:
    ///   - timeout: the time that the call had.
    ///   - wait: what it waited for.
    init(_ error: SocketError, timeout: Duration? = nil, for wait: Wait = .message) {
        switch error.code {
        case .cancelled: self = .cancelled
        case .badDescriptor: self = .closed
        case .timedOut where timeout != nil && error.operation == .wait: self = .timedOut(timeout!, wait)
        default: self = .socket(error)
        }
    }
}

extension ParleyError {
    /// Reads the error of a message of so many bytes that was to be sent.
    init(_ error: SocketError, sending byteCount: Int, timeout: Duration? = nil) {
        var error = error
        // Which message was too large the system's number does not tell.
        if error.code == .messageTooLong, error.subject == nil { error.subject = "\(byteCount) bytes" }
        self.init(error, timeout: timeout, for: .room)
    }

    /// Whether it tells of a way or a peer that may be there again in a moment: a question outlasts it.
    package var isPassing: Bool {
        guard case .socket(let error) = self else { return false }
        switch error.code {
        case .connectionRefused, .hostUnreachable, .hostDown, .networkUnreachable, .networkDown,
            .noBufferSpace,
            .noSuchFile, .addressNotAvailable, .protocolError:
            return true
        // A filter drops what this host sends.
        case .notPermitted: return error.operation == .send
        default: return false
        }
    }

    /// Whether a message came and did not fit its layout.
    @usableFromInline
    var isMisfit: Bool { if case .wire = self { true } else { false } }
}

extension ParleyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .socket(let error): error.description
        case .wire(let error): error.description
        case .framing(let error): error.description
        case .timedOut(let limit, let wait): "\(wait.cause(within: "\(limit)")). \(wait.remedy)"
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
        case .outOfStep:
            "the connection is out of step: answers to questions that were given up are still owed, and are too many "
                + "(more than \(answersOwedMax)) or without borders, so the next one could be the answer to any "
                + "of them; close it and connect anew"
        case .unanswered(let end): end.description
        case .unnumbered(.lossless):
            "\(Unnumbered.lossless.rawValue): ask by request(_:timeout:), or by request(_:matching:timeout:) where "
                + "answers come in another order"
        case .unnumbered(let lack):
            "\(lack.rawValue), by which an answer could be told from others: give them a field of type "
                + "MessageNumber<UInt16>, or a layout a number by numbered(by:)"
        case .endpoint(let error): error.description
        case .unusable(let endpoint, let misuse): "\(endpoint): \(misuse.reason(about: endpoint))"
        }
    }
}

extension ParleyError.Wait {
    /// What happened, without a period at its end.
    package func cause(within limit: String) -> String {
        switch self {
        case .message: "nothing came within \(limit)"
        case .room: "the message was not sent: there was no room for it within \(limit)"
        case .turn: "the message was not sent: its time at the rate that was set had not come within \(limit)"
        case .flush: "not everything that was sent had left this program within \(limit)"
        case .connection: "no connection within \(limit)"
        case .name: "the name was not resolved within \(limit)"
        }
    }

    /// What to do about it, in one sentence.
    package var remedy: String {
        switch self {
        case .message: "Look whether the other side runs and answers, or allow more time."
        case .room, .flush:
            "The other side reads too slowly, or the way to it is slow: send more slowly, or allow more time."
        case .turn: "Allow more time, or set a higher rate."
        case .connection:
            "The host is down, or a firewall on the way drops the packets; a far one may need more time."
        case .name:
            "Check the network and /etc/resolv.conf, allow more time, or give the address in numbers."
        }
    }
}
