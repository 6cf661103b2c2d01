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
        let words = TourText("— any key goes on, q leaves —", zh: "—— 按任意键继续，按 q 退出 ——").text(in: language)
        try console.write("\n" + console.style.faint(words))
        let key = try key()
        if Style.isDumb {
            try console.write("\n")
        } else {
            try console.write(exactly: Array("\r\u{1b}[K".utf8))
        }
        return key != UInt8(ascii: "q") && key != UInt8(ascii: "Q")
    }

    /// The key; nil when nobody can press one any more.
    private func key() throws(Ending) -> UInt8? {
        while true {
            var given = termios()
            guard unsafe tcgetattr(STDIN_FILENO, &given) == 0 else { return nil }
            let read = Self.reading(given)
            if Stop.shared.reason != nil { throw Stop.shared.ending ?? .silent(.done) }
            guard case .success(let keys) = read, let key = keys.first else { return nil }
            let signals = [(VINTR, SIGINT), (VQUIT, SIGQUIT), (VSUSP, SIGTSTP)]
            let control = unsafe withUnsafeBytes(of: given.c_cc) { unsafe Array($0) }
            guard let (_, number) = signals.first(where: { control[Int($0.0)] == key && key != 0 }) else {
                return key
            }
            // To all that run here together, as the terminal would have sent it.
            kill(0, number)
            while number == SIGINT, Stop.shared.reason == nil { usleep(1000) }
        }
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
