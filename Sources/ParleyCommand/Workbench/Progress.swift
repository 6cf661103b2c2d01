import Glibc
import ParleyCore
import ParleyTypes

/// One line on standard error that says how far the work is, while somebody watches; gone when it is done.
///
/// Only when standard error is a terminal and standard output is none: else the two would write over each
/// other.
final class Progress {
    private let isShown: Bool
    private let total: Int?
    private let console: Console
    private let began = NetworkEnvironment.now
    private var last: MonotonicInstant
    private var isVisible = false

    /// Work that is done sooner needs no progress.
    private static let patience = Duration.milliseconds(500)
    private static let period = Duration.milliseconds(200)

    init(console: Console, total: Int?) {
        self.console = console
        self.total = total
        isShown = console.verbosity >= 0 && isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0
        last = began
    }

    deinit { erase() }

    func update(bytes: Int, messages: Int) {
        guard isShown else { return }
        let now = NetworkEnvironment.now
        guard began.duration(to: now) > Self.patience, last.duration(to: now) > Self.period else { return }
        last = now
        isVisible = true
        let text = Self.text(bytes: bytes, total: total, messages: messages, after: began.duration(to: now))
        console.overwrite("parley: " + text)
    }

    /// Makes room for other words.
    func erase() {
        guard isVisible else { return }
        isVisible = false
        console.overwrite("")
    }

    /// `312 MiB of 1.0 GiB (30%), 2.1 M messages/s`
    static func text(bytes: Int, total: Int?, messages: Int, after duration: Duration) -> String {
        var text = size(bytes)
        if let total, total > 0 { text += " of \(size(total)) (\(min(100, 100 * bytes / total))%)" }
        let seconds = Double(duration.saturatedNanoseconds) / 1e9
        let rate = seconds > 0 ? Double(messages) / seconds : 0
        return text + ", \(Self.rate(rate))"
    }

    /// `1.0 k messages/s`, and below ten with a tenth: `0.5 messages/s`.
    static func rate(_ messages: Double) -> String {
        let tenths = Int((min(messages, 10) * 10).rounded())
        let number =
            tenths < 100 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10)" : scaled(messages.rounded(), 1000, ["", " k", " M", " G"])
        return number + " messages/s"
    }

    private static func size(_ bytes: Int) -> String {
        scaled(Double(bytes), 1024, [" B", " KiB", " MiB", " GiB", " TiB"])
    }

    private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
        var value = value
        var unit = 0
        while value >= step, unit < units.count - 1 {
            value /= step
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return (unit == 0 || value >= 100 ? "\(Int(value))" : "\(tenths / 10).\(tenths % 10)") + units[unit]
    }
}
