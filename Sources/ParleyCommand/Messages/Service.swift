import ArgumentParser
import ParleyText
import ParleyTypes

/// The small services of the early Internet, one that C programs practise with, and one of the user's own.
enum Service: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Sends back what comes (RFC 862).
    case echo
    /// Throws away what comes (RFC 863).
    case discard
    /// Says date and time as a line of text (RFC 867).
    case daytime
    /// Says the seconds since 1900 as four bytes (RFC 868).
    case time
    /// Says the seconds since 1970 as a decimal line.
    case stamp
    /// Answers messages by a template.
    case reply

    /// What every caller is told, nil for the services that listen.
    func answer(at time: WallTime) -> [UInt8]? {
        switch self {
        case .echo, .discard, .reply: return nil
        case .daytime: return Array((Self.daytime(time) + "\r\n").utf8)
        case .time:
            // Wraps in 2036, as the RFC has it.
            let seconds = UInt32(truncatingIfNeeded: time.secondsSince1970 + Self.secondsFrom1900To1970)
            return (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * $0)) }
        case .stamp: return Array("\(time.secondsSince1970)\r\n".utf8)
        }
    }

    /// The answer to one datagram, nil for none.
    func answer(to datagram: [UInt8], at time: WallTime) -> [UInt8]? {
        self == .echo ? datagram : answer(at: time)
    }

    /// Ports of services that answer everything: two of them would talk for ever, once a stranger has
    /// introduced them.
    static let answeringPorts: Set<UInt16> = [0, 7, 13, 17, 19, 37, 53, 123]

    private static let secondsFrom1900To1970: Int64 = 2_208_988_800

    /// `Saturday, November 21, 2026 04:51:39-UTC`, one of the forms that RFC 867 shows.
    private static func daytime(_ time: WallTime) -> String {
        let text = "\(time)"
        let month = Int(text.dropFirst(5).prefix(2)) ?? 1
        let day = Int(text.dropFirst(8).prefix(2)) ?? 1
        // 1970 began on a Thursday.
        let days = (time.secondsSince1970 - (time.secondsSince1970 % 86400 + 86400) % 86400) / 86400
        let weekday = Int(((days + 4) % 7 + 7) % 7)
        return "\(weekdays[weekday]), \(months[month - 1]) \(day), \(text.prefix(4)) "
            + "\(text.dropFirst(11).prefix(8))-UTC"
    }

    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
}
