internal import Glibc

/// Files that the kernel makes as they are read (proc(5), sysfs(5)): their size is known only at their end.
enum KernelFile {
    /// More than any file that is read here has.
    static let bytesMax = 4 << 20

    /// The whole content, nil where it cannot be read.
    ///
    /// - Parameters:
    ///   - directory: The descriptor of an open directory from which the path starts.
    ///   - limit: What is beyond is left out.
    static func bytes(_ path: String, in directory: Int32 = AT_FDCWD, limit: Int = bytesMax) -> [UInt8]? {
        let descriptor = unsafe openat(directory, path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = Glibc.close(descriptor) }
        var content: [UInt8] = []
        var size = 4096
        while content.count < limit {
            var failed = false
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                var result: Int
                repeat {
                    result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                } while result < 0 && errno == EINTR
                failed = result < 0
                count = max(result, 0)
            }
            if failed { return nil }
            if piece.isEmpty { break }
            content += piece
            size = min(size * 2, 1 << 16)
        }
        if content.count > limit { content.removeLast(content.count - limit) }
        return content
    }

    /// The content as text, without the white space at its end.
    static func text(_ path: String, limit: Int = bytesMax) -> String? {
        guard var bytes = bytes(path, limit: limit) else { return nil }
        while let last = bytes.last, last == 0x0A || last == 0x20 || last == 0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first number of the file.
    static func number(_ path: String) -> Int64? {
        text(path, limit: 4096).flatMap { $0.split(whereSeparator: \.isWhitespace).first }.flatMap {
            Int64($0)
        }
    }
}
