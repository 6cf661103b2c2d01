public import ParleyTypes

/// A port whose bytes have no borders. It takes over what it is given: what could be passed on only in part it
/// keeps and passes on by itself, so the borders of messages survive cancellation.
public protocol StreamPort: Port {
    /// Appends bytes that have come to `buffer`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReceiveResult
}
