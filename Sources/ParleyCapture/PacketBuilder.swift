import ParleyTypes

/// Makes packets for capture files: a UDP datagram in IPv4 or IPv6 in Ethernet, lengths and checksums right.
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

    /// A packet of link type ``LinkType/ethernet``.
    ///
    /// - Returns: nil when the payload has more than ``payloadBytesMax`` bytes.
    public func packet(_ payload: [UInt8]) -> [UInt8]? {
        guard payload.count <= payloadBytesMax else { return nil }
        var packet = ethernetDestination
        packet += [2, 0, 0, 0, 0, 1]
        let addresses = self.addresses
        let length = UInt16(8 + payload.count)
        switch family {
        case .ipv4:
            packet.append(UInt16(0x0800))
            var header: [UInt8] = [0x45, 0]
            header.append(20 + length)
            header += [0, 0, 0x40, 0, 64, 17, 0, 0]
            header += addresses
            var sum = InternetChecksum()
            sum.add(header)
            header.replaceSubrange(10..<12, with: [UInt8(sum.value >> 8), UInt8(sum.value & 0xFF)])
            packet += header
        case .ipv6:
            packet.append(UInt16(0x86DD))
            packet += [0x60, 0, 0, 0]
            packet.append(length)
            packet += [17, 64]
            packet += addresses
        }
        var datagram: [UInt8] = []
        datagram.append(flow.source.port ?? 0)
        datagram.append(flow.destination.port ?? 0)
        datagram.append(length)
        // The sum covers a pseudo header: addresses, protocol and length. 0 would mean that there is none.
        var sum = InternetChecksum()
        sum.add(addresses)
        sum.add([0, 17])
        sum.add(datagram)
        sum.add([UInt8(length >> 8), UInt8(length & 0xFF)])
        sum.add(payload)
        datagram.append(sum.value == 0 ? UInt16.max : sum.value)
        return packet + datagram + payload
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
