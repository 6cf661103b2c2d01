internal import ParleyTypes

extension Error {
    /// Whether a call ended because its task was cancelled: ``ParleyError/cancelled``, which all calls of Parley
    /// throw, the language's `CancellationError`, which `Task.sleep` throws, or the code `.cancelled` of a
    /// ``ParleyTypes/SocketError``, which a ``ParleyNetwork/Network`` itself throws.
    ///
    ///     do {
    ///         for try await score in connection { await store(score) }
    ///     } catch where error.isCancellation {
    ///         // We were told to end.
    ///     } catch {
    ///         print("the loop failed: \(error)")
    ///     }
    ///
    /// Around a loop over messages a `catch` with a condition needs one without behind it: the compiler of Swift
    /// 6.3.1 crashes where it is missing.
    public var isCancellation: Bool {
        switch self as any Error {
        case ParleyError.cancelled: true
        case ParleyError.socket(let error): error.code == .cancelled
        case let error as SocketError: error.code == .cancelled
        default: self is CancellationError
        }
    }
}
