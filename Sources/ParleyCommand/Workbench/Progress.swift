import Glibc
import ParleyCore
import ParleyTypes

/// One line on standard error that says how far the work is, while somebody watches; gone when it is done.
///
/// Only when standard error is a terminal and standard output is none, unless nothing is written there: else the two
/// would write over each other.
final class Progress {
    /// Whether anybody would see it.
    let isShown: Bool
    private let total: Int?
    private let console: Console
    private let began = NetworkEnvironment.now
    private var last: MonotonicInstant
    private var isVisible = false

    /// Work that is done sooner needs no progress.
    private static let patience = Duration.milliseconds(500)
    private static let period = Duration.milliseconds(200)

    /// What stands on standard output.
    enum Neighbour { case data, nothing }

    init(console: Console, total: Int?, beside neighbour: Neighbour = .data) {
        self.console = console
        self.total = total
        let isFree = neighbour == .nothing ? !console.isJSON : isatty(STDOUT_FILENO) == 0
        isShown = console.verbosity >= 0 && isatty(STDERR_FILENO) == 1 && isFree
        last = began
    }

    deinit { erase() }

    func update(bytes: Int, messages: Int) {
        show { Self.text(bytes: bytes, total: total, messages: messages, after: $0) }
    }

    /// Of messages that pass, of which so many are wanted.
    func update(_ throughput: @autoclosure () -> Throughput, of countMax: Int?) {
        show { _ in Self.text(throughput(), of: countMax) }
    }

    /// Of a server: what it has served so far.
    func update(served text: @autoclosure () -> String) {
        show { _ in text() }
    }

    private func show(_ text: (Duration) -> String) {
        guard isShown else { return }
        let now = NetworkEnvironment.now
        guard began.duration(to: now) > Self.patience, last.duration(to: now) > Self.period else { return }
        last = now
        isVisible = true
        console.overwrite("parley: " + text(began.duration(to: now)))
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

    /// `1200 of 3000 messages (40%), 1.0 k messages/s, 12 KiB`
    static func text(_ throughput: Throughput, of countMax: Int?) -> String {
        let count = throughput.messages
        let part = countMax.map { " of \($0) messages (\(min(100, Int(100 * Double(count) / Double($0))))%)" }
        return (part.map { "\(count)" + $0 } ?? plural(count, "message")) + throughput.ending
    }

    /// `1.0 k messages/s`, and below ten with a tenth: `0.5 messages/s`.
    static func rate(_ messages: Double) -> String {
        let tenths = Int((min(messages, 10) * 10).rounded())
        let number =
            tenths < 100 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10)" : scaled(messages.rounded(), 1000, ["", " k", " M", " G"])
        return number + " messages/s"
    }

    static func size(_ bytes: Int) -> String {
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
