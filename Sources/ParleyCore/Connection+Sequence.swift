/// The messages of the peer, in order: the same as ``messages``.
///
///     for try await score in connection { try await connection.send(score) }
///
/// One task reads at a time; the loop ends when the peer sends nothing more or the connection is closed.
extension Connection: AsyncSequence {
    public typealias Element = Inbound
    public typealias Failure = ParleyError
    public typealias AsyncIterator = Messages.AsyncIterator

    public func makeAsyncIterator() -> AsyncIterator { messages.makeAsyncIterator() }
}
