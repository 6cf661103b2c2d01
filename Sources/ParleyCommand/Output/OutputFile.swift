import Glibc
import ParleyTypes

/// A file that is written from its beginning.
final class OutputFile {
    private let descriptor: Int32
    private let path: String

    /// Makes the file, or empties it.
    init(path: String) throws(Ending) {
        self.path = path
        descriptor = Int32(
            Interruption.call(.input) {
                Int(unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
            }
        )
        guard descriptor >= 0 else {
            let code = ErrorCode(rawValue: errno)
            throw Ending(code == .permissionDenied ? .notPermitted : .failed, "\(path): \(code)")
        }
    }

    private init(standard: Int32) {
        path = "standard output"
        descriptor = standard
    }

    /// Standard output, which stays open.
    static var standard: OutputFile { OutputFile(standard: STDOUT_FILENO) }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    func write(_ bytes: RawSpan) throws(Ending) {
        try check(unsafe bytes.withUnsafeBytes { unsafe Console.write($0, to: descriptor) })
    }

    func write(_ bytes: [UInt8]) throws(Ending) {
        try check(Console.write(bytes, to: descriptor))
    }

    private func check(_ failure: ErrorCode?) throws(Ending) {
        if failure == .brokenPipe, descriptor == STDOUT_FILENO {
            Stop.shared.request(.outputClosed)
            throw .silent(.done)
        }
        guard let code = failure else { return }
        if code == .interrupted, let ending = Stop.shared.ending { throw ending }
        throw Ending(
            .failed,
            "write \(path): \(code)",
            remedy: code == .noSpace ? "Make room on the disk, or write elsewhere." : nil
        )
    }
}
