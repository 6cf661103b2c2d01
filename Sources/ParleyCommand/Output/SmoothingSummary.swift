import ParleyCore
import ParleyText
import ParleyTypes

/// What a summary says of messages that were printed at the distances at which they were sent.
struct SmoothingSummary: Sendable {
    let report: SmoothingReport
    /// Whether messages have numbers, by which one that comes twice is told.
    let knowsNumbers: Bool
    /// Whether what was late was printed.
    let playsLate: Bool

    /// `, smoothed: 48 played, 2 late and dropped, 1 doubled, 0 refused, jitter 5.2ms, delay 60.0ms`
    var ending: String {
        var parts = ["\(report.played) played", "\(report.late) late"]
        if report.late > 0 { parts[1] += playsLate ? " and marked" : " and dropped" }
        if knowsNumbers { parts.append("\(report.duplicates) doubled") }
        parts.append("\(report.refused) refused")
        if report.untimed > 0 { parts.append("\(report.untimed) without a time") }
        if report.restarts > 0 {
            parts.append("begun anew \(report.restarts == 1 ? "once" : "\(report.restarts) times")")
        }
        if report.waiting > 0 { parts.append("\(report.waiting) held and not printed") }
        parts += ["jitter \(report.jitter.precise)", "delay \(report.delay.precise)"]
        return ", smoothed: " + parts.joined(separator: ", ")
    }

    var json: JSONValue.Member {
        let counts = [
            ("played", report.played), ("late", report.late),
            ("doubled", knowsNumbers ? report.duplicates : nil), ("refused", report.refused),
            ("untimed", report.untimed), ("restarts", report.restarts), ("waiting", report.waiting),
            ("jitter", report.jitter.microseconds), ("delay", report.delay.microseconds),
        ]
        return .init(
            "smoothing",
            .object(counts.compactMap { name, count in count.map { .init(name, .integer($0)) } })
        )
    }
}
