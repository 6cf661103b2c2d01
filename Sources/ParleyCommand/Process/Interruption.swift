import Glibc
import Synchronization

/// Ends calls that block for as long as others like, once a signal has asked the command to end: writing to
/// a pipe that nobody reads, reading one that nobody writes, opening a FIFO.
///
/// Such a call runs in a thread that others may be waiting for, and no flag reaches it. A signal to that
/// thread does (EINTR), and is sent again until the thread is out, because one that comes just before the
/// call is lost. What O_NONBLOCK would do is not ours to do: it would hold for everybody who shares the
/// terminal or the pipe.
enum Interruption {
    /// What a call waits for: data, or the other end of a FIFO, which nobody misses at the end; or a reader
    /// of our output, who may be slow and not stuck: what is under way has a moment.
    enum Kind {
        case input, output
    }

    /// In milliseconds, as the pause between two signals is.
    private static let patience = 500
    private static let period = 20
    /// Its usual effect is none, so that nobody is surprised by it, us included.
    private static let signalNumber = SIGURG

    private struct State {
        var calls: [(thread: pthread_t, kind: Kind)] = []
        var endsInput = false
        var endsOutput = false
    }

    private static let state = Mutex(State())

    /// Whether calls of this kind wait no longer.
    static func ends(_ kind: Kind) -> Bool {
        state.withLock { kind == .input ? $0.endsInput : $0.endsOutput }
    }

    /// Makes a system call that may block; again where it was interrupted by what does not concern it.
    ///
    /// - Returns: What the call returned. After -1 `errno` is EINTR only when the command is to end.
    static func call(_ kind: Kind, _ body: () -> Int) -> Int {
        let thread = pthread_self()
        letSignalIn()
        while true {
            state.withLock { $0.calls.append((thread, kind)) }
            let result = body()
            let code = errno
            let isOver = state.withLock { state in
                let index = state.calls.firstIndex { $0.thread == thread }
                if let index { state.calls.remove(at: index) }
                return kind == .input ? state.endsInput : state.endsOutput
            }
            errno = code
            if result == -1, code == EINTR, !isOver { continue }
            return result
        }
    }

    /// The runtime's threads have every signal blocked.
    private static func letSignalIn() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, signalNumber)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Begins to end calls: what reads at once, what writes in a moment.
    static func begin() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        // Without SA_RESTART the call returns.
        unsafe sigaction(signalNumber, &action, nil)
        Thread.start {
            // Whoever is interrupted asks `Stop` why.
            while Stop.shared.reason == nil { usleep(1000) }
            var waited = 0
            while true {
                state.withLock { state in
                    state.endsInput = true
                    state.endsOutput = waited >= patience
                    for call in state.calls where call.kind == .input || state.endsOutput {
                        pthread_kill(call.thread, signalNumber)
                    }
                }
                usleep(UInt32(period) * 1000)
                waited += period
            }
        }
    }
}
