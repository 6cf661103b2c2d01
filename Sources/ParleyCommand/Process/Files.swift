import Glibc
import ParleyTypes

/// Files that arguments name.
enum Files {
    /// More than any header or message; little enough to hold.
    static let bytesMax = 64 << 20

    /// The whole content.
    static func read(_ path: String) throws(Ending) -> [UInt8] {
        if let header = TourHeader.content(of: path) { return header }
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            switch readSome(descriptor) {
            case .success(let chunk) where chunk.isEmpty: return bytes
            case .success(let chunk): bytes += chunk
            case .failure(let code): throw Ending(.failed, "\(path): \(code)")
            }
            guard bytes.count <= bytesMax else {
                throw Ending(.failed, "\(path): longer than \(bytesMax) bytes")
            }
        }
    }

    /// Whether a path leads to a file with an end: no device, no FIFO, no folder.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    static func open(_ path: String) throws(Ending) -> Int32 {
        // The open of a FIFO waits for a writer.
        let descriptor = Int32(
            Interruption.call(.input) { Int(unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)) }
        )
        guard descriptor >= 0 else {
            let code = ErrorCode(rawValue: errno)
            throw Ending(code == .permissionDenied ? .notPermitted : .failed, "\(path): \(code)")
        }
        return descriptor
    }

    /// Replaces the content, or makes the file.
    static func write(_ path: String, _ bytes: [UInt8]) throws(Ending) {
        let descriptor = Int32(
            Interruption.call(.input) {
                Int(unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
            }
        )
        guard descriptor >= 0 else { throw failure(path) }
        if let code = Console.write(bytes, to: descriptor) {
            close(descriptor)
            throw failure(path, code)
        }
        // A full disk or a network file system may speak up only now.
        guard close(descriptor) == 0 else { throw failure(path) }
    }

    private static func failure(
        _ path: String,
        _ code: ErrorCode = ErrorCode(rawValue: errno)
    ) -> Ending {
        Ending(code == .permissionDenied ? .notPermitted : .failed, "\(path): \(code)")
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Up to 64 KiB, empty at the end. Blocks.
    static func readSome(_ descriptor: Int32) -> Result<[UInt8], SystemFailure> {
        while true {
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
                count = Interruption.call(.input) {
                    unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                }
                initialized = max(count, 0)
            }
            if count >= 0 { return .success(bytes) }
            switch errno {
            case EAGAIN where !Interruption.ends(.input):
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = Interruption.call(.input) { Int(unsafe poll(&waiting, 1, -1)) }
            default: return .failure(SystemFailure(code: ErrorCode(rawValue: errno)))
            }
        }
    }
}

/// A number of errno(3).
struct SystemFailure: Error, CustomStringConvertible {
    var code: ErrorCode
    var description: String { code.description }
}
