import Synchronization

/// The one word that ends the work: a signal, a reader that went away, an error in one of many tasks, or
/// enough messages. The first reason holds.
final class Stop: Sendable {
    static let shared = Stop()

    enum Reason: Sendable, Hashable {
        case signal(Int32)
        /// Whoever read our standard output is gone: `| head -1`.
        case outputClosed
        /// What was asked for has come.
        case enough
        case failed(Ending)
    }

    private struct State {
        var reason: Reason?
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var reason: Reason? { state.withLock { $0.reason } }

    /// Says stop; false when somebody else has said it before.
    @discardableResult
    func request(_ reason: Reason) -> Bool {
        let (isFirst, action) = state.withLock { state in
            guard state.reason == nil else { return (false, nil as (@Sendable () -> Void)?) }
            state.reason = reason
            return (true, state.action)
        }
        action?()
        return isFirst
    }

    /// What to do when somebody says stop; at once when it has been said.
    func whenRequested(_ action: @escaping @Sendable () -> Void) {
        let isRequested = state.withLock { state in
            state.action = action
            return state.reason != nil
        }
        if isRequested { action() }
    }

    /// How the command ends for this reason; nil when it ends well.
    var ending: Ending? {
        switch reason {
        case .signal(let number): .signal(number)
        case .failed(let ending): ending
        case .outputClosed, .enough, nil: nil
        }
    }
}
