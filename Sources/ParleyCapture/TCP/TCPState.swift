internal import ParleyTypes

/// The state of one end of a TCP connection, in the words of RFC 9293, section 3.3.2, as `ss` and `netstat`
/// print them.
public enum TCPState: String, Sendable, Hashable, CaseIterable {
    /// Nothing has been heard of this end.
    case unknown = "?"
    case synSent = "SYN_SENT"
    case synReceived = "SYN_RECEIVED"
    case established = "ESTABLISHED"
    case finWait1 = "FIN_WAIT_1"
    case finWait2 = "FIN_WAIT_2"
    case closeWait = "CLOSE_WAIT"
    case closing = "CLOSING"
    case lastAck = "LAST_ACK"
    case timeWait = "TIME_WAIT"
    case closed = "CLOSED"
}

/// What is remarkable about a segment.
public enum TCPRemark: Sendable, Hashable {
    /// The capture began after the connection did: numbers count from this segment.
    case beganEarlier
    /// Another connection between the same ports: what came before is over.
    case portsReused
    /// Bytes, a SYN or a FIN that were sent before.
    case retransmission
    /// It fills a hole: other segments overtook it.
    case outOfOrder
    /// So many bytes before it were not seen: they are still to come, or the capture lost them.
    case gap(Int)
    /// The same acknowledgement for the so-manieth time while data is under way: the receiver misses
    /// something.
    case duplicateACK(Int)
    /// It acknowledges bytes that the capture has not seen.
    case acknowledgesUnseen(Int)
    /// The sender takes no more for now.
    case zeroWindow
    /// The sender takes more again.
    case windowUpdate
    /// A byte into a closed window, to learn whether it is open again.
    case zeroWindowProbe
    /// A question whether the other end is still there.
    case keepAlive
    /// Nobody listens there: the answer to a SYN.
    case refused
    /// The connection was cut off.
    case reset
    /// A reset that the other end must not believe: its number lies outside the window.
    case strayReset
}

extension TCPRemark: CustomStringConvertible {
    public var description: String {
        switch self {
        case .beganEarlier: "began before the capture"
        case .portsReused: "a new connection on these ports"
        case .retransmission: "retransmission"
        case .outOfOrder: "out of order"
        case .gap(let count): "\(Phrase.count(count, "byte")) before it not seen"
        case .duplicateACK(let count): "duplicate ACK \(count)"
        case .acknowledgesUnseen(let count): "acknowledges \(Phrase.count(count, "byte")) not seen"
        case .zeroWindow: "zero window"
        case .windowUpdate: "window update"
        case .zeroWindowProbe: "zero window probe"
        case .keepAlive: "keep-alive"
        case .refused: "refused"
        case .reset: "reset"
        case .strayReset: "reset outside the window"
        }
    }

    /// The kind alone, in one word, for programs.
    public var name: String {
        switch self {
        case .beganEarlier: "beganEarlier"
        case .portsReused: "portsReused"
        case .retransmission: "retransmission"
        case .outOfOrder: "outOfOrder"
        case .gap: "gap"
        case .duplicateACK: "duplicateACK"
        case .acknowledgesUnseen: "acknowledgesUnseen"
        case .zeroWindow: "zeroWindow"
        case .windowUpdate: "windowUpdate"
        case .zeroWindowProbe: "zeroWindowProbe"
        case .keepAlive: "keepAlive"
        case .refused: "refused"
        case .reset: "reset"
        case .strayReset: "strayReset"
        }
    }
}

/// A segment within its conversation.
public struct TCPObservation: Sendable, Hashable {
    /// From the end that opened the connection, or was heard first, to the other.
    public var opening: Flow
    /// Whether the opening end sent this segment.
    public var isFromOpener: Bool
    public var flags: TCPSegment.Flags
    /// Bytes of the stream before this segment, the SYN counted as one; it does not wrap.
    public var sequence: Int
    /// Bytes of the other direction before what the sender expects next; nil without ACK.
    public var acknowledgement: Int?
    /// Bytes of the stream in this segment.
    public var byteCount: Int
    /// How much the sender takes, scaled where both ends agreed on it in the capture's sight.
    public var window: Int
    /// The states of both ends once the segment has arrived, as RFC 9293 draws them (figures 6 to 13).
    public var openerState: TCPState
    public var answererState: TCPState
    public var remarks: [TCPRemark]
}
