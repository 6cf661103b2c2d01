import Glibc
import ParleyCore
import ParleyTypes

/// INT and TERM: the first asks the work to stop, the second ends the process at once.
enum Signals {
    /// A second signal so soon after the first is the same wish: timeout(1) signals its child and then its
    /// group, and a shell's pipeline may do as much.
    private static let echo = Duration.milliseconds(200)
    /// Work that computes on and looks at nothing is not waited for any longer than this.
    private static let patience = Duration.seconds(10)

    /// Starts to watch. A handler and a pipe: the main thread of an async program waits with nothing blocked,
    /// so blocked signals would end the process there.
    ///
    /// SIGINT counts even where the shell ignores it for background jobs: who sends it by `kill` means it.
    static func watch() {
        signal(SIGPIPE, SIG_IGN)
        // Swift's runtime takes it for a crash, prints a backtrace and goes on.
        signal(SIGQUIT, SIG_DFL)
        // Without a pipe, or a thread that reads it, signals keep their usual effect, which is to end the process.
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { buffer in
            unsafe pipe(buffer.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { return }
        for end in [ends.0, ends.1] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler never waits, not even for a thread that is late.
        _ = fcntl(ends.1, F_SETFL, O_WRONLY | O_NONBLOCK)
        let input = ends.0
        guard Thread.start({ listen(to: input) }) else {
            close(ends.0)
            close(ends.1)
            return
        }
        unsafe signalPipe = ends.1
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                // Only what is safe within a handler: a byte says which signal it was.
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(signalPipe, &byte, 1)
                errno = saved
            }
        }
        // Whoever started us may have had them blocked, and blocking is inherited.
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGQUIT)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func listen(to descriptor: Int32) {
        var first: (signal: Int32, at: MonotonicInstant)?
        var byte: UInt8 = 0
        while true {
            if let first, !hears(descriptor, until: first.at.advanced(by: patience)) {
                Console(isJSON: Program.arguments.contains("--json")).remark(
                    "ended in the midst of its work, which did not stop within \(patience.spelled) of the signal"
                )
                ErrorLines.shared.finish()
                _exit(128 + first.signal)
            }
            let count = unsafe read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return unheard() }
            // Nothing but the handler writes here, and it knows two signals.
            guard byte == UInt8(SIGINT) || byte == UInt8(SIGTERM) else { continue }
            guard let began = first else {
                first = (Int32(byte), NetworkEnvironment.now)
                Interruption.begin()
                Stop.shared.request(.signal(Int32(byte)))
                continue
            }
            if began.at.duration(to: NetworkEnvironment.now) > echo { _exit(128 + Int32(byte)) }
        }
    }

    /// Waits for another signal; false when none has come in time.
    private static func hears(_ descriptor: Int32, until deadline: MonotonicInstant) -> Bool {
        while true {
            let rest = NetworkEnvironment.now.duration(to: deadline)
            guard rest > .zero else { return false }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&waiting, 1, Int32(rest / .milliseconds(1)) + 1)
            if count != 0 { return count > 0 || errno != EINTR }
        }
    }

    /// Gives signals their usual effect back: nobody would hear of them.
    private static func unheard() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }

    /// Watches for the end of whoever reads a pipe that we write to, so that `| head -1` ends us before the
    /// next message.
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

/// Where the handler writes. Statically initialized, so that reading it within a handler starts nothing.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// A thread of our own, for calls that block: nobody waits for it.
enum Thread {
    /// - Returns: `false` when the system has no thread to give; then `body` never runs.
    @discardableResult
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                unsafe Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        if result == 0 { pthread_detach(thread) } else { unsafe box.release() }
        return result == 0
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
