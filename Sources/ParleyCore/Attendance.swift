internal import Synchronization

/// How many are still there, and one who waits for the last of them to leave.
final class Attendance: Sendable {
    private let state = Mutex(State())

    @safe private struct State {
        var present = 0
        var waiter = unsafe UnsafeContinuation<Void, Never>?.none
    }

    func enter() { state.withLock { $0.present += 1 } }

    func leave() {
        let waiter = unsafe state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.present -= 1
            guard state.present == 0 else { return nil }
            defer { unsafe state.waiter = nil }
            return unsafe state.waiter
        }
        unsafe waiter?.resume()
    }

    /// Waits until all have left; nobody enters any more.
    func end() async {
        await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let isOver = state.withLock { state in
                if state.present > 0 { unsafe state.waiter = continuation }
                return state.present == 0
            }
            if isOver { unsafe continuation.resume() }
        }
    }
}
