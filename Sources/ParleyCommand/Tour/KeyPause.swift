import Glibc
import ParleyTypes

/// Waits for a key at a terminal, and leaves the terminal as it was, however the wait ends.
///
/// The keys that send signals are read as keys meanwhile, and the signal is sent when the terminal is restored: a shell
/// that gets it back, stopped or not, has it as it gave it.
struct KeyPause {
    /// Nil where nobody can press a key: a pipe on either side, or a job in the background, which the terminal would
    /// stop.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp()
        else {
            return nil
        }
    }

    /// Whether to go on; `false` for q.
    func goesOn(_ language: TourLanguage, _ console: Console) throws(Ending) -> Bool {
        let words = TourText("— any key goes on, q leaves —", zh: "—— 按任意键继续，按 q 退出 ——")
        try console.write("\n")
        while true {
            try console.write(console.style.faint(words.text(in: language)))
            var given = termios()
            guard unsafe tcgetattr(STDIN_FILENO, &given) == 0 else { return true }
            let keys = Self.reading(given)
            let isErased = Stop.shared.reason == nil && !Style.isDumb
            try console.write(exactly: Array((isErased ? "\r\u{1b}[K" : "\n").utf8))
            if Stop.shared.reason != nil { throw Stop.shared.ending ?? .silent(.done) }
            // Nobody can press one any more.
            guard case .success(let bytes) = keys, let key = bytes.first else { return true }
            guard let number = Self.signalNumber(of: key, given) else {
                return key != UInt8(ascii: "q") && key != UInt8(ascii: "Q")
            }
            Self.send(number)
            if Stop.shared.reason != nil { throw Stop.shared.ending ?? .silent(.done) }
        }
    }

    /// Sends a signal to all that run here together, as the terminal would have done; returns when it has had its
    /// effect.
    private static func send(_ number: Int32) {
        guard number != SIGINT else {
            kill(0, number)
            while Stop.shared.reason == nil { usleep(1000) }
            return
        }
        // To the others, and then to this thread: one that another thread takes would let this one go on, and ask
        // again, before all are stopped.
        signal(number, SIG_IGN)
        kill(0, number)
        signal(number, SIG_DFL)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, number)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
    }

    /// The signal that the terminal sends for a key.
    private static func signalNumber(of key: UInt8, _ attributes: termios) -> Int32? {
        let keys = unsafe withUnsafeBytes(of: attributes.c_cc) { unsafe Array($0) }
        let signals = [(VINTR, SIGINT), (VQUIT, SIGQUIT), (VSUSP, SIGTSTP)]
        return key == 0 ? nil : signals.first { keys[Int($0.0)] == key }?.1
    }

    private static func reading(_ given: termios) -> Result<[UInt8], SystemFailure> {
        unsafe givenAttributes = given
        for number in fatal {
            signal(number) { number in
                // Only what is safe within a handler.
                unsafe tcsetattr(STDIN_FILENO, TCSANOW, &givenAttributes)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        defer {
            unsafe tcsetattr(STDIN_FILENO, TCSANOW, &givenAttributes)
            for number in fatal { signal(number, SIG_DFL) }
        }
        var raw = given
        raw.c_lflag &= ~UInt32(ICANON | ECHO | ISIG)
        // What was typed before the question is no answer to it.
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else {
            return .failure(SystemFailure(code: ErrorCode(rawValue: errno)))
        }
        return Files.readSome(STDIN_FILENO)
    }

    /// Those that would end the process at once; SIGINT and SIGTERM end the wait.
    private static let fatal = [SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2]
}

/// The terminal as it was given to us. Statically initialized, so that a handler may read it.
nonisolated(unsafe) private var givenAttributes = termios()
