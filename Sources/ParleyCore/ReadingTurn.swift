internal import ParleyTypes

/// Keeps a reader that never has to wait from overlooking its cancellation, and from having a thread to
/// itself while other tasks are ready.
///
/// Touched only by whoever holds the ``ReadClaim``.
final class ReadingTurn: @unchecked Sendable {
    private var burstsInARow = 0

    /// After so many bursts without a wait the others have their turn: about a thousand small datagrams.
    private static let burstsMax = 16

    /// Begins to read one burst.
    ///
    /// - Throws: `.cancelled` when the task was cancelled.
    func begin() async throws(SocketError) {
        burstsInARow += 1
        if burstsInARow > Self.burstsMax {
            burstsInARow = 0
            await Task.yield()
        }
        if Task.isCancelled { throw SocketError(.wait, .cancelled) }
    }

    /// The reader waits, so the others have their turn anyway.
    func end() {
        burstsInARow = 0
    }
}
