package import Logging
package import ParleyTypes
internal import Synchronization

/// Lets one line of a kind through a second, and counts the others: a flood of mishaps must not fill a disk.
package final class LogGate: Sendable {
    private struct State {
        var opensAt = MonotonicInstant(nanoseconds: .min)
        var suppressed = 0
    }

    private let state = Mutex(State())
    private let interval: Duration

    package init(interval: Duration = .seconds(1)) {
        self.interval = interval
    }

    /// Asks to write a line.
    ///
    /// - Returns: how many lines were suppressed since the last one; nil when this one is to be suppressed.
    package func pass(at now: MonotonicInstant) -> Int? {
        state.withLock { state in
            guard now >= state.opensAt else {
                state.suppressed += 1
                return nil
            }
            state.opensAt = now.advanced(by: interval)
            defer { state.suppressed = 0 }
            return state.suppressed
        }
    }
}

extension Logger.Metadata {
    /// What a line says about those that were suppressed before it: nothing when there were none.
    package static func suppressed(_ count: Int) -> Logger.Metadata {
        count == 0 ? [:] : ["suppressed": "\(count)"]
    }
}
