internal import Synchronization

/// Buffers that connections read into, lent while something is read or held: thousands of connections that
/// wait share a few.
enum StreamBuffers {
    private static let kept = Mutex(Kept())

    /// The pointers lead to memory that nobody else has.
    @safe private struct Kept: @unchecked Sendable {
        var buffers = unsafe [UnsafeMutableRawBufferPointer]()
    }

    /// More than are read at the same moment on any number of cores; 2 MiB.
    private static let keptMax = 32

    /// A buffer of `byteCount` bytes, the same for all callers.
    static func take(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        let kept = unsafe kept.withLock { unsafe $0.buffers.popLast() }
        // Not more: the C library's allocator would not take such a piece again for the next one.
        return unsafe kept ?? .allocate(byteCount: byteCount, alignment: 16)
    }

    static func giveBack(_ buffer: UnsafeMutableRawBufferPointer) {
        let isKept = kept.withLock { kept in
            guard unsafe kept.buffers.count < keptMax else { return false }
            unsafe kept.buffers.append(buffer)
            return true
        }
        if !isKept { unsafe buffer.deallocate() }
    }
}
