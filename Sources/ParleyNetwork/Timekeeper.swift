package import ParleyTypes

/// Whoever keeps the deadlines of a network's waits: an event loop by the machine's clock, a simulation by its
/// own.
package protocol Timekeeper: AnyObject, Sendable {
    /// Has the target's time come at the deadline.
    ///
    /// - Returns: its number, for ``cancel(_:)``.
    func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64

    /// Forgets what was scheduled and has not come yet.
    func cancel(_ timer: UInt64)
}

extension Timekeeper {
    /// Suspends until `waiter` is woken, by the deadline if by nothing else.
    ///
    /// - Parameter giveUp: undoes whatever would have woken the waiter.
    /// - Throws: `.timedOut`, `.cancelled` or `.badDescriptor`, as operation `.wait`.
    @inlinable
    package func wait(
        _ waiter: Suspension,
        until deadline: MonotonicInstant,
        giveUp: () -> Void
    ) async throws(SocketError) {
        let timer = deadline == .distantFuture ? nil : schedule(deadline, .wake(waiter))
        let reason = await waiter.wait()
        if let timer, reason != .timedOut { cancel(timer) }
        switch reason {
        case .ready: return
        case .closed: throw SocketError(.wait, .badDescriptor)
        case .timedOut:
            giveUp()
            throw SocketError(.wait, .timedOut)
        case .cancelled:
            giveUp()
            throw SocketError(.wait, .cancelled)
        }
    }

    /// Suspends until the deadline.
    package func sleep(until deadline: MonotonicInstant) async throws(SocketError) {
        do throws(SocketError) {
            try await wait(Suspension(), until: deadline) {}
        } catch {
            if error.code != .timedOut { throw error }
        }
    }
}
