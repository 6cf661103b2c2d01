/// When a connection that is silent asks its peer for a sign of life, and when it gives up.
///
///     var endpoint = Endpoint.tcp("server.example", 8086)
///     endpoint.options.keepAlive = KeepAlive(after: .seconds(30), every: .seconds(10), count: 3)
///
/// As text, in a URL: `yes`, `no`, `30s`, `30s/10s`, `30s/10s/3`; a part that is empty is the system's
/// default. The peer's system answers, not its program: a program that hangs counts as alive.
public struct KeepAlive: Sendable, Hashable {
    /// Whether anything is asked at all. (SO_KEEPALIVE)
    public var isOn: Bool
    /// How long a connection is silent before the first question, 1 to 32767 seconds; parts of a second count
    /// as a whole one. Nil is the system's default, two hours. (TCP_KEEPIDLE)
    public var idle: Duration?
    /// The time between questions that are not answered, 1 to 32767 seconds; parts of a second count as a
    /// whole one. Nil is the system's default, 75 seconds. (TCP_KEEPINTVL)
    public var interval: Duration?
    /// After how many unanswered questions the connection ends with ETIMEDOUT, 1 to 127. Nil is the system's
    /// default, 9. (TCP_KEEPCNT)
    public var count: Int?

    /// Asks, after so long, so often; nil leaves the system's default.
    public init(after idle: Duration? = nil, every interval: Duration? = nil, count: Int? = nil) {
        isOn = true
        self.idle = idle
        self.interval = interval
        self.count = count
    }

    /// Asks nothing.
    public static let off: KeepAlive = {
        var value = KeepAlive()
        value.isOn = false
        return value
    }()

    /// Asks at the system's times.
    public static let on = KeepAlive()

    static let secondsRange = 1...32767
    static let countRange = 1...127
}

extension KeepAlive: LosslessStringConvertible {
    public init?(_ text: String) {
        switch text {
        case "", "true", "yes", "on", "1": self = .on
        case "false", "no", "off", "0": self = .off
        default:
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 3, let idle = Self.duration(parts, 0), let interval = Self.duration(parts, 1)
            else { return nil }
            self.init(after: idle, every: interval)
            guard parts.count == 3, !parts[2].isEmpty else { return }
            guard let count = Endpoint.number(parts[2], in: Self.countRange) else { return nil }
            self.count = count
        }
    }

    public var description: String {
        guard isOn else { return "false" }
        let parts = [idle?.endpointText, interval?.endpointText, count.map { "\($0)" }]
        guard let last = parts.lastIndex(where: { $0 != nil }) else { return "true" }
        return parts[...last].map { $0 ?? "" }.joined(separator: "/")
    }

    /// Nil for a text that is no time in range, nil inside for one that is missing.
    private static func duration(_ parts: [Substring], _ index: Int) -> Duration?? {
        guard index < parts.count, !parts[index].isEmpty else { return .some(nil) }
        guard let duration = Duration(endpointText: parts[index]),
            secondsRange.contains(Int(duration.wholeSeconds))
        else { return nil }
        return duration
    }
}
