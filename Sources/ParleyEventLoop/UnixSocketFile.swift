internal import ParleySockets
internal import Synchronization

/// The file of a Unix socket, removed once.
final class UnixSocketFile: Sendable {
    private let path: Mutex<UnixPathGuard?>

    init(_ path: consuming sending UnixPathGuard) {
        self.path = Mutex(path)
    }

    func remove() {
        path.withLock { $0 = nil }
    }
}
