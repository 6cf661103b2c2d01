import ParleyTypes
import Synchronization

/// What has been remarked on: the first time at once, what is repeated word by word only as a count, at growing
/// distances and at the end.
///
/// Texts are the same when every word of them is, numbers included: another peer or another field is another
/// remark. At most ``textsMax`` are remembered, the latest; one that is forgotten is told again.
final class RemarkLedger: Sendable {
    /// That of the command, which has one standard error.
    static let shared = RemarkLedger()

    static let textsMax = 256
    /// Longer texts are known by their beginning and length.
    static let charactersMax = 1024
    /// When the first count is told; each further one takes twice as long.
    private static let firstInterval = Duration.seconds(10)

    /// A text that was said before.
    struct Repetition: Hashable {
        var text: String
        /// How often since it was told last.
        var count: Int
    }

    private struct Entry {
        var text: String
        var count = 0
        var interval = RemarkLedger.firstInterval
        var tellsAt: MonotonicInstant
        var lastUse: UInt64
        /// When it was said first, in the order of all.
        var number: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Takes note of a remark.
    ///
    /// - Returns: whether it is to be said as it is, and what is to be told before it.
    func note(_ text: String, at now: MonotonicInstant) -> (isNew: Bool, before: [Repetition]) {
        let key = text.utf8.count > Self.charactersMax ? "\(text.prefix(900)) \(text.utf8.count)" : text
        return state.withLock { state in
            state.uses += 1
            let use = state.uses
            if var entry = state.entries[key] {
                entry.count += 1
                entry.lastUse = use
                var due: [Repetition] = []
                if now >= entry.tellsAt {
                    due = [Repetition(text: entry.text, count: entry.count)]
                    entry.count = 0
                    entry.interval *= 2
                    entry.tellsAt = now.advanced(by: entry.interval)
                }
                state.entries[key] = entry
                return (false, due)
            }
            var forgotten: [Repetition] = []
            if state.entries.count >= Self.textsMax,
                let (oldest, entry) = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest] = nil
                if entry.count > 0 { forgotten = [Repetition(text: entry.text, count: entry.count)] }
            }
            state.entries[key] = Entry(
                text: text,
                tellsAt: now.advanced(by: Self.firstInterval),
                lastUse: use,
                number: use
            )
            return (true, forgotten)
        }
    }

    /// What has been repeated and not been told, in the order in which it was said first; told with this.
    func takeUntold() -> [Repetition] {
        state.withLock { state in
            let untold = state.entries.filter { $0.value.count > 0 }
            for key in untold.keys { state.entries[key]?.count = 0 }
            return untold.values.sorted { $0.number < $1.number }.map {
                Repetition(text: $0.text, count: $0.count)
            }
        }
    }
}
