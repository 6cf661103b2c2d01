import CParleyLinux
import Glibc
import ParleyCore
import ParleyTypes

/// A command that the tour runs: this program once more, with both of its streams in one pipe, as a terminal has them.
///
/// It never outlives the tour: it is ended with this value, and where the tour is killed, by the end of the pipe's
/// reader, which a receiver watches for.
final class TourProcess {
    private let process: pid_t
    private let output: Int32
    private var text: [UInt8] = []
    private var shown = 0
    private var isAtEnd = false
    private var status: Int32?

    /// Longer than any command of the tour takes.
    private static let limit = Duration.seconds(8)
    /// How often is looked whether the tour is to end.
    private static let period: Int32 = 20

    /// - Parameter input: What it reads from standard input: no more than a pipe holds.
    init(_ words: [String], input: String?) throws(Ending) {
        let output = try Self.pipe()
        defer { close(output.write) }
        var document: Int32 = -1
        if let input {
            let pipe: (read: Int32, write: Int32)
            do { pipe = try Self.pipe() } catch {
                close(output.read)
                throw error
            }
            _ = Console.write(Array(input.utf8), to: pipe.write)
            close(pipe.write)
            document = pipe.read
        }
        defer { if document >= 0 { close(document) } }
        var arguments = unsafe (["parley"] + words).map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        let result = unsafe parley_spawn(TourProgram.path, &arguments, document, output.write)
        for index in unsafe arguments.indices { unsafe free(arguments[index]) }
        guard result > 0 else {
            close(output.read)
            throw Ending(
                .failed,
                "start another parley: \(ErrorCode(rawValue: -result))",
                remedy: "The tour runs its commands as processes: raise the limit of processes (ulimit -u)."
            )
        }
        process = result
        self.output = output.read
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            _ = reap()
        }
        close(output)
    }

    /// What it has printed and nobody has asked for yet.
    func takeText() -> [UInt8] {
        defer { shown = text.count }
        return Array(text[shown...])
    }

    func signal(_ number: Int32) { if status == nil { kill(process, number) } }

    /// Waits until a line says where it receives; false when it ended without one.
    func waitForPlace() throws(Ending) -> Bool {
        let isSaid = { (text: String) in
            (text.contains(" at udp://") || text.contains(" at tcp://")) && text.hasSuffix("\n")
        }
        try read(until: isSaid)
        return isSaid(String(decoding: text[shown...], as: UTF8.self))
    }

    /// Waits for the end; how it ended, as shells say it.
    func waitForEnd() throws(Ending) -> Int32 {
        try read { _ in false }
        return reap()
    }

    private func read(until isEnough: (String) -> Bool) throws(Ending) {
        let deadline = NetworkEnvironment.now.advanced(by: Self.limit)
        while !isAtEnd, !isEnough(String(decoding: text[shown...], as: UTF8.self)) {
            if Stop.shared.reason != nil { throw Stop.shared.ending ?? .silent(.done) }
            guard NetworkEnvironment.now < deadline else {
                throw Ending(.failed, "a command of the tour did not end within \(Self.limit.spelled)")
            }
            var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, Self.period) > 0 else { continue }
            switch Files.readSome(output) {
            case .success(let bytes): if bytes.isEmpty { isAtEnd = true } else { text += bytes }
            case .failure: isAtEnd = true
            }
        }
    }

    private func reap() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while unsafe waitpid(process, &raw, 0) < 0, errno == EINTR {}
        let code = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
        status = code
        return code
    }

    private static func pipe() throws(Ending) -> (read: Int32, write: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { buffer in
            unsafe Glibc.pipe(buffer.assumingMemoryBound(to: Int32.self).baseAddress)
        }
        guard result == 0 else { throw Ending(.failed, "pipe: \(ErrorCode(rawValue: errno))") }
        for end in [ends.0, ends.1] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }
}
