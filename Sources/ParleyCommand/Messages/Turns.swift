import ParleyCore
import ParleyTypes

/// When the next message may leave, and how many there are.
///
/// Each has its time, whatever the one before took; who is late by more than a pause begins anew there and makes up for
/// nothing.
struct Turns {
    let every: Duration?
    let countMax: Int?
    private var number = 0
    private var due = MonotonicInstant(nanoseconds: 0)

    init(every: Duration?, countMax: Int?) {
        self.every = every
        self.countMax = countMax
    }

    /// Waits for the next message's turn; false when there is no more.
    mutating func next() async throws -> Bool {
        if let countMax, number >= countMax { return false }
        if Stop.shared.reason != nil { return false }
        if let every {
            let now = NetworkEnvironment.now
            due = number > 0 ? due.advanced(by: every) : now
            let rest = now.duration(to: due)
            if rest > .zero { try await NetworkEnvironment.sleep(for: rest) } else { due = now }
        }
        number += 1
        return true
    }
}
