public import ParleyTypes

/// Makes packets for capture files: a UDP datagram or a TCP segment in IPv4 or IPv6 in Ethernet, lengths and checksums
/// right.
///
/// The packets were never on a wire: their Ethernet addresses are made up (02:00:00:00:00:01 and …:02, of the
/// range for local use), no packet is fragmented, and IPv4's identification is 0 with "don't fragment" (RFC
/// 6864).
public struct PacketBuilder: Sendable, Hashable {
    public let flow: Flow
    private let family: Family

    private enum Family: Hashable {
        case ipv4(IPv4Address, IPv4Address)
        case ipv6(IPv6Address, IPv6Address)
    }

    /// What a TCP segment's header says (RFC 9293, section 3.1).
    public struct Segment: Sendable, Hashable {
        /// The sequence number of its first byte, or of its SYN or FIN.
        public var number: UInt32
        public var acknowledgement: UInt32
        /// The flags as their byte has them: FIN is 1, SYN 2, RST 4, PSH 8, ACK 16.
        public var flags: UInt8
        /// How many bytes more its sender takes.
        public var window: UInt16

        public init(number: UInt32, acknowledgement: UInt32, flags: UInt8, window: UInt16 = .max) {
            self.number = number
            self.acknowledgement = acknowledgement
            self.flags = flags
            self.window = window
        }
    }

    /// The most bytes of a datagram's payload: 65535 less the headers.
    public var payloadBytesMax: Int {
        switch family {
        case .ipv4: 65535 - 20 - 8
        case .ipv6: 65535 - 8
        }
    }

    /// A builder for datagrams of this flow; nil unless both ends are IPv4 or both are IPv6.
    public init?(_ flow: Flow) {
        self.flow = flow
        switch (flow.source, flow.destination) {
        case (.ipv4(let source, _), .ipv4(let destination, _)): family = .ipv4(source, destination)
        case (.ipv6(let source, _, _), .ipv6(let destination, _, _)): family = .ipv6(source, destination)
        default: return nil
        }
    }

    /// A packet of link type ``LinkType/ethernet`` with a UDP datagram.
    ///
    /// - Parameter ecn: what the packet says of congestion.
    /// - Returns: nil when the payload has more than ``payloadBytesMax`` bytes.
    public func packet(_ payload: [UInt8], ecn: ECN = .notCapable) -> [UInt8]? {
        guard payload.count <= payloadBytesMax else { return nil }
        let length = UInt16(8 + payload.count)
        var datagram: [UInt8] = []
        datagram.append(flow.source.port ?? 0)
        datagram.append(flow.destination.port ?? 0)
        datagram.append(length)
        datagram += [0, 0]
        datagram += payload
        // 0 would mean that there is none.
        let sum = checksum(of: datagram, protocol: 17)
        datagram.set(sum == 0 ? UInt16.max : sum, at: 6)
        return packet(datagram, protocol: 17, ecn)
    }

    /// A packet of link type ``LinkType/ethernet`` with a TCP segment.
    ///
    /// - Returns: nil when the payload has more bytes than a packet holds.
    public func packet(_ segment: Segment, _ payload: [UInt8], ecn: ECN = .notCapable) -> [UInt8]? {
        guard payload.count <= payloadBytesMax - 12 else { return nil }
        var bytes: [UInt8] = []
        bytes.append(flow.source.port ?? 0)
        bytes.append(flow.destination.port ?? 0)
        bytes.append(segment.number)
        bytes.append(segment.acknowledgement)
        bytes += [0x50, segment.flags]
        bytes.append(segment.window)
        bytes += [0, 0, 0, 0]
        bytes += payload
        bytes.set(checksum(of: bytes, protocol: 6), at: 16)
        return packet(bytes, protocol: 6, ecn)
    }

    /// A packet of link type ``LinkType/ethernet`` that says: nobody listens at the port that this flow comes from, and
    /// a datagram came to it (ICMP type 3, code 3, RFC 792; ICMPv6 type 1, code 4, RFC 4443).
    public func refusal() -> [UInt8] {
        let refused = PacketBuilder(flow.reversed)?.packet([]) ?? []
        let original = refused.dropFirst(14)
        switch family {
        case .ipv4:
            var bytes: [UInt8] = [3, 3, 0, 0, 0, 0, 0, 0]
            bytes += original
            var sum = InternetChecksum()
            sum.add(bytes)
            bytes.set(sum.value, at: 2)
            return packet(bytes, protocol: 1, .notCapable)
        case .ipv6:
            var bytes: [UInt8] = [1, 4, 0, 0, 0, 0, 0, 0]
            bytes += original
            bytes.set(checksum(of: bytes, protocol: 58), at: 2)
            return packet(bytes, protocol: 58, .notCapable)
        }
    }

    /// The sum covers a pseudo header too: addresses, protocol and length.
    private func checksum(of bytes: [UInt8], protocol number: UInt8) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(addresses)
        sum.add([0, number])
        sum.add([UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)])
        sum.add(bytes)
        return sum.value
    }

    private func packet(_ content: [UInt8], protocol number: UInt8, _ ecn: ECN) -> [UInt8] {
        var packet = ethernetDestination
        packet += [2, 0, 0, 0, 0, 1]
        switch family {
        case .ipv4:
            packet.append(UInt16(0x0800))
            var header: [UInt8] = [0x45, ecn.rawValue]
            header.append(UInt16(20 + content.count))
            header += [0, 0, 0x40, 0, 64, number, 0, 0]
            header += addresses
            var sum = InternetChecksum()
            sum.add(header)
            header.set(sum.value, at: 10)
            packet += header
        case .ipv6:
            packet.append(UInt16(0x86DD))
            packet += [0x60, ecn.rawValue << 4, 0, 0]
            packet.append(UInt16(content.count))
            packet += [number, 64]
            packet += addresses
        }
        return packet + content
    }

    /// Source and destination, as both headers and the checksum have them.
    private var addresses: [UInt8] {
        var bytes: [UInt8] = []
        switch family {
        case .ipv4(let source, let destination):
            bytes.append(source.rawValue)
            bytes.append(destination.rawValue)
        case .ipv6(let source, let destination):
            for number in [source.high, source.low, destination.high, destination.low] {
                bytes.append(number)
            }
        }
        return bytes
    }

    /// Groups have Ethernet addresses of their own (RFC 1112, section 6.4; RFC 2464, section 7).
    private var ethernetDestination: [UInt8] {
        switch family {
        case .ipv4(_, .broadcast): return [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        case .ipv4(_, let address) where address.isMulticast:
            var bytes: [UInt8] = [1, 0]
            bytes.append(0x5E00_0000 | address.rawValue & 0x7F_FFFF)
            return bytes
        case .ipv6(_, let address) where address.isMulticast:
            var bytes: [UInt8] = [0x33, 0x33]
            bytes.append(UInt32(truncatingIfNeeded: address.low))
            return bytes
        default: return [2, 0, 0, 0, 0, 2]
        }
    }
}

extension [UInt8] {
    /// Writes a number over what stands there, in network order.
    fileprivate mutating func set(_ number: UInt16, at offset: Int) {
        self[offset] = UInt8(number >> 8)
        self[offset + 1] = UInt8(number & 0xFF)
    }
}
