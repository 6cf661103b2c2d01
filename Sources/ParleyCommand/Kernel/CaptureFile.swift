import ParleyCapture
import ParleySockets

/// The file of a capture: packets as they came, behind their interface; those that the kernel had still to cut
/// as it would cut them.
final class CaptureFile {
    private var writer: LiveCaptureWriter
    private let file: OutputFile
    private let isEthernet: Bool

    var byteCount: Int { writer.byteCount }

    init(path: String, _ interface: LiveCaptureWriter.Interface) throws(Ending) {
        writer = LiveCaptureWriter(interface)
        isEthernet = interface.linkType == .ethernet
        file = path == "-" ? OutputFile.standard : try OutputFile(path: path)
        // Whoever reads along knows at once what comes.
        try flush()
    }

    /// Writes a packet, or the datagrams that it stands for.
    ///
    /// - Returns: how many packets the file has of it.
    func write(_ packet: PacketRing.Packet) -> Int {
        let network = packet.bytes.extracting(droppingFirst: packet.networkOffset)
        if let segments = packet.segments, segments.isUDP, packet.bytes.byteCount == packet.linkByteCount,
            let place = DatagramPlace(in: network), place.payload.count > segments.byteCount
        {
            return write(packet, network, place, segments.byteCount)
        }
        if !isEthernet {
            let link = packet.networkOffset
            writer.write(
                behind: cookedHeader(packet),
                network,
                nanoseconds: packet.nanoseconds,
                originalLength: packet.linkByteCount - link + Self.cookedBytes
            )
        } else if let tag = packet.vlanTag, packet.bytes.byteCount >= 14 {
            // The kernel took the tag out: it stood behind the addresses.
            let head = Self.bytes(packet.bytes.extracting(first: 12)) + Self.tag(tag)
            writer.write(
                behind: head,
                packet.bytes.extracting(droppingFirst: 12),
                nanoseconds: packet.nanoseconds,
                originalLength: packet.linkByteCount + 4
            )
        } else {
            writer.write(
                packet.bytes,
                nanoseconds: packet.nanoseconds,
                originalLength: packet.linkByteCount
            )
        }
        return 1
    }

    private func write(
        _ packet: PacketRing.Packet,
        _ network: RawSpan,
        _ place: DatagramPlace,
        _ size: Int
    ) -> Int {
        let link =
            isEthernet
            ? Self.bytes(packet.bytes.extracting(first: packet.networkOffset)) : cookedHeader(packet)
        let pieces = UDPPieces(headers: Self.bytes(network.extracting(first: place.payload.lowerBound)))
        var count = 0
        var start = place.payload.lowerBound
        while start < place.payload.upperBound {
            let end = min(start + size, place.payload.upperBound)
            let payload = network.extracting(start..<end)
            let header = link + pieces.headers(of: Self.bytes(payload), number: count)
            writer.write(
                behind: header,
                payload,
                nanoseconds: packet.nanoseconds,
                originalLength: header.count + payload.byteCount
            )
            start = end
            count += 1
        }
        return count
    }

    /// Passes on what has been written so far.
    func flush() throws(Ending) {
        try writer.take { (bytes) throws(Ending) in try file.write(bytes) }
    }

    /// Ends the file with how the capture went.
    func finish(_ statistics: LiveCaptureWriter.Statistics) throws(Ending) {
        writer.write(statistics)
        try flush()
    }

    // MARK: Links

    private static let cookedBytes = 20

    /// `LINKTYPE_LINUX_SLL2`: protocol, interface, kind of link, direction, the sender's address.
    private func cookedHeader(_ packet: PacketRing.Packet) -> [UInt8] {
        let sender = packet.sender
        let hardware = sender?.hardware.bytes ?? []
        func digits(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
        }
        return digits(UInt64(sender?.etherType.rawValue ?? 0), 2) + [0, 0]
            + digits(UInt64(sender?.interface ?? 0), 4) + digits(UInt64(sender?.hardwareType ?? 0), 2)
            + [sender?.direction.rawValue ?? 0, UInt8(hardware.count)]
            + (hardware + [UInt8](repeating: 0, count: 8 - hardware.count))
    }

    private static func tag(_ tag: UInt16) -> [UInt8] {
        [0x81, 0, UInt8(tag >> 8), UInt8(tag & 0xFF)]
    }

    private static func bytes(_ span: RawSpan) -> [UInt8] {
        unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
