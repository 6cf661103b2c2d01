import Glibc
import ParleyText
import ParleyTypes
import Synchronization

/// The two streams of the command: data on standard output, everything else on standard error.
///
/// Each call writes one whole message: lines of several tasks never mix, and whoever reads a pipe sees a
/// message as soon as it has come.
final class Console: Sendable {
    let isJSON: Bool
    /// -1 quiet, 0 as usual, 1 and more for each `-v`.
    let verbosity: Int
    let style: Style
    let errorStyle: Style
    private let output = Mutex<Void>(())
    private let errors = Mutex<Void>(())

    init(isJSON: Bool = false, verbosity: Int = 0, color: ColorChoice = .auto) {
        self.isJSON = isJSON
        self.verbosity = verbosity
        style = Style(color, descriptor: STDOUT_FILENO)
        errorStyle = Style(color, descriptor: STDERR_FILENO)
    }

    /// The width of standard output's terminal, 80 without one.
    var columns: Int {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 80 }
        return Int(size.ws_col)
    }

    // MARK: Data

    /// Writes data.
    ///
    /// - Throws: an ending without a word when nobody reads any more, one with the cause otherwise.
    func write(_ bytes: [UInt8]) throws(Ending) {
        let failure = output.withLock { _ in Self.write(bytes, to: STDOUT_FILENO) }
        switch failure {
        case nil: return
        case .brokenPipe?:
            Stop.shared.request(.outputClosed)
            throw .silent(.done)
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

    func write(_ text: String) throws(Ending) { try write(Array(text.utf8)) }

    // MARK: Words

    /// Something worth knowing; quiet leaves it out.
    func note(_ text: String, at level: Int = 0) {
        guard verbosity >= level else { return }
        say(schema: "parley.note/1", [.init("note", .string(text))], errorStyle.faint("parley: " + text))
    }

    /// Something that is probably wrong, and ends nothing.
    func remark(_ text: String) {
        guard verbosity >= 0 else { return }
        say(schema: "parley.remark/1", [.init("remark", .string(text))], errorStyle.remark("parley: " + text))
    }

    /// A line of standard error that has a schema of its own.
    func report(_ line: JSONLine, _ text: String) {
        guard verbosity >= 0 else { return }
        emit(isJSON ? "\(line)" : errorStyle.remark("parley: " + text))
    }

    /// Lines of standard error that have schemas of their own, each with its end.
    func report(lines: [UInt8]) {
        guard verbosity >= 0, !lines.isEmpty else { return }
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
            return emit("\(line)")
        }
        var text = errorStyle.error("parley:") + " " + message
        if let excerpt = ending.excerpt { text += "\n" + excerpt }
        if let remedy = ending.advice { text += (ending.excerpt == nil ? ". " : "\n") + remedy }
        emit(text)
    }

    /// Writes over the last line of standard error, which is a terminal, and stays on it.
    func overwrite(_ text: String) {
        _ = errors.withLock { _ in
            Self.write(Array("\r\u{1b}[K\(errorStyle.faint(text))".utf8), to: STDERR_FILENO)
        }
    }

    private func say(schema: String, _ members: [JSONValue.Member], _ text: String) {
        emit(isJSON ? "\(JSONLine(schema: schema, members))" : text)
    }

    /// Nothing can be done when standard error cannot be written.
    private func emit(_ text: String) {
        _ = errors.withLock { _ in Self.write(Array((text + "\n").utf8), to: STDERR_FILENO) }
    }

    /// Writes all bytes, waiting where the stream does not block by itself.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> ErrorCode? {
        unsafe bytes.withUnsafeBytes { unsafe write($0, to: descriptor) }
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> ErrorCode? {
        var done = 0
        while done < bytes.count {
            let count = unsafe Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 {
                done += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&waiting, 1, -1)
            default: return ErrorCode(rawValue: errno)
            }
        }
        return nil
    }
}
