internal import CParleyLinux
internal import Glibc

/// What a thread waits for while only others can go on. Not for the threads of tasks.
@safe package final class ThreadBell: @unchecked Sendable {
    // Sendable by hand: sem_post(3) and sem_timedwait(3) are for several threads.
    private let semaphore: UnsafeMutablePointer<sem_t>

    package init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    package func ring() { unsafe sem_post(semaphore) }

    /// Waits until it rings, or has rung since the last time.
    ///
    /// - Returns: false when it has not for so long.
    package func wait(secondsMax: Int) -> Bool {
        var limit = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &limit)
        limit.tv_sec += secondsMax
        while unsafe sem_timedwait(semaphore, &limit) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
