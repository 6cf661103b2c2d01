/// Bytes, first in, first out, in memory that is used again.
struct ByteQueue {
    private var ring: [UInt8] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: RawSpan) {
        if count + bytes.byteCount > ring.count { grow(to: count + bytes.byteCount) }
        let start = ring.isEmpty ? 0 : (head + count) & (ring.count - 1)
        let first = min(bytes.byteCount, ring.count - start)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe ring.withUnsafeMutableBytes { ring in
                unsafe UnsafeMutableRawBufferPointer(rebasing: ring[start..<start + first])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<first]))
                unsafe UnsafeMutableRawBufferPointer(rebasing: ring[..<(bytes.count - first)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first...]))
            }
        }
        count += bytes.byteCount
    }

    /// Moves bytes out, as many as fit.
    mutating func move(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let taken = min(count, buffer.count)
        let first = min(taken, ring.count - head)
        unsafe ring.withUnsafeBytes { ring in
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<first])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: ring[head..<head + first]))
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[first..<taken])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: ring[..<(taken - first)]))
        }
        removeFirst(taken)
        return taken
    }

    /// Lends the next bytes that lie together, at most so many.
    mutating func take<Result>(atMost limit: Int, _ body: (RawSpan) -> Result) -> Result {
        let length = min(limit, count, ring.count - head)
        let result = unsafe ring.withUnsafeBytes { ring in
            body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: ring[head..<head + length])))
        }
        removeFirst(length)
        return result
    }

    mutating func removeAll() {
        ring = []
        head = 0
        count = 0
    }

    /// Memory is given back where all is gone and it is much.
    private mutating func removeFirst(_ taken: Int) {
        count -= taken
        guard count == 0 else { return head = (head + taken) & (ring.count - 1) }
        head = 0
        if ring.count > Self.keptMax { ring = [] }
    }

    private static let keptMax = 64 << 10

    private mutating func grow(to size: Int) {
        var capacity = max(256, ring.count * 2)
        while capacity < size { capacity *= 2 }
        var larger = [UInt8](repeating: 0, count: capacity)
        let first = min(count, ring.count - head)
        for index in 0..<first { larger[index] = ring[head + index] }
        for index in first..<max(first, count) { larger[index] = ring[index - first] }
        ring = larger
        head = 0
    }
}
