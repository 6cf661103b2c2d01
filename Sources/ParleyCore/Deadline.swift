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

    /// Receives once, for whoever reads a mailbox or a connection.
    ///
    /// - Parameters:
    ///   - isFirst: whether the deadline may have passed already: what has come is always looked at once.
    ///   - fill: receives; false at the end, the peer's or this side's own.
    /// - Returns: what `fill` returns.
    func receive(
        timeout: Duration?,
        until deadline: MonotonicInstant,
        isFirst: Bool,
        _ fill: () async throws(SocketError) -> Bool
    ) async throws(ParleyError) -> Bool {
        do throws(SocketError) {
            if !isFirst { try check(deadline) }
            return try await fill()
        } catch {
            throw ParleyError(error, timeout: timeout)
        }
    }
}
