internal import Synchronization

/// How far a mailbox is on its way from its last letter to its end.
final class Closing: Sendable {
    /// How many bursts are still received; `Int.max` while nobody has asked for the end.
    private let burstsLeft = Atomic<Int>(.max)

    /// More bursts than a usual receive queue holds; a flood must not keep a reader from its end.
    private static let burstsMax = 64

    func begin() {
        burstsLeft.store(Self.burstsMax, ordering: .relaxed)
    }

    var hasBegun: Bool { burstsLeft.load(ordering: .relaxed) != .max }

    /// Counts a burst; true when it was one too many.
    func isOver() -> Bool {
        guard hasBegun else { return false }
        return burstsLeft.subtract(1, ordering: .relaxed).newValue < 0
    }
}
