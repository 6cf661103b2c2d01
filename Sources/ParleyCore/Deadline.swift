public import ParleyNetwork
public import ParleyTypes

extension Network {
    /// When a wait of at most `timeout` ends; nil waits for ever.
    @usableFromInline
    func deadline(after timeout: Duration?) -> MonotonicInstant {
        timeout.map { now.advanced(by: $0) } ?? .distantFuture
    }

    /// Ends a call whose time is up although it never had to wait: others may send faster than it finds what
    /// it wants.
    func check(_ deadline: MonotonicInstant) throws(SocketError) {
        if deadline != .distantFuture, now >= deadline { throw SocketError(.wait, .timedOut) }
    }
}
