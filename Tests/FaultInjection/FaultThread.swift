import Glibc
internal import Synchronization

/// A thread of its own as an executor: what runs there meets its faults alone, system calls that a task makes itself
/// and none that others make for it.
///
/// For processes of their own (exit tests): threads that the runtime starts from here inherit the fault.
@safe public final class FaultThread: TaskExecutor, @unchecked Sendable {
    // Sendable by hand: the queue is touched under the lock only.
    private var queue: [UnownedJob] = []
    private var lock = unsafe pthread_mutex_t()
    private var changed = pthread_cond_t()

    public init() {
        unsafe pthread_mutex_init(&lock, nil)
        unsafe pthread_cond_init(&changed, nil)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                unsafe Unmanaged<FaultThread>.fromOpaque(argument!).takeRetainedValue().work()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        precondition(code == 0, "no thread for the test")
        pthread_detach(thread)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        unsafe pthread_mutex_lock(&lock)
        queue.append(job)
        unsafe pthread_cond_signal(&changed)
        unsafe pthread_mutex_unlock(&lock)
    }

    /// For ever: the thread ends with its process.
    private func work() {
        let executor = unsafe asUnownedTaskExecutor()
        while true {
            unsafe pthread_mutex_lock(&lock)
            while queue.isEmpty { unsafe pthread_cond_wait(&changed, &lock) }
            let job = queue.removeFirst()
            unsafe pthread_mutex_unlock(&lock)
            unsafe job.runSynchronously(on: executor)
        }
    }

    /// Runs `body` on a new thread, after it has met `fault`.
    public static func run<Value: Sendable>(
        meeting fault: Fault,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let thread = FaultThread()
        return try await withTaskExecutorPreference(thread) {
            try fault.inject()
            return try await body()
        }
    }
}
