internal import Glibc

/// Files of /proc, which have no size before they are read.
enum ProcFile {
    /// The whole content, nil where it cannot be read.
    static func read(_ path: String, in directory: Int32 = AT_FDCWD) -> [UInt8]? {
        let descriptor = unsafe openat(directory, path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < bytesMax {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: 4096 + start))
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + start, buffer.count - start)
            }
            if count < 0, errno == EINTR {
                bytes.removeLast(bytes.count - start)
                continue
            }
            guard count > 0 else {
                bytes.removeLast(bytes.count - start)
                return count == 0 ? bytes : nil
            }
            bytes.removeLast(bytes.count - start - count)
        }
        return bytes
    }

    /// More than any table of a host with a million sockets.
    private static let bytesMax = 256 << 20
}
