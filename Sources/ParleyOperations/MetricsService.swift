internal import ParleyCore
public import ServiceLifecycle

/// Reports metrics again and again, and once more at the end. Put it before what it watches in a
/// `ServiceGroup`, which ends its services in reverse order: so the last report has the last numbers.
public struct MetricsService: Service {
    private let reporter: MetricsReporter
    private let interval: Duration

    /// - Parameter interval: the time between two reports, on the clock of the task's network.
    public init(_ reporter: MetricsReporter, every interval: Duration = .seconds(10)) {
        self.reporter = reporter
        self.interval = interval
    }

    /// Reports until the graceful shutdown begins or the task is cancelled; throws nothing of its own.
    public func run() async throws {
        defer { reporter.report() }
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    reporter.report()
                    try await NetworkEnvironment.sleep(for: interval)
                }
            }
        } catch let error where error.isCancellation {
            // Asked to end, in either way.
        }
    }
}
