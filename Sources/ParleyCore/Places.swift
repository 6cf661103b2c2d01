internal import Synchronization

/// A number of places, taken by one task and given back by many: how a listener keeps to its limit.
package final class Places: Sendable {
    private let state: Mutex<State>

    @safe private struct State {
        var free: Int
        /// Whoever waits for a place: only the accepting task takes places, so there is one at most.
        var waiter: UnsafeContinuation<Bool, Never>?
        var isCancelled = false
    }

    package init(_ count: Int) {
        unsafe state = Mutex(State(free: count))
    }

    /// Takes a place, waiting for one if need be.
    ///
    /// - Returns: whether it had to wait.
    @discardableResult
    package func take() async throws(ParleyError) -> Bool {
        let hasWaited = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                let resumesAtOnce = state.withLock { state in
                    if state.free > 0 || state.isCancelled { return true }
                    unsafe state.waiter = continuation
                    return false
                }
                if resumesAtOnce { unsafe continuation.resume(returning: false) }
            }
        } onCancel: {
            wake { $0.isCancelled = true }
        }
        let isTaken = state.withLock { state in
            guard !state.isCancelled else { return false }
            state.free -= 1
            return true
        }
        guard isTaken else { throw .cancelled }
        return hasWaited
    }

    package func giveBack() {
        wake { $0.free += 1 }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = unsafe state.withLock { state in
            change(&state)
            let waiter = unsafe state.waiter
            unsafe state.waiter = nil
            return unsafe waiter
        }
        unsafe waiter?.resume(returning: true)
    }
}
