internal import Metrics
internal import ParleyCore
internal import Synchronization

/// Some metrics of one place. Called by one task at a time.
protocol Instrument: Sendable {
    func report(isLast: Bool)
}

/// A counter that is told sums and passes on differences.
struct SumCounter: Sendable {
    private let counter: Counter
    private var before = 0

    init(_ label: String, _ dimensions: [(String, String)], _ factory: any MetricsFactory) {
        counter = Counter(label: label, dimensions: dimensions, factory: factory)
    }

    mutating func report(_ sum: Int) {
        // A datagram that turns out to be no message is taken back from those received: a number may shrink.
        guard sum > before else { return }
        counter.increment(by: sum - before)
        before = sum
    }
}

/// What was sent, received, rejected, dropped, discarded, lost, not sent and not answered.
final class MessageInstruments: Instrument {
    private struct State {
        var sent: SumCounter
        var received: SumCounter
        var rejected: SumCounter
        var dropped: SumCounter
        var discarded: SumCounter
        var perhapsLate: SumCounter
        var lostAtLeast: SumCounter
        var unsent: SumCounter
        var failed: SumCounter
    }

    private let state: Mutex<State>
    private let reading: @Sendable () -> Statistics

    init(
        _ reading: @escaping @Sendable () -> Statistics,
        _ dimensions: [(String, String)],
        _ factory: any MetricsFactory
    ) {
        self.reading = reading
        state = Mutex(
            State(
                sent: SumCounter("parley.messages.sent", dimensions, factory),
                received: SumCounter("parley.messages.received", dimensions, factory),
                rejected: SumCounter("parley.messages.rejected", dimensions, factory),
                dropped: SumCounter("parley.messages.dropped", dimensions, factory),
                discarded: SumCounter("parley.messages.discarded", dimensions, factory),
                perhapsLate: SumCounter("parley.messages.perhaps_late", dimensions, factory),
                lostAtLeast: SumCounter("parley.messages.lost_at_least", dimensions, factory),
                unsent: SumCounter("parley.messages.unsent", dimensions, factory),
                failed: SumCounter("parley.messages.failed", dimensions, factory)
            )
        )
    }

    func report(isLast: Bool) {
        let statistics = reading()
        state.withLock { state in
            state.sent.report(statistics.sent)
            state.received.report(statistics.received)
            state.rejected.report(statistics.rejected)
            state.dropped.report(statistics.dropped)
            state.discarded.report(statistics.discarded)
            state.perhapsLate.report(statistics.perhapsLate)
            state.lostAtLeast.report(statistics.lostAtLeast)
            state.unsent.report(statistics.unsent)
            state.failed.report(statistics.failed)
        }
    }
}

/// What became of a listener's connections.
final class ListenerInstruments: Instrument {
    private struct State {
        var accepted: SumCounter
        var refused: SumCounter
        var failed: SumCounter
        var cutOff: SumCounter
        var evicted: SumCounter
        var pauses: SumCounter
        var fullWaits: SumCounter
    }

    private let state: Mutex<State>
    private let active: Gauge
    private let reading: @Sendable () -> ListenerStatistics

    init(
        _ reading: @escaping @Sendable () -> ListenerStatistics,
        _ dimensions: [(String, String)],
        _ factory: any MetricsFactory
    ) {
        self.reading = reading
        active = Gauge(label: "parley.connections.active", dimensions: dimensions, factory: factory)
        state = Mutex(
            State(
                accepted: SumCounter("parley.connections.accepted", dimensions, factory),
                refused: SumCounter("parley.connections.refused", dimensions, factory),
                failed: SumCounter("parley.connections.failed", dimensions, factory),
                cutOff: SumCounter("parley.connections.cutoff", dimensions, factory),
                evicted: SumCounter("parley.connections.evicted", dimensions, factory),
                pauses: SumCounter("parley.accept.pauses", dimensions, factory),
                fullWaits: SumCounter("parley.accept.full", dimensions, factory)
            )
        )
    }

    func report(isLast: Bool) {
        let statistics = reading()
        active.record(isLast ? 0 : statistics.active)
        state.withLock { state in
            state.accepted.report(statistics.accepted)
            state.refused.report(statistics.refused)
            state.failed.report(statistics.failed)
            state.cutOff.report(statistics.cutOff)
            state.evicted.report(statistics.evicted)
            state.pauses.report(statistics.acceptPauses)
            state.fullWaits.report(statistics.fullWaits)
        }
    }
}

/// How full a queue is, where the system tells.
final class GaugeInstrument: Instrument {
    private let gauge: Gauge
    private let reading: @Sendable () -> Int?

    init(
        _ label: String,
        _ reading: @escaping @Sendable () -> Int?,
        _ dimensions: [(String, String)],
        _ factory: any MetricsFactory
    ) {
        gauge = Gauge(label: label, dimensions: dimensions, factory: factory)
        self.reading = reading
    }

    func report(isLast: Bool) {
        if isLast { return gauge.record(0) }
        if let depth = reading() { gauge.record(depth) }
    }
}
