internal import ParleyTypes

/// Keeps a reader that never has to wait from overlooking its cancellation, and from having a thread to
/// itself while other tasks are ready.
///
/// Touched only by its reader, or by the asker that receives: see ``ReadingDesk``.
final class ReadingTurn: @unchecked Sendable {
    private var messagesInARow = 0

    /// After so many messages without a wait the others have their turn.
    private static let messagesMax = 1024
    /// A burst counts as so many messages at least, because it is a system call.
    private static let messagesOfACall = 64

    /// Begins to read one burst.
    ///
    /// - Parameter messages: how many messages the last one brought, where that is known.
    /// - Throws: `.cancelled` when the task was cancelled.
    func begin(after messages: Int = 0) async throws(SocketError) {
        messagesInARow += max(messages, Self.messagesOfACall)
        if messagesInARow > Self.messagesMax {
            messagesInARow = 0
            await Task.yield()
        }
        if Task.isCancelled { throw SocketError(.wait, .cancelled) }
    }

    /// The reader waits, so the others have their turn anyway.
    func end() {
        messagesInARow = 0
    }
}
