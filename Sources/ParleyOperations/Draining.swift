internal import Logging
internal import ParleyCore
internal import ServiceLifecycle

/// Runs `work` to its end. A graceful shutdown asks it to come to its end; what has not within `limit` is
/// cancelled.
func withDraining(
    within limit: Duration,
    _ logger: Logger,
    ask: @escaping @Sendable () -> Void,
    _ work: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            try await work()
            return true
        }
        group.addTask {
            // It throws a CancellationError of its own; a service ends as all of Parley does.
            do { try await gracefulShutdown() } catch { throw ParleyError.cancelled }
            ask()
            try await NetworkEnvironment.sleep(for: limit)
            return false
        }
        let isDone = try await group.next() ?? true
        group.cancelAll()
        if isDone { return }
        logger.warning(
            "the time to drain is over, what is left is cancelled",
            metadata: ["limit": "\(limit)"]
        )
        while let end = await group.nextResult() {
            // Ended by our own word: the shutdown is what was asked for.
            if case .failure(let error) = end, !error.isCancellation { throw error }
        }
    }
}
