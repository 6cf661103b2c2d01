public import ParleyTypes

/// Which packets are meant: what the words of `parley capture` say, as a value.
///
///     let wanted = try FilterExpression(words: ["udp", "port", "8089"])
///     let program = FilterProgram(wanted, for: .ethernet)
///
/// The words are those of tcpdump(8) and pcap-filter(7) as far as they go.
public indirect enum FilterExpression: Sendable, Hashable {
    /// Every packet.
    case everything
    case test(FilterTest)
    case not(FilterExpression)
    case and(FilterExpression, FilterExpression)
    case or(FilterExpression, FilterExpression)
}

/// One question about a packet.
public enum FilterTest: Sendable, Hashable {
    /// What the link carries: `ip`, `ip6`, `arp`. An Ethernet type.
    case network(UInt16)
    /// What IP carries: `udp`, `tcp`, `icmp`, `icmp6`, `sctp`.
    case transport(IPTransport)
    /// A port of either of these protocols.
    case port(ClosedRange<UInt16>, FilterEnd)
    /// An address, or all that begin with the same bits.
    case host(FilterNetwork, FilterEnd)
}

/// Which end of a packet is meant.
public enum FilterEnd: Sendable, Hashable {
    case source, destination, either
}

/// A protocol that IP carries, and in which version it is looked for.
public struct IPTransport: Sendable, Hashable {
    public var number: UInt8
    public var isInIPv4: Bool
    public var isInIPv6: Bool

    public static let udp = IPTransport(number: 17, isInIPv4: true, isInIPv6: true)
    public static let tcp = IPTransport(number: 6, isInIPv4: true, isInIPv6: true)
    public static let sctp = IPTransport(number: 132, isInIPv4: true, isInIPv6: true)
    public static let icmp = IPTransport(number: 1, isInIPv4: true, isInIPv6: false)
    public static let icmp6 = IPTransport(number: 58, isInIPv4: false, isInIPv6: true)

    /// Those whose packets begin with two ports.
    static let withPorts: [UInt8] = [17, 6, 132]
}

/// Addresses that begin with the same bits.
public struct FilterNetwork: Sendable, Hashable {
    public var address: IPAddress
    /// How many bits count: 0 to 32, or to 128.
    public var prefix: Int

    /// - Parameter prefix: nil is all bits. More than the address has are as many as it has.
    public init(_ address: IPAddress, prefix: Int? = nil) {
        let most = if case .ipv4 = address { 32 } else { 128 }
        self.address = address
        self.prefix = min(max(prefix ?? most, 0), most)
    }

    /// Whether an address begins so.
    public func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.ipv4(let mine), .ipv4(let other)):
            (mine.rawValue ^ other.rawValue) & Self.mask32(prefix) == 0
        case (.ipv6(let mine), .ipv6(let other)):
            (mine.high ^ other.high) & Self.mask64(prefix) == 0
                && (mine.low ^ other.low) & Self.mask64(prefix - 64) == 0
        default: false
        }
    }

    /// The first `bits` bits of 32; fewer than none are none, more are all.
    static func mask32(_ bits: Int) -> UInt32 { ~(bits <= 0 ? .max : UInt32.max >> UInt32(min(bits, 32))) }

    static func mask64(_ bits: Int) -> UInt64 { ~(bits <= 0 ? .max : UInt64.max >> UInt64(min(bits, 64))) }
}

extension FilterExpression {
    /// What is known of a packet when it has been put together.
    public struct Subject: Sendable, Hashable {
        /// The Ethernet type.
        public var network: UInt16
        /// The protocol that IP carries, nil of what is not IP.
        public var transport: UInt8?
        /// Both ends; nil where nobody has looked.
        public var flow: Flow?

        public init(network: UInt16, transport: UInt8?, flow: Flow?) {
            self.network = network
            self.transport = transport
            self.flow = flow
        }
    }

    /// Whether a packet is meant. What is not known of it counts as a yes to whatever is asked.
    public func matches(_ subject: Subject) -> Bool { mayBe(true, subject) }

    private func mayBe(_ value: Bool, _ subject: Subject) -> Bool {
        switch self {
        case .everything: value
        case .test(let test): test.answer(subject).map { $0 == value } ?? true
        case .not(let inner): inner.mayBe(!value, subject)
        case .and(let first, let second):
            value
                ? first.mayBe(true, subject) && second.mayBe(true, subject)
                : first.mayBe(false, subject) || second.mayBe(false, subject)
        case .or(let first, let second):
            value
                ? first.mayBe(true, subject) || second.mayBe(true, subject)
                : first.mayBe(false, subject) && second.mayBe(false, subject)
        }
    }
}

extension FilterTest {
    /// Yes, no, or nil: not known.
    fileprivate func answer(_ subject: FilterExpression.Subject) -> Bool? {
        let isIPv4 = subject.network == EtherNumber.ipv4
        let isIPv6 = subject.network == EtherNumber.ipv6
        switch self {
        case .network(let number):
            return subject.network == number
        case .transport(let transport):
            guard isIPv4 && transport.isInIPv4 || isIPv6 && transport.isInIPv6 else { return false }
            return subject.transport.map { $0 == transport.number }
        case .port(let ports, let end):
            guard isIPv4 || isIPv6 else { return false }
            guard let transport = subject.transport else { return nil }
            guard IPTransport.withPorts.contains(transport) else { return false }
            return subject.flow.map { flow in
                end.holds(flow) { $0.port.map(ports.contains) ?? false }
            }
        case .host(let network, let end):
            return subject.flow.map { flow in
                end.holds(flow) { $0.ip.map(network.contains) ?? false }
            }
        }
    }
}

extension FilterEnd {
    fileprivate func holds(_ flow: Flow, _ test: (SocketAddress) -> Bool) -> Bool {
        switch self {
        case .source: test(flow.source)
        case .destination: test(flow.destination)
        case .either: test(flow.source) || test(flow.destination)
        }
    }
}

/// Ethernet types that a filter asks for.
enum EtherNumber {
    static let ipv4: UInt16 = 0x0800
    static let arp: UInt16 = 0x0806
    static let reverseARP: UInt16 = 0x8035
    static let ipv6: UInt16 = 0x86DD
}
