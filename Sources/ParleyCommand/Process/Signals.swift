import Glibc

/// INT and TERM: the first asks the work to stop, the second ends the process at once.
enum Signals {
    /// Starts to watch. Before any other thread is started: threads inherit what is blocked.
    static func watch() {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        Thread.start {
            var set = sigset_t()
            unsafe sigemptyset(&set)
            unsafe sigaddset(&set, SIGINT)
            unsafe sigaddset(&set, SIGTERM)
            var isStopping = false
            while true {
                var number: Int32 = 0
                guard unsafe sigwait(&set, &number) == 0 else { continue }
                if isStopping { _exit(128 + number) }
                isStopping = true
                Stop.shared.request(.signal(number))
            }
        }
    }

    /// Watches for the end of whoever reads a pipe that we write to, so that `| head -1` ends us before the next message.
    static func watchOutput() {
        var status = stat()
        guard unsafe fstat(STDOUT_FILENO, &status) == 0 else { return }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFIFO || kind == S_IFSOCK else { return }
        Thread.start {
            var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            while unsafe poll(&descriptor, 1, -1) < 0, errno == EINTR {}
            if Int32(descriptor.revents) & (POLLERR | POLLHUP) != 0 { Stop.shared.request(.outputClosed) }
        }
    }
}

/// A thread of our own, for calls that block: nobody waits for it.
enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let result = unsafe pthread_create(&thread, nil, { argument in
            unsafe Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
        if result == 0 { pthread_detach(thread) } else { unsafe box.release() }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
