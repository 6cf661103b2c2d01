internal import Synchronization

/// A number of places, taken and given back by many: how a listener keeps to its limit.
package final class Places: Sendable {
    private let state: Mutex<State>

    private let count: Int

    @safe private struct State {
        var free: Int
        /// Whether it was said that no place is free, and no quarter of them has been since.
        var hasSaidFull = false
        /// Those who wait for a place, the first of them first: at most one for each accepting task.
        var waiters = unsafe [UnsafeContinuation<Grant, Never>]()
        var isCancelled = false
    }

    private enum Grant: Sendable {
        case free, afterWaiting, cancelled
    }

    package init(_ count: Int) {
        self.count = count
        unsafe state = Mutex(State(free: count))
    }

    /// Whether whoever takes a place now waits for it, asked once: true again only after a quarter of the
    /// places, and at least one, has been free.
    var isFullForTheFirstTime: Bool {
        state.withLock { state in
            guard state.free == 0, !state.hasSaidFull else { return false }
            state.hasSaidFull = true
            return true
        }
    }

    /// Takes a place, waiting for one if need be. When one waiting task is cancelled, all are: they belong to
    /// one listener.
    ///
    /// - Returns: whether it had to wait.
    @discardableResult
    package func take() async throws(ParleyError) -> Bool {
        let grant = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Grant, Never>) in
                let grant = state.withLock { state -> Grant? in
                    if state.isCancelled { return .cancelled }
                    guard state.free > 0 else {
                        unsafe state.waiters.append(continuation)
                        return nil
                    }
                    state.free -= 1
                    return .free
                }
                if let grant { unsafe continuation.resume(returning: grant) }
            }
        } onCancel: {
            cancel()
        }
        guard grant != .cancelled else { throw .cancelled }
        return grant == .afterWaiting
    }

    private func cancel() {
        let waiters = unsafe state.withLock { state in
            state.isCancelled = true
            defer { unsafe state.waiters = [] }
            return unsafe state.waiters
        }
        unsafe waiters.forEach { unsafe $0.resume(returning: .cancelled) }
    }

    /// Gives a place back: to whoever has waited longest, if anybody does.
    package func giveBack() {
        let waiter = unsafe state.withLock { state -> UnsafeContinuation<Grant, Never>? in
            guard unsafe !state.waiters.isEmpty else {
                state.free += 1
                if state.free * 4 >= count { state.hasSaidFull = false }
                return nil
            }
            return unsafe state.waiters.removeFirst()
        }
        unsafe waiter?.resume(returning: .afterWaiting)
    }
}
