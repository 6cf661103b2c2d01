public import ParleyTypes

/// What a packet carries, as ``PacketDissector`` finds it.
public enum Dissection: Sendable, Hashable {
    /// A UDP datagram, whole or cut by the capture.
    case datagram(UDPDatagram)
    /// A TCP segment.
    case segment(TCPSegment)
    /// A part of an IP packet whose other parts have not all come yet.
    case fragment
    /// Nothing that carries messages, or nothing that can be read.
    case other(Reason)

    /// Why a packet gives neither a datagram nor a segment.
    public enum Reason: Sendable, Hashable {
        /// The capture's link type is not one that is read.
        case linkType(LinkType)
        /// Neither IPv4 nor IPv6: ARP, for example. The Ethernet type.
        case networkProtocol(UInt16)
        /// Neither UDP nor TCP: ICMP, for example. The IP protocol number.
        case transportProtocol(UInt8)
        /// The packet ends before its headers do, or its headers contradict it.
        case malformed
        /// A fragment that cannot belong to a packet: it overlaps another, or reaches beyond 65535 bytes.
        case badFragment
        /// One more fragment than are held (``FragmentReassembler/Limits``).
        case tooManyFragments
    }
}

/// Where a datagram or a stream goes: from whom to whom.
public struct Flow: Sendable, Hashable {
    public var source: SocketAddress
    public var destination: SocketAddress

    public init(source: SocketAddress, destination: SocketAddress) {
        self.source = source
        self.destination = destination
    }

    /// The other direction.
    public var reversed: Flow { Flow(source: destination, destination: source) }

    /// Whether one of its two ends has this port.
    public func has(port: UInt16) -> Bool { source.port == port || destination.port == port }
}

extension Flow: CustomStringConvertible {
    /// `192.0.2.1:40000 > 192.0.2.2:8089`
    public var description: String { "\(source) > \(destination)" }
}

/// A UDP datagram (RFC 768).
public struct UDPDatagram: Sendable, Hashable {
    public var flow: Flow
    public var payload: ArraySlice<UInt8>
    /// How many bytes of the payload the capture has not kept (`tcpdump -s`); 0 when it is whole.
    public var missing: Int

    public init(flow: Flow, payload: ArraySlice<UInt8>, missing: Int = 0) {
        self.flow = flow
        self.payload = payload
        self.missing = missing
    }
}

/// A TCP segment (RFC 9293).
public struct TCPSegment: Sendable, Hashable {
    public var flow: Flow
    public var sequenceNumber: SequenceNumber
    public var flags: Flags
    public var payload: ArraySlice<UInt8>
    /// How many bytes of the payload the capture has not kept (`tcpdump -s`); 0 when it is whole.
    public var missing: Int
    /// What the sender expects next; counts only with ``Flags/ack``.
    public var acknowledgementNumber: SequenceNumber
    /// How much the sender takes, as the header says it: times two to the power of the scale that it named.
    public var window: UInt16
    /// The scale of all its later windows that a SYN names (RFC 7323, section 2), at most 14; nil without the
    /// option.
    public var windowScale: UInt8?

    public init(
        flow: Flow,
        sequenceNumber: SequenceNumber,
        flags: Flags,
        payload: ArraySlice<UInt8>,
        missing: Int = 0,
        acknowledgementNumber: SequenceNumber = SequenceNumber(rawValue: 0),
        window: UInt16 = 0,
        windowScale: UInt8? = nil
    ) {
        self.flow = flow
        self.sequenceNumber = sequenceNumber
        self.flags = flags
        self.payload = payload
        self.missing = missing
        self.acknowledgementNumber = acknowledgementNumber
        self.window = window
        self.windowScale = windowScale
    }

    /// How many bytes of the stream it carries, kept or not.
    public var payloadByteCount: Int { payload.count + missing }

    /// The control bits of the header's fourteenth byte.
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The sender has finished.
        public static let fin = Flags(rawValue: 0x01)
        /// The connection begins.
        public static let syn = Flags(rawValue: 0x02)
        /// The connection is no more.
        public static let rst = Flags(rawValue: 0x04)
        /// Hand it on at once.
        public static let psh = Flags(rawValue: 0x08)
        /// The acknowledgement number counts.
        public static let ack = Flags(rawValue: 0x10)
        /// Some of it is urgent.
        public static let urg = Flags(rawValue: 0x20)
        /// A router on the way was congested (RFC 3168).
        public static let ece = Flags(rawValue: 0x40)
        /// The sender has slowed down.
        public static let cwr = Flags(rawValue: 0x80)

        /// `SYN`, `ACK` …, what begins and ends a connection first.
        public var names: [String] {
            let all: [(Flags, String)] = [
                (.syn, "SYN"), (.fin, "FIN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"),
                (.ece, "ECE"), (.cwr, "CWR"),
            ]
            return all.filter { contains($0.0) }.map(\.1)
        }
    }
}

extension Dissection.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .linkType(let type): "\(type) is not read"
        case .networkProtocol(0x0806): "ARP"
        case .networkProtocol(let number): "Ethernet type 0x\(String(number, radix: 16))"
        case .transportProtocol(1), .transportProtocol(58): "ICMP"
        case .transportProtocol(let number): "IP protocol \(number)"
        case .malformed: "headers that end early or contradict each other"
        case .badFragment: "fragments that overlap or reach too far"
        case .tooManyFragments: "too many fragments of one datagram"
        }
    }
}
