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

/// A network whose clock can wake whoever waits for something else than a port.
package protocol TimekeepingNetwork: Network {
    var timekeeper: (any Timekeeper)? { get }
}

extension Network {
    /// Suspends until `suspension` is woken, by the deadline if by nothing else.
    ///
    /// - Throws: `.timedOut` or `.cancelled`, as operation `.wait`. What would have woken the suspension is not undone.
    package func wait(for suspension: Suspension, until deadline: MonotonicInstant) async throws(SocketError)
    {
        if let timekeeper = (self as? any TimekeepingNetwork)?.timekeeper {
            return try await timekeeper.wait(suspension, until: deadline) {}
        }
        // Its clock is known by `sleep` alone.
        let reason = await withTaskGroup(of: Void.self) { group in
            if deadline != .distantFuture {
                group.addTask { [self] in
                    let slept: Void? = try? await sleep(until: deadline)
                    // A clock that fails must not make waits endless.
                    if slept != nil || !Task.isCancelled { suspension.wake(.timedOut) }
                }
            }
            let reason = await suspension.wait()
            group.cancelAll()
            return reason
        }
        switch reason {
        case .ready: return
        case .timedOut: throw SocketError(.wait, .timedOut)
        case .cancelled: throw SocketError(.wait, .cancelled)
        case .closed: throw SocketError(.wait, .badDescriptor)
        }
    }
}
