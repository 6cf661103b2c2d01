/// How routers are asked to treat packets: the six bits of the Differentiated Services field (RFC 2474) that
/// begin what was once called type of service. The other two bits of that byte belong to congestion
/// notification (RFC 3168) and are not ours to set.
///
/// As text the name that RFCs give it, such as `ef`, `af41`, `cs1` and `le`, otherwise the number from 0 to
/// 63.
public struct TrafficClass: RawRepresentable, Sendable, Hashable {
    /// The code point, 0 to 63; the byte in the packet is four times as large.
    public var rawValue: UInt8

    /// Nil from 64 up.
    public init?(rawValue: UInt8) {
        guard rawValue < 64 else { return nil }
        self.rawValue = rawValue
    }

    private init(_ rawValue: UInt8) { self.rawValue = rawValue }

    /// As best the network can: what every packet is unless asked otherwise.
    public static let bestEffort = TrafficClass(0)
    /// Yields to everyone else: backups, downloads that nobody waits for (RFC 8622).
    public static let lowerEffort = TrafficClass(1)
    /// Little delay, loss and jitter: voice (RFC 3246).
    public static let expedited = TrafficClass(46)

    /// A class selector, 0 to 7 (RFC 2474); 6 and 7 are for the network itself.
    public static func selector(_ number: UInt8) -> TrafficClass? {
        number < 8 ? TrafficClass(number << 3) : nil
    }

    /// Assured forwarding (RFC 2597): class 1 to 4, drop precedence 1 to 3.
    public static func assured(_ number: UInt8, drop: UInt8) -> TrafficClass? {
        guard (1...4).contains(number), (1...3).contains(drop) else { return nil }
        return TrafficClass(number << 3 | drop << 1)
    }
}

extension TrafficClass: LosslessStringConvertible {
    public init?(_ text: String) {
        if let number = Endpoint.number(text, in: 0...63) {
            self.init(UInt8(number))
        } else if let value = Self.named.first(where: { $0.name == text.lowercased() })?.value {
            self = value
        } else {
            return nil
        }
    }

    public var description: String {
        Self.named.first { $0.value == self }?.name ?? "\(rawValue)"
    }

    private static let named: [(name: String, value: TrafficClass)] = {
        let selectors = (0..<8).map { (name: "cs\($0)", value: TrafficClass(UInt8($0) << 3)) }
        let assured = (1...4).flatMap { number in
            (1...3).map { drop in
                (name: "af\(number)\(drop)", value: TrafficClass(UInt8(number << 3 | drop << 1)))
            }
        }
        return selectors + assured + [("ef", .expedited), ("le", .lowerEffort), ("va", TrafficClass(44))]
    }()
}
