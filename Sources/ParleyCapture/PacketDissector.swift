import ParleyTypes

/// Finds the UDP datagram or the TCP segment in a packet: link, IPv4 or IPv6 with options, extension headers
/// and fragments, transport.
///
/// Checksums are not looked at: a capture on the sending host holds packets whose checksums the network card
/// has still to compute. Tunnels (IP in IP, GRE, PPPoE) are not opened. Give packets in the file's order.
public struct PacketDissector: Sendable {
    /// The packets that are waiting for their other fragments.
    public private(set) var fragments: FragmentReassembler

    /// A packet with more extension headers than this is no packet of good will.
    static let extensionHeadersMax = 16
    /// Service provider's, customer's and one more.
    static let tagsMax = 4

    public init(limits: FragmentReassembler.Limits = FragmentReassembler.Limits()) {
        fragments = FragmentReassembler(limits: limits)
    }

    /// Reads one packet.
    public mutating func dissect(_ packet: CapturedPacket) -> Dissection {
        let bytes = PacketBytes(packet.bytes[...])
        switch Self.network(bytes, packet.linkType) {
        case .success(let network): return dissect(network, packet)
        case .failure(let refusal): return .other(refusal.reason)
        }
    }

    private mutating func dissect(_ network: PacketBytes, _ packet: CapturedPacket) -> Dissection {
        let result: Result<InternetPacket, Refusal> =
            switch network.byte(0).map({ $0 >> 4 }) {
            case 4: InternetPacket.ipv4(network, isTruncated: packet.isTruncated)
            case 6: InternetPacket.ipv6(network, isTruncated: packet.isTruncated)
            default: .failure(Refusal(.malformed))
            }
        guard case .success(var whole) = result else {
            if case .failure(let refusal) = result { return .other(refusal.reason) }
            return .other(.malformed)
        }
        if let fragment = whole.fragment {
            guard whole.missing == 0 else { return .other(.badFragment) }
            switch fragments.receive(fragment, of: whole, at: packet.time) {
            case .incomplete: return .fragment
            case .refused(let reason): return .other(reason)
            case .complete(let payload, let next):
                whole.payload = PacketBytes(payload[...])
                guard let whole = whole.passingExtensions(from: next) else { return .other(.malformed) }
                return Self.transport(whole)
            }
        }
        return Self.transport(whole)
    }

    // MARK: Transport

    private static func transport(_ packet: InternetPacket) -> Dissection {
        switch packet.nextProtocol {
        case 17: datagram(packet)
        case 6: segment(packet)
        case let number: .other(.transportProtocol(number))
        }
    }

    ///      0      7 8     15 16    23 24    31
    ///     |  source port    |destination port |
    ///     |     length      |    checksum     |
    private static func datagram(_ packet: InternetPacket) -> Dissection {
        guard let source = packet.payload.number16(0), let destination = packet.payload.number16(2),
            let length = packet.payload.number16(4), let rest = packet.payload.dropping(8)
        else { return .other(.malformed) }
        // 0 is a jumbogram (RFC 2675), or a datagram that the card has still to cut: all that is there.
        let size = length == 0 ? rest.count + packet.missing : Int(length) - 8
        guard size >= 0, size <= rest.count + packet.missing else { return .other(.malformed) }
        let payload = rest.prefix(size)
        return .datagram(
            UDPDatagram(
                flow: packet.flow(from: source, to: destination),
                payload: payload.bytes,
                missing: size - payload.count
            )
        )
    }

    ///      0      7 8     15 16    23 24    31
    ///     |  source port    |destination port |
    ///     |         sequence number           |
    ///     |      acknowledgement number       |
    ///     |offset|  |flags  |     window      |
    private static func segment(_ packet: InternetPacket) -> Dissection {
        guard let source = packet.payload.number16(0), let destination = packet.payload.number16(2),
            let number = packet.payload.number32(4), let acknowledged = packet.payload.number32(8),
            let offset = packet.payload.byte(12), let bits = packet.payload.byte(13), offset >> 4 >= 5,
            let window = packet.payload.number16(14), let rest = packet.payload.dropping(4 * Int(offset >> 4))
        else { return .other(.malformed) }
        let flags = TCPSegment.Flags(rawValue: bits)
        return .segment(
            TCPSegment(
                flow: packet.flow(from: source, to: destination),
                sequenceNumber: SequenceNumber(rawValue: number),
                flags: flags,
                payload: rest.bytes,
                missing: packet.missing,
                acknowledgementNumber: SequenceNumber(rawValue: acknowledged),
                window: window,
                windowScale: flags.contains(.syn)
                    ? windowScale(packet.payload.prefix(4 * Int(offset >> 4))) : nil
            )
        )
    }

    /// The option of a SYN that scales windows (RFC 7323, section 2.2), found among the others.
    private static func windowScale(_ header: PacketBytes) -> UInt8? {
        var place = 20
        while let kind = header.byte(place), kind != 0 {
            guard kind != 1 else {
                place += 1
                continue
            }
            guard let length = header.byte(place + 1), length >= 2 else { return nil }
            if kind == 3, length == 3 { return header.byte(place + 2).map { min($0, 14) } }
            place += Int(length)
        }
        return nil
    }
}

/// Why a packet is no packet of ours, as an error of the steps inside.
struct Refusal: Error {
    var reason: Dissection.Reason
    init(_ reason: Dissection.Reason) { self.reason = reason }
}
