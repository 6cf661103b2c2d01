import CParleyLinux
import Glibc
import ParleyTypes

/// Ends a wait in poll(2) from another thread.
final class Wake: Sendable {
    /// Readable once ``wake()`` has been called.
    let descriptor: Int32

    init() throws(Ending) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw Ending(.failed, "eventfd: \(ErrorCode(rawValue: errno))") }
    }

    deinit { close(descriptor) }

    func wake() {
        var one: UInt64 = 1
        _ = unsafe Glibc.write(descriptor, &one, 8)
    }
}
