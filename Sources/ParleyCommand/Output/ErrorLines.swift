import CParleyLinux
import Glibc
import Synchronization

/// Standard error, line by line, without a wait for whoever reads it.
///
/// A line is written at once where that cannot block. What does not fit waits in a queue of at most
/// ``bytesMax``, which a thread of its own writes; order is kept. What does not fit there either is dropped
/// and counted, and the count is said as soon as there is room again, so that an operator who does not read
/// stops no service. Commands with an end of their own wait instead: their words are what was asked for.
final class ErrorLines: Sendable {
    static let shared = ErrorLines(descriptor: STDERR_FILENO)

    /// Some thousands of lines.
    static let bytesMax = 256 << 10
    /// How long the end of the command waits for a reader that does not read, and a service's line for a
    /// terminal.
    private static let farewell = 1000
    private static let terminalPatience = 100

    /// What is done with a line that does not fit.
    enum Manner: Sendable {
        /// Drop it.
        case drop
        /// Wait, until a signal asks the command to end.
        case wait
        /// Take it all the same: it is the last.
        case keep
    }

    private let descriptor: Int32
    private let way: Way
    private let state = Mutex(State())

    private struct State {
        var queue: [UInt8] = []
        /// How much of the queue has been written.
        var done = 0
        var written = 0
        var isDraining = false
        /// Nobody waits for a terminal that has not taken the last line in time.
        var isStuck = false
        /// Since the queue was full, until half of it is free.
        var isDropping = false
        var dropped = 0
        var droppedEver = 0
        /// How the count of dropped lines is said.
        var words: @Sendable (Int) -> String = { _ in "" }

        var waiting: Int { queue.count - done }
    }

