/// The formats of capture files.
public enum CaptureFormat: String, Sendable, Hashable, CaseIterable {
    /// The format of libpcap and of `tcpdump -w`: draft-ietf-opsawg-pcap.
    case pcap
    /// The format of Wireshark and dumpcap: draft-ietf-opsawg-pcapng.
    case pcapng

    /// How many first bytes tell the format.
    public static let magicBytes = 4

    /// The format of a file that begins with these bytes; nil for any other file, and for fewer than four
    /// bytes.
    public init?(beginning bytes: some Sequence<UInt8>) {
        switch Array(bytes.prefix(Self.magicBytes)) {
        case [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D],
            [0x4D, 0x3C, 0xB2, 0xA1]:
            self = .pcap
        case [0x0A, 0x0D, 0x0D, 0x0A]:
            self = .pcapng
        default:
            return nil
        }
    }
}
