internal import ParleyNetwork
internal import ParleyTypes

extension Network {
    /// When a wait of at most `timeout` ends; nil waits for ever.
    func deadline(after timeout: Duration?) -> MonotonicInstant {
        timeout.map { now.advanced(by: $0) } ?? .distantFuture
    }
}