    /// How to write without blocking, and without changing what others share with us.
    private enum Way {
        /// Files take everything at once.
        case direct
        case pipe
        case socket
        /// Terminals can be opened anew, without blocking.
        case own(Int32)
        /// Everything else is left to the thread.
        case thread
    }

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            way = .direct
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: way = .pipe
        case S_IFSOCK: way = .socket
        case S_IFCHR where isatty(descriptor) == 1:
            let own = unsafe open(
                "/proc/self/fd/\(descriptor)",
                O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            )
            way = own > STDERR_FILENO ? .own(own) : .thread
        default: way = .direct
        }
    }

    /// How many lines were dropped so far.
    var droppedCount: Int { state.withLock { $0.droppedEver } }

    /// Writes a line with its end, at once or later.
    ///
    /// - Parameter words: The line that says how many were dropped, with its end.
    func write(_ line: [UInt8], _ manner: Manner, words: @escaping @Sendable (Int) -> String) {
        while true {
            let (isTaken, mustWait) = state.withLock { state -> (Bool, Bool) in
                state.words = words
                if manner == .wait, state.waiting > 0, state.waiting + line.count > Self.bytesMax,
                    !Interruption.ends(.output)
                {
                    return (false, true)
                }
                take(line, manner, &state)
                return (true, false)
            }
            if isTaken { break }
            if mustWait { Self.pause() }
        }
        if case .thread = way { waitForTerminal() }
    }

    private func take(_ line: [UInt8], _ manner: Manner, _ state: inout State) {
        if state.waiting == 0, !state.isDraining {
            let count = attempt(line)
            guard count < line.count else { return }
            append(line[count...], &state)
        } else if isLost(line, manner, state) {
            // A piece may hold many lines.
            let count = max(1, line.count { $0 == UInt8(ascii: "\n") })
            state.isDropping = true
            state.dropped += count
            state.droppedEver += count
        } else {
            confess(&state)
            append(line[...], &state)
        }
    }

    private func isLost(_ line: [UInt8], _ manner: Manner, _ state: State) -> Bool {
        let isFull = state.waiting + line.count > Self.bytesMax
        return switch manner {
        case .drop: state.isDropping || isFull
        // What waits is given up only when a signal has ended the wait.
        case .wait: isFull && state.waiting > 0 && Interruption.ends(.output)
        case .keep: false
        }
    }

    /// Says how many lines were dropped, in their place.
    private func confess(_ state: inout State) {
        guard state.dropped > 0 else { return }
        append(Array(state.words(state.dropped).utf8)[...], &state)
        state.dropped = 0
        state.isDropping = false
    }

    private func append(_ bytes: ArraySlice<UInt8>, _ state: inout State) {
        state.queue += bytes
        guard !state.isDraining else { return }
        state.isDraining = Thread.start { [self] in drain() }
        if !state.isDraining {
            // No thread is to be had: what does not fit now is lost.
            state.done += attempt(state.queue[state.done...])
            if state.waiting > 0 { state.droppedEver += 1 }
            state.queue = []
            state.done = 0
        }
    }

    /// Writes what can be written without a wait; all of it is gone where nothing can be written any more.
    private func attempt(_ bytes: some Collection<UInt8>) -> Int {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe attempt(UnsafeRawBufferPointer(rebasing: buffer[done...]))
            }
            if count > 0 {
                done += count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return count < 0 && errno == EAGAIN ? done : bytes.count
            }
        }
        return done
    }

    private func attempt(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch way {
        case .direct: unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .own(let own): unsafe Glibc.write(own, bytes.baseAddress, bytes.count)
        case .socket:
            unsafe send(descriptor, bytes.baseAddress, bytes.count, Self.sendFlags)
        case .pipe: unsafe attemptPipe(bytes)
        case .thread: refuse()
        }
    }

    private func attemptPipe(_ bytes: UnsafeRawBufferPointer) -> Int {
        let count = unsafe parley_write_now(descriptor, bytes.baseAddress, bytes.count)
        guard count < 0, errno == EOPNOTSUPP || errno == ENOSYS else { return count }
        // Kernels before 6.5: what poll(2) has room for, which holds as long as nobody else writes there.
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&room, 1, 0) == 1 else { return refuse() }
        return unsafe Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Int(PIPE_BUF)))
    }

    private func refuse() -> Int {
        errno = EAGAIN
        return -1
    }

    private static let sendFlags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)

    // MARK: The thread

    private func drain() {
        while let piece = next() {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&waiting, 1, -1)
            let count = unsafe piece.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            let isOver = count < 0 && errno != EINTR && errno != EAGAIN
            state.withLock { state in
                // Nobody reads any more: nothing of it can be said.
                let gone = isOver ? state.waiting : max(0, count)
                state.done += gone
                state.written += gone
                if state.done >= 64 << 10 || state.waiting == 0 {
                    state.queue.removeFirst(state.done)
                    state.done = 0
                }
            }
        }
    }

    /// What to write next; nil when there is nothing, and the thread ends.
    private func next() -> [UInt8]? {
        state.withLock { state in
            if state.waiting <= Self.bytesMax / 2 { state.isDropping = false }
            if state.waiting == 0 { confess(&state) }
            guard state.waiting > 0 else {
                state.isDraining = false
                state.isStuck = false
                return nil
            }
            // What one write takes whole where poll(2) has said that there is room.
            return Array(state.queue[state.done...].prefix(Int(PIPE_BUF)))
        }
    }

    // MARK: Waits

    /// Lines of a terminal stay in the order in which they came to it, those of standard output among them.
    private func waitForTerminal() {
        var waited = 0
        while true {
            let isDone = state.withLock { state in
                if waited >= Self.terminalPatience, state.waiting > 0 { state.isStuck = true }
                return state.waiting == 0 || state.isStuck
            }
            if isDone { return }
            Self.pause()
            waited += 1
        }
    }

    /// Waits until all is written, at most a second for a reader that does not read.
    func finish() {
        var (waited, total) = (0, 0)
        var written = -1
        while waited < Self.farewell {
            let (now, isDone) = state.withLock { ($0.written, $0.waiting == 0 && !$0.isDraining) }
            if isDone { return }
            // A reader that reads is waited for, unless a signal has asked for the end.
            if now != written { waited = 0 }
            if Interruption.ends(.input), total >= Self.farewell { return }
            written = now
            Self.pause()
            waited += 1
            total += 1
        }
    }

    private static func pause() { usleep(1000) }
}
