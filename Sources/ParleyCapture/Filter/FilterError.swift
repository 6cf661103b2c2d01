internal import ParleyTypes

/// Why words are no filter.
public struct FilterError: Error, Sendable, Hashable {
    /// The word that does not fit, as it was written; empty at the end.
    public var word: String
    public var reason: Reason

    public enum Reason: Sendable, Hashable {
        /// Nobody knows this word.
        case unknownWord
        /// Something else must stand here: a word for what.
        case expected(String)
        /// No port is written so.
        case notAPort
        /// No address is written so, and names are not looked up.
        case notAnAddress
        /// No network is written so.
        case notANetwork
        /// A parenthesis without its other one.
        case unbalanced
        /// More words or parentheses than ``FilterExpression/wordsMax``.
        case tooLong(maximum: Int)
    }

    public init(word: String, reason: Reason) {
        self.word = word
        self.reason = reason
    }

    /// The words that a filter is made of, for people.
    public static let known =
        "ip, ip6, arp, udp, tcp, icmp, icmp6, sctp; src, dst; host A, net A/N, port N, portrange N-M; "
        + "and, or, not, and parentheses in quotes"
}

extension FilterError: CustomStringConvertible {
    public var description: String {
        let name = word.isEmpty ? "the end of the filter" : "“\(Self.printable(word))”"
        switch reason {
        case .unknownWord: return "\(name) is no word of a filter"
        case .expected(let what): return "\(what) must stand where \(name) stands"
        case .notAPort: return "\(name) is no port: 0 to 65535, names are not looked up"
        case .notAnAddress: return "\(name) is no address: names are not looked up"
        case .notANetwork: return "\(name) is no network: 10.0.0.0/8, 192.168, 2001:db8::/32"
        case .unbalanced: return "a parenthesis has no other one: \(name)"
        case .tooLong(let maximum): return "a filter has at most \(maximum) words"
        }
    }

    private static func printable(_ word: String) -> String {
        SafeText.line(String(String.UnicodeScalarView(word.unicodeScalars.prefix(64))))
    }
}
