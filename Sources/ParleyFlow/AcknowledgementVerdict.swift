/// What an acknowledgement was to a ``SendWindow``.
public enum AcknowledgementVerdict: Sendable, Hashable {
    /// It says of so many packets that they came of which that was not known: of none where all that was new is that
    /// nothing before them is missing. What was reported before is not counted again, nor what was abandoned.
    case news(Int)
    /// It says what was known: it is old, came twice, or was split from one that came.
    case nothingNew
    /// It acknowledges what was never sent. Nothing has changed; a protocol may end the conversation, as SCTP
    /// must (RFC 9260, section 12.4).
    case neverSent
}
