/// What a listener has done since it was opened.
public struct ListenerStatistics: Sendable, Hashable {
    /// Connections that were taken, by ``Listener/run(limits:_:)`` or ``Listener/accept()``.
    public var accepted = 0
    /// Connections that are being served now.
    public var active = 0
    /// Connections that were reset at once because their peer had as many as one may have.
    public var refused = 0
    /// Handlers that ended with an error, those whose connection was cut off included.
    public var failed = 0
    /// Connections that a limit of ``ConnectionLimits`` ended.
    public var cutOff = 0
    /// Connections that were reset because all of them held more than ``ListenerLimits/unfinishedBytesMax`` and
    /// they most of it.
    public var evicted = 0
    /// How often accepting waited because all places were taken.
    public var fullWaits = 0
    /// How often accepting rested because descriptors or memory had run out.
    public var acceptPauses = 0
    /// The messages of all connections that were and are served, together.
    public var messages = Statistics()

    public init() {}
}

extension Statistics {
    /// Adds what another place has done.
    static func += (left: inout Statistics, right: Statistics) {
        left.received += right.received
        left.sent += right.sent
        left.rejected += right.rejected
        left.dropped += right.dropped
        left.discarded += right.discarded
        left.perhapsLate += right.perhapsLate
        left.lostAtLeast += right.lostAtLeast
        left.unsent += right.unsent
        left.failed += right.failed
    }
}
