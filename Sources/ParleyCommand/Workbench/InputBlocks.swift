import Glibc
import ParleyTypes

/// The input of `decode`, block by block, in one buffer that is used again and again: a gigabyte costs no
/// more memory than a line.
struct InputBlocks {
    let name: String
    /// The bytes of a regular file; nil when nobody knows.
    let size: Int?
    /// The bytes read so far.
    private(set) var readCount = 0
    /// The block; `count` bytes of it count.
    private var buffer: [UInt8]
    private var count = 0
    private let kind: Kind

    private enum Kind {
        case text
        /// Reading never blocks for long.
        case file(Int32)
        case stream(InputStream)
    }

    static let blockBytes = 256 << 10

    /// Words of the arguments.
    init(text: String) {
        name = "the arguments"
        buffer = Array(text.utf8)
        size = nil
        kind = .text
    }

    /// A file, or standard input (nil).
    init(path: String?) throws(Ending) {
        let descriptor = if let path { try Files.open(path) } else { STDIN_FILENO }
        name = path ?? InputStream.standard.name
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            size = Int(status.st_size)
            kind = .file(descriptor)
            buffer = [UInt8](repeating: 0, count: Self.blockBytes)
        } else {
            size = nil
            buffer = []
            kind = .stream(path == nil ? .standard : InputStream(descriptor: descriptor, name: name))
        }
    }

    var block: ArraySlice<UInt8> { buffer[..<count] }

    /// Reads the next block; false at the end and when the work is to stop.
    mutating func next() async throws(Ending) -> Bool {
        guard Stop.shared.reason == nil else { return false }
        switch kind {
        case .text:
            guard readCount == 0 else { return false }
            count = buffer.count
        case .file(let descriptor):
            count = try read(descriptor)
        case .stream(let stream):
            buffer = try await stream.next() ?? []
            count = buffer.count
        }
        readCount += count
        return count > 0
    }

    private mutating func read(_ descriptor: Int32) throws(Ending) -> Int {
        while true {
            let result = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if result >= 0 { return result }
            guard errno == EINTR else {
                throw Ending(.failed, "\(name): \(ErrorCode(rawValue: errno))")
            }
        }
    }
}
