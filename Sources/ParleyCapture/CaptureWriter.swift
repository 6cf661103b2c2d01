public import ParleyTypes

/// Writes capture files: packets in, bytes out. Numbers are little-endian, as most programs write them, so
/// that the same packets give the same bytes on every machine.
///
///     let writer = CaptureWriter(.pcap)
///     var bytes: [UInt8] = []
///     writer.writeHeader(to: &bytes)
///     writer.write(packet, time: time, to: &bytes)
public struct CaptureWriter: Sendable, Hashable {
    public let format: CaptureFormat
    /// What all packets begin with.
    public let linkType: LinkType
    /// Whether time stamps are nanoseconds, otherwise microseconds.
    public let isNanoseconds: Bool

    /// The largest packet that every reader takes, in bytes: libpcap's own limit.
    public static let packetBytesMax = 262_144

    /// - Parameter isNanoseconds: nil is what the format's other writers do: nanoseconds in pcapng,
    ///   microseconds in pcap.
    public init(_ format: CaptureFormat, linkType: LinkType = .ethernet, isNanoseconds: Bool? = nil) {
        self.format = format
        self.linkType = linkType
        self.isNanoseconds = isNanoseconds ?? (format == .pcapng)
    }

    /// Appends what stands at the beginning of the file.
    public func writeHeader(to output: inout [UInt8]) {
        switch format {
        case .pcap:
            let magic = isNanoseconds ? PcapFile.magicNanoseconds : PcapFile.magicMicroseconds
            output.append(magic, isBig: false)
            output.append(UInt16(2), isBig: false)
            output.append(UInt16(4), isBig: false)
            output.append(UInt64(0), isBig: false)
            output.append(UInt32(Self.packetBytesMax), isBig: false)
            output.append(UInt32(linkType.rawValue), isBig: false)
        case .pcapng:
            writeBlock(0x0A0D_0D0A, to: &output) { body in
                body.append(PcapngSection.byteOrderMark, isBig: false)
                body.append(UInt16(1), isBig: false)
                body.append(UInt16(0), isBig: false)
                // The section's length is not known.
                body.append(UInt64.max, isBig: false)
            }
            writeBlock(1, to: &output) { body in
                body.append(linkType.rawValue, isBig: false)
                body.append(UInt16(0), isBig: false)
                body.append(UInt32(Self.packetBytesMax), isBig: false)
                body.append(UInt16(9), isBig: false)
                body.append(UInt16(1), isBig: false)
                body += [isNanoseconds ? 9 : 6, 0, 0, 0]
                body.append(UInt32(0), isBig: false)
            }
        }
    }

    /// Appends a packet.
    ///
    /// - Parameters:
    ///   - bytes: at most ``packetBytesMax`` bytes, beginning at the link's header.
    ///   - time: cut to the file's resolution; before 1970 and after 2106 it is held at these limits in pcap,
    ///     before 1970 in pcapng.
    ///   - originalLength: the bytes on the wire, when more than are given.
    public func write(
        _ bytes: [UInt8],
        time: WallTime,
        originalLength: Int? = nil,
        to output: inout [UInt8]
    ) {
        precondition(bytes.count <= Self.packetBytesMax, "the packet is larger than readers take")
        let length = UInt32(bytes.count)
        let original = UInt32(clamping: max(bytes.count, originalLength ?? 0))
        let fraction = UInt64(isNanoseconds ? time.nanoseconds : time.nanoseconds / 1000)
        switch format {
        case .pcap:
            output.append(UInt32(clamping: time.secondsSince1970), isBig: false)
            output.append(UInt32(fraction), isBig: false)
            output.append(length, isBig: false)
            output.append(original, isBig: false)
            output += bytes
        case .pcapng:
            let scale: UInt64 = isNanoseconds ? 1_000_000_000 : 1_000_000
            let (whole, overflow) = UInt64(clamping: time.secondsSince1970).multipliedReportingOverflow(
                by: scale
            )
            let units = overflow ? UInt64.max : whole &+ fraction
            writeBlock(6, to: &output) { body in
                body.append(UInt32(0), isBig: false)
                body.append(UInt32(truncatingIfNeeded: units >> 32), isBig: false)
                body.append(UInt32(truncatingIfNeeded: units), isBig: false)
                body.append(length, isBig: false)
                body.append(original, isBig: false)
                body += bytes
            }
        }
    }

    private func writeBlock(_ type: UInt32, to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        let start = output.count
        output.append(type, isBig: false)
        output.append(UInt32(0), isBig: false)
        write(&output)
        while (output.count - start) % 4 != 0 { output.append(0) }
        let length = UInt32(output.count - start + 4)
        output.append(length, isBig: false)
        for index in 0..<4 { output[start + 4 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
    }
}
