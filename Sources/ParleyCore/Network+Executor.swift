internal import ParleyNetwork

extension Network {
    /// Whether the current task prefers the network's own thread (``withNetworkExecutor(_:)``).
    var isCurrentExecutor: Bool {
        guard let executor else { return false }
        return unsafe withUnsafeCurrentTask { task in
            guard let current = unsafe task?.unownedTaskExecutor else { return false }
            return unsafe current == executor.asUnownedTaskExecutor()
        }
    }
}
