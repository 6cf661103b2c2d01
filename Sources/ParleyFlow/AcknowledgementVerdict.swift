/// What an acknowledgement was to a ``SendWindow``.
public enum AcknowledgementVerdict: Sendable, Hashable {
    /// It says so many packets more than what was known.
    case news(Int)
    /// It says what was known: it is old, came twice, or was split from one that came.
    case nothingNew
    /// It acknowledges what was never sent. Nothing has changed; a protocol may end the conversation, as SCTP
    /// must (RFC 9260, section 12.4).
    case neverSent
}
