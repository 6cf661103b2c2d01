/// How long a connection puts up with a peer that does nothing. Each limit is off while it is nil.
///
/// The waits of a connection keep to them whatever deadline a call has of its own: a shorter one ends that
/// call only, a limit ends the connection. No task and no timer beyond those of the waits is spent on them.
public struct ConnectionLimits: Sendable, Hashable {
    /// How long a peer may take from being accepted to the end of its first message. A peer that trickles
    /// bytes gains nothing by it.
    public var handshake: Duration?
    /// How long a reader waits for the end of the next message, over all its calls. The time that a handler
    /// spends on other things does not count. Before the first message it holds where ``handshake`` does not.
    public var idle: Duration?
    /// How long a send waits for a peer that takes too little of what was sent to it. The connection ends
    /// with a reset then. Longer than the largest message needs on the slowest link that is to be served.
    public var slowReader: Duration?

    public init(handshake: Duration? = nil, idle: Duration? = nil, slowReader: Duration? = nil) {
        self.handshake = handshake
        self.idle = idle
        self.slowReader = slowReader
    }

    /// No limit at all.
    public static let none = ConnectionLimits()
}
