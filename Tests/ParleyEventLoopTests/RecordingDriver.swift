import ParleyNetwork
import ParleyTypes
import Synchronization

@testable import ParleyEventLoop

/// Writes down what it is told.
final class RecordingDriver: Driver {
    enum Call {
        case received, writable, alarm, signalled, ended
    }

    private let port: any Port
    private let takesMax: Int
    private let state = Mutex(State())

    private struct State {
        var calls: [(Call, MonotonicInstant)] = []
        var taken = 0
        var onSignal: (@Sendable () -> Void)?
        var onCall: (@Sendable (Call) -> Void)?
    }

    init(_ port: any Port, takes takesMax: Int) {
        self.port = port
        self.takesMax = takesMax
    }

    var taken: Int { state.withLock(\.taken) }

    var onSignal: (@Sendable () -> Void)? {
        get { state.withLock(\.onSignal) }
        set { state.withLock { $0.onSignal = newValue } }
    }

    var onCall: (@Sendable (Call) -> Void)? {
        get { state.withLock(\.onCall) }
        set { state.withLock { $0.onCall = newValue } }
    }

    var all: [Call] { state.withLock { $0.calls.map(\.0) } }

    /// Whether no call but the end, which has none, was told an earlier time than the one before.
    var isInOrder: Bool {
        let times = state.withLock { $0.calls.filter { $0.0 != .ended }.map(\.1) }
        return zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    }

    func calls(_ call: Call) -> Int { times(call).count }

    func times(_ call: Call) -> [MonotonicInstant] {
        state.withLock { $0.calls.filter { $0.0 == call }.map(\.1) }
    }

    private func note(_ call: Call, _ now: MonotonicInstant) {
        state.withLock { $0.calls.append((call, now)) }
        onCall?(call)
    }

    func received(at now: MonotonicInstant) {
        note(.received, now)
        guard let port = port as? any MessagePort else { return }
        let batch = ReceiveBatch(slots: takesMax, slotBytes: 16)
        guard case .received = try? port.receive(into: batch) else { return }
        state.withLock { $0.taken += batch.count }
    }

    func writable(at now: MonotonicInstant) { note(.writable, now) }
    func alarm(at now: MonotonicInstant) { note(.alarm, now) }

    func signalled(at now: MonotonicInstant) {
        onSignal?()
        note(.signalled, now)
    }

    func ended() { note(.ended, MonotonicInstant(nanoseconds: 0)) }
}
