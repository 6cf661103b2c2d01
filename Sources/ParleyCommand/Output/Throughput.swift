import ParleyText
import ParleyTypes

/// How many messages and bytes have passed, and how fast.
struct Throughput: Sendable, Hashable {
    private(set) var messages = 0
    private(set) var bytes = 0
    private var first: MonotonicInstant?
    private var last: MonotonicInstant?

    mutating func note(bytes count: Int, at now: MonotonicInstant) {
        messages += 1
        bytes += count
        first = first ?? now
        last = now
    }

    /// One that was noted is no message after all.
    mutating func withdraw(bytes count: Int) {
        messages -= 1
        bytes -= count
    }

    /// From the first message to the last.
    var duration: Duration {
        guard let first, let last else { return .zero }
        return max(.zero, first.duration(to: last))
    }

    /// Messages a second; nil of one alone, and where no time has passed.
    var perSecond: Double? {
        let seconds = duration / .seconds(1)
        return messages > 1 && seconds > 0 ? Double(messages - 1) / seconds : nil
    }

    /// `, 1000 messages/s, 33 KiB`; empty for no message.
    var ending: String { ending(isOfMessages: true) }

    /// - Parameter isOfMessages: whether what came are messages, and not pieces that are cut anywhere.
    func ending(isOfMessages: Bool) -> String {
        guard messages > 0 else { return "" }
        let rate = isOfMessages ? perSecond.map { ", \(Progress.rate($0))" } : nil
        return (rate ?? "") + ", \(Progress.size(bytes))"
    }

    /// For a summary in JSON.
    var json: [JSONValue.Member] {
        [
            .init("bytes", .integer(bytes)),
            .init("milliseconds", .integer(Int(clamping: duration.saturatedNanoseconds / 1_000_000))),
            .init("perSecond", .integer(perSecond.map { Int($0.rounded()) } ?? 0)),
        ]
    }
}
