internal import Synchronization

/// A number of places, taken by one task and given back by many: how a listener keeps to its limit.
final class Places: Sendable {
    private let state: Mutex<State>

    @safe private struct State {
        var free: Int
        /// Whoever waits for a place: only the accepting task takes places, so there is one at most.
        var waiter: UnsafeContinuation<Void, Never>?
        var isCancelled = false
    }

    init(_ count: Int) {
        unsafe state = Mutex(State(free: count))
    }

    /// Takes a place, waiting for one if need be.
    func take() async throws(ParleyError) {
        await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                let resumesAtOnce = state.withLock { state in
                    if state.free > 0 || state.isCancelled { return true }
                    unsafe state.waiter = continuation
                    return false
                }
                if resumesAtOnce { unsafe continuation.resume() }
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
    }

    func giveBack() {
        wake { $0.free += 1 }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = unsafe state.withLock { state in
            change(&state)
            let waiter = unsafe state.waiter
            unsafe state.waiter = nil
            return unsafe waiter
        }
        unsafe waiter?.resume()
    }
}
