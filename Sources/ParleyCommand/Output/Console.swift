import Glibc
import ParleyCore
import ParleyText
import ParleyTypes
import Synchronization

/// The two streams of the command: data on standard output, everything else on standard error.
///
/// Each call writes one whole message: lines of several tasks never mix, and whoever reads a pipe sees a
/// message as soon as it has come. It is also the one door to the terminal: data that is text passes
/// `Gate`, words pass `SafeText`; only what is promised byte for byte is written as it is.
///
/// Whoever does not read standard output is waited for, because nothing of it may be lost, until a signal
/// asks the command to end: then a message may have been written in part. Whoever does not read standard
/// error stops no service: what does not fit is dropped and counted (`ErrorLines`).
final class Console: Sendable {
    let isJSON: Bool
    /// -1 quiet, 0 as usual, 1 and more for each `-v`.
    let verbosity: Int
    let style: Style
    let errorStyle: Style
    /// Whether words wait for their reader: where they are what the command is for, and nobody else waits
    /// meanwhile.
    let waitsForReaders: Bool
    private let output = Mutex<Void>(())
    /// Whether a line of progress stands on standard error, which the next words take the place of.
    private let hasProgress = Atomic<Bool>(false)

    init(
        isJSON: Bool = false,
        verbosity: Int = 0,
        color: ColorChoice = .auto,
        waitsForReaders: Bool = false
    ) {
        self.isJSON = isJSON
        self.verbosity = verbosity
        self.waitsForReaders = waitsForReaders
        style = Style(color, descriptor: STDOUT_FILENO)
        errorStyle = Style(color, descriptor: STDERR_FILENO)
    }

