internal import ParleyCapture
internal import ParleyTypes

extension PacketMemory {
    /// When simulations begin, by the calendar: 1 January 2000, 0:00 UTC.
    static let beginning: Int64 = 946_684_800

    static func wallTime(_ time: MonotonicInstant) -> WallTime {
        let (seconds, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return WallTime(secondsSince1970: beginning + seconds, nanoseconds: Int32(rest))
    }

    /// The packets that are left, as a pcapng file: when each left its host.
    func file() -> [UInt8] {
        let writer = CaptureWriter(.pcapng)
        var output: [UInt8] = []
        writer.writeHeader(to: &output)
        each { packet, bytes, time in
            let flow = ParleyCapture.Flow(
                source: packet.source.address,
                destination: packet.destination.address
            )
            guard let builder = PacketBuilder(flow), let built = Self.built(packet, bytes, by: builder) else {
                return
            }
            writer.write(built, time: Self.wallTime(time), to: &output)
        }
        return output
    }

    private static func built(_ packet: Packet, _ bytes: [UInt8], by builder: PacketBuilder) -> [UInt8]? {
        let flags: UInt8
        switch packet.kind {
        case .datagram: return builder.packet(bytes, ecn: packet.ecn)
        case .refusal: return builder.refusal()
        case .synchronize: flags = 2
        case .accepted: flags = 18
        case .segment: flags = packet.isLast ? 17 : 24
        case .reset: flags = 4
        }
        // The first number is the connection's beginning's own.
        let isFirst = packet.kind == .synchronize || packet.kind == .accepted
        let segment = PacketBuilder.Segment(
            number: UInt32(truncatingIfNeeded: isFirst ? 0 : packet.offset + 1),
            acknowledgement: flags & 16 == 0 ? 0 : UInt32(truncatingIfNeeded: packet.acknowledgement + 1),
            flags: flags
        )
        return builder.packet(segment, bytes, ecn: packet.ecn)
    }
}
