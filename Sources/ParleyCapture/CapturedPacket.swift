public import ParleyTypes

/// A packet as a capture file holds it.
public struct CapturedPacket: Sendable, Hashable {
    /// Its place in the file, as Wireshark counts: 1 is the first.
    public var number: Int
    /// When it was seen; nil when the file does not say, or says a time outside the years 0 to 9999.
    public var time: WallTime?
    /// What its bytes begin with.
    public var linkType: LinkType
    /// Which of the section's interfaces saw it; always 0 in pcap.
    public var interface: Int
    /// The bytes that were captured, beginning at the link's header.
    public var bytes: [UInt8]
    /// How many bytes the packet had on the wire, at least as the file says.
    public var originalLength: Int

    public init(
        number: Int,
        time: WallTime?,
        linkType: LinkType,
        interface: Int = 0,
        bytes: [UInt8],
        originalLength: Int? = nil
    ) {
        self.number = number
        self.time = time
        self.linkType = linkType
        self.interface = interface
        self.bytes = bytes
        self.originalLength = originalLength ?? bytes.count
    }

    /// Whether the capture kept only the packet's first bytes (`tcpdump -s`).
    public var isTruncated: Bool { bytes.count < originalLength }
}
