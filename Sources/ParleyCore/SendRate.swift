public import ParleyFlow

/// How fast messages leave, at most: so many in a time, or so many bits a second. An open loop: nobody corrects it.
///
///     mailbox.sendRate = try .messages(1000)
///     try await connection.send(contentsOf: scores, rate: .bits(2_000_000))
///
/// Messages leave when they are due and not after a pause each: what oversleep has cost is made up for, nine messages
/// at once and the rest at 1.25 times the rate, for at most a quarter of a second of it (``ParleyFlow/Pace``). So a
/// rate of which more than nine messages come while a busy machine lets nobody wake (some thousands to a hundred
/// thousand a second) needs a burst of as many; with a burst that was asked for no more than that leaves at once. Who
/// had nothing to send is owed nothing but the burst.
///
/// Bits are those of messages, with their borders on a stream, without the headers of packets.
public struct SendRate: Sendable, Hashable {
    enum Unit: Sendable { case messages, bits }

    let unit: Unit
    /// Tokens a second.
    let tokens: Int
    /// Tokens, if somebody asked for them.
    let burst: Int?

    /// Tokens of a message: slow rates are exact to a billionth of a message a second.
    static let messageTokens = 1_000_000_000

    /// So many messages in a time.
    ///
    /// - Parameters:
    ///   - count: 1 to 1,000,000,000.
    ///   - time: at least a microsecond, at most a day; the rate is at least a message in a day.
    ///   - burst: how many may leave at once after a pause, at least 1; nil for those of a millisecond, at least
    ///     one and at most nine.
    /// - Throws: `FlowError`, which says what is possible.
    public static func messages(
        _ count: Int,
        per time: Duration = .seconds(1),
        burst: Int? = nil
    ) throws(FlowError) -> SendRate {
        guard countRange.contains(count) else { throw .outOfRange(.rate, count, allowed: countRange) }
        guard timeRange.contains(time) else { throw .timeOutOfRange(.period, time, allowed: timeRange) }
        if let burst, !countRange.contains(burst) { throw .outOfRange(.burst, burst, allowed: countRange) }
        let (seconds, attoseconds) = time.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let wide = UInt64(count * messageTokens).multipliedFullWidth(by: 1_000_000_000)
        // More than a token is as fast as anybody sends.
        let tokens =
            wide.high >= UInt64(nanoseconds) ? .max : UInt64(nanoseconds).dividingFullWidth(wide).quotient
        return SendRate(
            unit: .messages,
            tokens: max(1, Int(clamping: tokens)),
            burst: burst.map { $0 * messageTokens }
        )
    }

    /// So many bits a second.
    ///
    /// - Parameters:
    ///   - count: 1 to 1,000,000,000,000.
    ///   - burst: how many bytes may leave at once after a pause, at least 1; nil for those of a millisecond, at least
    ///     one message and at most nine. A message that is larger leaves when as many are there, and is paid for
    ///     afterwards.
    /// - Throws: `FlowError`, which says what is possible.
    public static func bits(_ count: Int, burst: Int? = nil) throws(FlowError) -> SendRate {
        guard bitRange.contains(count) else { throw .outOfRange(.rate, count, allowed: bitRange) }
        if let burst, !countRange.contains(burst) { throw .outOfRange(.burst, burst, allowed: countRange) }
        return SendRate(unit: .bits, tokens: count, burst: burst.map { $0 * 8 })
    }

    private static let countRange = 1...1_000_000_000
    private static let bitRange = 1...1_000_000_000_000
    private static let timeRange = Duration.microseconds(1)...periodMax
    package static let periodMax = Duration.seconds(86_400)
}

extension SendRate: CustomStringConvertible {
    /// `1000.0 messages/s`, `2000000 bit/s`, and with a burst `, 10 messages at once`.
    public var description: String {
        let size = unit == .messages ? Self.messageTokens : 8
        let atOnce = burst.map { ", \($0 / size) \(unit == .messages ? "messages" : "bytes") at once" } ?? ""
        switch unit {
        case .messages: return "\(Double(tokens) / Double(size)) messages/s" + atOnce
        case .bits: return "\(tokens) bit/s" + atOnce
        }
    }
}
