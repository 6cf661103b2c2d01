/// An open file, socket or pipe that came from another process. Its owner alone holds it: it is closed when
/// the value ends.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, still owned by this value: who closes it elsewhere hits whoever gets the number next.
    public let fileDescriptor: Int32
    private let closing: Closing

    /// What closes a descriptor, close(2): this layer knows no C library.
    public typealias Closing = @convention(c) (Int32) -> Void

    /// Takes over a descriptor that nobody else closes.
    public init(owning fileDescriptor: Int32, closedBy closing: @escaping Closing) {
        self.fileDescriptor = fileDescriptor
        self.closing = closing
    }

    deinit {
        closing(fileDescriptor)
    }

    /// Closes the descriptor now.
    ///
    /// The corresponding C function is `close`.
    public consuming func close() {}

    /// Gives up the descriptor: the caller closes it.
    public consuming func take() -> Int32 {
        let descriptor = fileDescriptor
        discard self
        return descriptor
    }
}
