import Glibc
import ParleyTypes

/// A file that is written from its beginning.
final class OutputFile {
    private let descriptor: Int32
    private let path: String

    /// Makes the file, or empties it.
    init(path: String) throws(Ending) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let code = ErrorCode(rawValue: errno)
            throw Ending(code == .permissionDenied ? .notPermitted : .failed, "\(path): \(code)")
        }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(Ending) {
        guard let code = Console.write(bytes, to: descriptor) else { return }
        throw Ending(
            .failed,
            "write \(path): \(code)",
            remedy: code == .noSpace ? "Make room on the disk, or write elsewhere." : nil
        )
    }
}
