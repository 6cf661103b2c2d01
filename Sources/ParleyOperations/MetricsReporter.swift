public import Metrics
public import ParleyCore
internal import ParleyTypes
public import ParleyWire
internal import Synchronization

/// Tells swift-metrics what mailboxes, connections and listeners have done.
///
///     let reporter = MetricsReporter()
///     reporter.add(listener)
///     let service = MetricsService(reporter, every: .seconds(10))
///
/// Nothing is counted for it: ``report()`` looks at the counters that everything keeps anyway, so a message
/// costs the same with metrics and without. Each metric has the dimensions `transport` and `address`, the
/// local one.
///
/// - `parley.messages.sent`, `.received`, `.rejected`, `.dropped`, `.discarded`, `.perhaps_late`, `.lost_at_least`,
///   `.unsent`, `.failed`: counters of all three, as ``Statistics`` explains them; a listener's are the sums of the
///   connections that ``Listener/run(limits:_:)`` serves.
/// - `parley.queue.bytes`: a gauge of mailboxes and connections, where the system tells.
/// - `parley.queue.peers`: a gauge of listeners, where the system tells: peers that wait to be accepted.
/// - `parley.connections.accepted`, `.refused`, `.failed`, `.cutoff`, `.evicted`: counters of listeners.
/// - `parley.connections.active`: a gauge of listeners.
/// - `parley.accept.pauses`, `parley.accept.full`: counters of listeners: descriptors had run out; all places
///   were taken.
///
/// What it watches is not kept alive. A place that has gone is reported once more, to its last number, and
/// forgotten; its gauges then read 0.
public final class MetricsReporter: Sendable {
    private let factory: any MetricsFactory
    private let sources = Mutex<[MetricsSource]>([])

    /// - Parameter factory: nil takes the one that the program has set up (`MetricsSystem.bootstrap`).
    public init(factory: (any MetricsFactory)? = nil) {
        self.factory = factory ?? MetricsSystem.factory
    }

    /// Watches a mailbox.
    public func add<Inbound: Message, Outbound: Message>(_ mailbox: Mailbox<Inbound, Outbound>) {
        let dimensions = [
            ("transport", "\(mailbox.endpoint.transport)"), ("address", "\(mailbox.localAddress)"),
        ]
        add(
            [
                MessageInstruments(mailbox.statisticsReading, dimensions, factory),
                GaugeInstrument("parley.queue.bytes", mailbox.queueReading, dimensions, factory),
            ]
        ) { [weak mailbox] in mailbox != nil }
    }

    /// Watches a connection. Those of a listener are part of its numbers already.
    public func add<Inbound: Message, Outbound: Message>(
        _ connection: Connection<Inbound, Outbound>,
        transport: String
    ) {
        let dimensions = [("transport", transport), ("address", "\(connection.localAddress)")]
        add(
            [
                MessageInstruments(connection.statisticsReading, dimensions, factory),
                GaugeInstrument("parley.queue.bytes", connection.queueReading, dimensions, factory),
            ]
        ) { [weak connection] in connection != nil }
    }

    /// Watches a listener and the connections that it serves.
    public func add<Inbound: Message, Outbound: Message>(_ listener: Listener<Inbound, Outbound>) {
        let dimensions = [
            ("transport", "\(listener.endpoint.transport)"), ("address", "\(listener.localAddress)"),
        ]
        let reading = listener.statisticsReading
        add(
            [
                MessageInstruments({ reading().messages }, dimensions, factory),
                ListenerInstruments(reading, dimensions, factory),
                GaugeInstrument("parley.queue.peers", listener.queueReading, dimensions, factory),
            ]
        ) { [weak listener] in listener != nil }
    }

    private func add(_ instruments: [any Instrument], isAlive: @escaping @Sendable () -> Bool) {
        let source = MetricsSource(instruments: instruments, isAlive: isAlive)
        sources.withLock { $0.append(source) }
    }

    /// Reports what has happened since the last time.
    public func report() {
        sources.withLock { sources in
            sources.removeAll { source in
                let isAlive = source.isAlive()
                for instrument in source.instruments { instrument.report(isLast: !isAlive) }
                return !isAlive
            }
        }
    }
}

/// One place that is watched.
private struct MetricsSource: Sendable {
    var instruments: [any Instrument]
    var isAlive: @Sendable () -> Bool
}
