internal import Synchronization

/// The loop as an executor: tasks that prefer it run on the loop's own thread, so that a message that comes
/// wakes one thread instead of two. Code that blocks there blocks every socket of the loop.
extension EventLoop: TaskExecutor {
    /// Never runs the job at once: the loop does, after the events that it is looking at.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        // The loop's own thread looks at the queue before it sleeps.
        if isFirst, !isOnOwnThread { wake() }
    }

    /// Runs the jobs that are there, not those that they add: sockets get their turn in between.
    func runJobs() {
        let batch = jobs.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        let executor = unsafe asUnownedTaskExecutor()
        for job in batch { unsafe job.runSynchronously(on: executor) }
    }
}