    /// The width of standard output's terminal, 80 without one.
    var columns: Int {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 80 }
        return Int(size.ws_col)
    }

    /// The width of tables whose cells would be cut: in a file nothing is lost that a reader could scroll to.
    var tableColumns: Int { isatty(STDOUT_FILENO) == 1 ? columns : 4096 }

    // MARK: Data

    /// Writes data that is text.
    ///
    /// - Throws: an ending without a word when nobody reads any more or a signal has come, one with the cause
    ///   otherwise.
    func write(_ text: [UInt8]) throws(Ending) {
        try write(exactly: Gate(keepsColors: style.isColored, isJSON: isJSON).pass(text))
    }

    func write(_ text: String) throws(Ending) { try write(Array(text.utf8)) }

    /// Writes a text over the last lines of a terminal.
    func write(_ text: String, overLines count: Int) throws(Ending) {
        let gate = Gate(keepsColors: style.isColored, isJSON: isJSON)
        let start = count > 0 ? "\u{1b}[\(count)A\r\u{1b}[J" : ""
        try write(exactly: Array(start.utf8) + gate.pass(Array(text.utf8)))
    }

    /// Writes data that was promised byte for byte: messages as they are, captures.
    ///
    /// - Throws: as ``write(_:)-([UInt8])``.
    func write(exactly bytes: [UInt8]) throws(Ending) {
        let failure = output.withLock { _ in Self.write(bytes, to: STDOUT_FILENO) }
        switch failure {
        case nil: return
        case .brokenPipe?:
            Stop.shared.request(.outputClosed)
            throw .silent(.done)
        case .interrupted?: throw Stop.shared.ending ?? .silent(.failed)
        case let code?:
            let ending = Ending(
                .failed,
                "write standard output: \(code)",
                remedy: code == .noSpace ? "Make room on the disk, or write elsewhere." : nil
            )
            Stop.shared.request(.failed(ending))
            throw ending
        }
    }

    // MARK: Words

    /// Something worth knowing; quiet leaves it out.
    func note(_ text: @autoclosure () -> String, at level: Int = 0) {
        guard verbosity >= level else { return }
        let text = text()
        say(
            schema: "parley.note/1",
            [.init("note", .string(text))],
            errorStyle.faint("parley: " + SafeText.line(text))
        )
    }

    /// Something that is probably wrong, and ends nothing. What is repeated is counted (`RemarkLedger`), unless the
    /// user wants to hear more.
    ///
    /// - Parameter isAboutNext: it belongs to what is printed next, and so is said each time.
    func remark(_ text: String, isAboutNext: Bool = false) {
        guard verbosity >= 0 else { return }
        complain(text, isAboutNext: isAboutNext)
    }

    /// Something that went wrong and ends nothing: a message that does not fit, a question without an answer. Quiet
    /// does not leave it out.
    func complain(_ text: String, isAboutNext: Bool = false) {
        guard isAboutNext || isNews(text) else { return }
        say(
            schema: "parley.remark/1",
            [.init("remark", .string(text))],
            errorStyle.remark("parley: " + SafeText.line(text))
        )
    }

    private func isNews(_ text: String) -> Bool {
        guard verbosity <= 0 else { return true }
        let (isNew, before) = RemarkLedger.shared.note(text, at: NetworkEnvironment.now)
        tell(before)
        return isNew
    }

    /// Says how often remarks were repeated that have not been counted yet: before a summary, and at the end.
    func tellRepetitions() { tell(RemarkLedger.shared.takeUntold()) }

    private func tell(_ repetitions: [RemarkLedger.Repetition]) {
        for repetition in repetitions {
            let often = repetition.count == 1 ? "once more" : "\(repetition.count) times more"
            say(
                schema: "parley.remark/1",
                [.init("remark", .string(repetition.text)), .init("repeated", .integer(repetition.count))],
                errorStyle.remark("parley: \(often): " + SafeText.line(repetition.text))
            )
        }
    }

    /// A line of standard error that has a schema of its own: with `--json` each, because each says more than its
    /// text.
    ///
    /// - Parameter isComplaint: whether quiet does not leave it out.
    func report(_ line: JSONLine, _ text: String, isComplaint: Bool = false) {
        guard isComplaint || verbosity >= 0, isJSON || isNews(text) else { return }
        emit(isJSON ? "\(line)" : errorStyle.remark("parley: " + SafeText.line(text)))
    }

    /// Lines of standard error that have schemas of their own, each with its end: what did not fit.
    func report(lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        emit(String(decoding: lines.dropLast(), as: UTF8.self))
    }

    /// Whether standard output and standard error are one file: what is written to both stands there in its order.
    static var outputsAreOne: Bool {
        var (output, errors) = (stat(), stat())
        guard unsafe fstat(STDOUT_FILENO, &output) == 0, unsafe fstat(STDERR_FILENO, &errors) == 0 else {
            return true
        }
        return output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }

    /// Why the command ends.
    func fail(_ ending: Ending) {
        guard let message = ending.message else { return }
        if isJSON {
            var line = JSONLine.failed(message, remedy: ending.remedy, exitCode: ending.code)
            if let diagnosis = ending.diagnosis { line.members.append(.init("diagnosis", diagnosis.json)) }
            return emit("\(line)", .keep)
        }
        var text = errorStyle.error("parley:") + " "
        text += ending.isParagraph ? SafeText.lines(message) : SafeText.line(message)
        if let excerpt = ending.excerpt { text += "\n" + SafeText.lines(excerpt) }
        if let remedy = ending.advice {
            // Behind "did you mean …?" there is no period.
            let gap = ending.excerpt != nil ? "\n" : message.hasSuffix("?") ? " " : ". "
            text += gap + SafeText.line(remedy)
        }
        emit(text, .keep)
    }

    /// How many lines were dropped because nobody reads standard error, as the end of a summary; empty for
    /// none.
    var droppedWords: String {
        let count = ErrorLines.shared.droppedCount
        return count > 0 ? ", \(Self.dropped(count))" : ""
    }

    private static func dropped(_ count: Int) -> String {
        "\(plural(count, "line")) of this \(count == 1 ? "was" : "were") dropped: standard error was not read"
    }

    /// Writes over the last line of standard error, which is a terminal, and stays on it.
    func overwrite(_ text: String) {
        hasProgress.store(!text.isEmpty, ordering: .relaxed)
        put("\r\u{1b}[K\(errorStyle.faint(SafeText.line(text)))", .drop)
    }

    private func say(schema: String, _ members: [JSONValue.Member], _ text: String) {
        emit(isJSON ? "\(JSONLine(schema: schema, members))" : text)
    }

    private func emit(_ text: String, _ manner: ErrorLines.Manner? = nil) {
        let isOver = hasProgress.exchange(false, ordering: .relaxed)
        put((isOver ? "\r\u{1b}[K" : "") + text + "\n", manner ?? (waitsForReaders ? .wait : .drop))
    }

    private func put(_ text: String, _ manner: ErrorLines.Manner) {
        let (isJSON, style) = (isJSON, errorStyle)
        ErrorLines.shared.write(Array(text.utf8), manner) { count in
            let words = Self.dropped(count)
            let line = JSONLine(schema: "parley.remark/1", [.init("remark", .string(words))])
            return (isJSON ? "\(line)" : style.remark("parley: " + words)) + "\n"
        }
    }

    /// Writes all bytes, waiting where the stream does not block by itself; EINTR when a signal has asked
    /// for the end and nobody takes them.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> ErrorCode? {
        unsafe bytes.withUnsafeBytes { unsafe write($0, to: descriptor) }
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> ErrorCode? {
        var done = 0
        while done < bytes.count {
            if Interruption.ends(.output), !isWritable(descriptor) { return .interrupted }
            let count = Interruption.call(.output) {
                unsafe Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            }
            if count >= 0 {
                done += count
                continue
            }
            switch errno {
            case EAGAIN:
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Interruption.call(.output) { Int(unsafe poll(&waiting, 1, -1)) }
            default: return ErrorCode(rawValue: errno)
            }
        }
        return nil
    }

    private static func isWritable(_ descriptor: Int32) -> Bool {
        var now = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&now, 1, 0) != 0
    }
}
