package import ParleyTypes
internal import Synchronization

/// A state that tasks look at, change, and wait for: what the ports of a network without descriptors are made
/// of.
package final class Monitor<State: Sendable>: Sendable {
    private let locked: Mutex<Locked>

    private struct Locked {
        var state: State
        var waiters = Waiters()
    }

    package init(_ state: State) {
        locked = Mutex(Locked(state: state))
    }

    /// Looks at the state, or takes something out that nobody waits for the absence of.
    package func withLock<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try locked.withLock { (locked) throws(Failure) in try body(&locked.state) }
    }

    /// Changes the state and wakes those who wait, to look at it again.
    package func change(_ body: (inout State) -> Void) {
        let waiters = locked.withLock { locked in
            body(&locked.state)
            return locked.waiters.takeAll()
        }
        waiters.wake(.ready)
    }

    /// Suspends until the state fulfils a condition.
    ///
    /// - Throws: as ``Timekeeper/wait(_:until:giveUp:)``.
    package func wait(
        until deadline: MonotonicInstant,
        by timekeeper: some Timekeeper,
        for condition: (State) -> Bool
    ) async throws(SocketError) {
        while true {
            let waiter = Suspension()
            let isFulfilled = locked.withLock { locked in
                let isFulfilled = condition(locked.state)
                if !isFulfilled { locked.waiters.append(waiter) }
                return isFulfilled
            }
            if isFulfilled { return }
            try await timekeeper.wait(waiter, until: deadline) {
                locked.withLock { $0.waiters.remove(waiter) }
            }
        }
    }
}
