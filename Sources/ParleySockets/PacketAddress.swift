internal import CParleyLinux
internal import Glibc

/// One end of a packet on a link (packet(7)): which interface, which protocol, whose hardware.
///
/// To bind takes the interface and the protocol. To send on a `.datagram` socket takes the interface, the
/// protocol and the receiver's hardware address; on a `.raw` one, whose packets have their headers, the
/// interface alone.
public struct PacketAddress: KernelAddress {
    /// The index of the interface; 0 to bind to all of them.
    public var interface: UInt32
    /// Which packets to receive, what is sent, what was received.
    public var etherType: EtherType
    /// The other side's address on the link. An address of more than 8 bytes shows its first 8.
    public var hardware: HardwareAddress
    /// What kind of link it is (`ARPHRD_…`: 1 Ethernet, 772 loopback, 65534 none). Of received packets.
    public var hardwareType: UInt16
    /// For whom the packet was. Of received packets.
    public var direction: Direction

    /// For whom a packet was (`PACKET_…`).
    public struct Direction: RawRepresentable, Sendable, Hashable {
        public var rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        public static let toUs = Direction(rawValue: UInt8(PACKET_HOST))
        public static let toAll = Direction(rawValue: UInt8(PACKET_BROADCAST))
        public static let toGroup = Direction(rawValue: UInt8(PACKET_MULTICAST))
        /// Seen because the interface is promiscuous.
        public static let toOthers = Direction(rawValue: UInt8(PACKET_OTHERHOST))
        /// Sent by this host.
        public static let outgoing = Direction(rawValue: UInt8(PACKET_OUTGOING))
    }

    public init(interface: UInt32, etherType: EtherType, hardware: HardwareAddress = .none) {
        self.interface = interface
        self.etherType = etherType
        self.hardware = hardware
        hardwareType = 0
        direction = .toUs
    }

    public static var family: SocketFamily { .packet }

    public init?(kernel bytes: RawSpan) {
        // Longer and shorter than the structure: the kernel counts the hardware address as it is.
        guard bytes.family(ofBytes: Self.hardwareOffset) == .packet else { return nil }
        etherType = EtherType(rawValue: UInt16(bigEndian: bytes.number(at: 2)))
        interface = bytes.number(at: 4)
        hardwareType = bytes.number(at: 8)
        direction = Direction(rawValue: bytes.number(at: 10))
        var word: UInt64 = 0
        let count = min(
            Int(bytes.number(at: 11, as: UInt8.self)),
            HardwareAddress.byteCountMax,
            bytes.byteCount - Self.hardwareOffset
        )
        for index in 0..<count {
            let byte: UInt8 = bytes.number(at: Self.hardwareOffset + index)
            word |= UInt64(byte) << (56 - 8 * UInt64(index))
        }
        hardware = HardwareAddress(word: word, byteCount: count)
    }

    public func write(kernel bytes: inout MutableRawSpan) -> Int {
        bytes.put(UInt16(AF_PACKET), at: 0)
        bytes.put(etherType.rawValue.bigEndian, at: 2)
        bytes.put(interface, at: 4)
        bytes.put(hardwareType, at: 8)
        bytes.put(direction.rawValue, at: 10)
        bytes.put(UInt8(hardware.byteCount), at: 11)
        bytes.put(hardware.bigEndianWord.bigEndian, at: Self.hardwareOffset)
        return MemoryLayout<sockaddr_ll>.size
    }

    /// Where `sll_addr` lies.
    private static let hardwareOffset = 12

    /// `02:00:5e:10:00:ff%2 ETH_P_IP`: the hardware, the interface, the protocol.
    public var description: String { "\(hardware)%\(interface) \(etherType)" }
}
