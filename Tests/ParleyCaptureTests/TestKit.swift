import ParleyCapture
import ParleyTypes

/// Everything a reader finds, fed in pieces of some size.
func packets(of file: [UInt8], pieces: Int = .max) throws(CaptureError) -> [CapturedPacket] {
    var reader = CaptureReader()
    var found: [CapturedPacket] = []
    var rest = file[...]
    while !rest.isEmpty {
        reader.receive(rest.prefix(pieces))
        rest = rest.dropFirst(pieces)
        while let packet = try reader.nextPacket() { found.append(packet) }
    }
    try reader.finish()
    return found
}

/// Numbers as bytes of one order, to write files with.
struct FileMaker {
    var isBig: Bool
    var bytes: [UInt8] = []

    init(isBig: Bool) { self.isBig = isBig }

    mutating func add(_ value: some FixedWidthInteger & UnsignedInteger) {
        let digits = (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        bytes += isBig ? digits.reversed() : digits
    }

    /// A pcapng block.
    mutating func block(_ type: UInt32, _ write: (inout FileMaker) -> Void) {
        var body = FileMaker(isBig: isBig)
        write(&body)
        while body.bytes.count % 4 != 0 { body.bytes.append(0) }
        add(type)
        add(UInt32(body.bytes.count + 12))
        bytes += body.bytes
        add(UInt32(body.bytes.count + 12))
    }

    mutating func section() {
        block(0x0A0D_0D0A) { body in
            body.add(UInt32(0x1A2B_3C4D))
            body.add(UInt16(1))
            body.add(UInt16(0))
            body.add(UInt64.max)
            // A comment, which nobody needs.
            body.add(UInt16(1))
            body.add(UInt16(2))
            body.bytes += [0x68, 0x69, 0, 0]
            body.add(UInt32(0))
        }
    }

    mutating func interface(
        _ link: UInt16 = 1,
        resolution: UInt8? = nil,
        offset: Int64? = nil,
        snapshot: UInt32 = 0
    ) {
        block(1) { body in
            body.add(link)
            body.add(UInt16(0))
            body.add(snapshot)
            body.add(UInt16(2))
            body.add(UInt16(3))
            body.bytes += [0x65, 0x74, 0x68, 0]
            if let resolution {
                body.add(UInt16(9))
                body.add(UInt16(1))
                body.bytes += [resolution, 0, 0, 0]
            }
            if let offset {
                body.add(UInt16(14))
                body.add(UInt16(8))
                body.add(UInt64(bitPattern: offset))
            }
            body.add(UInt32(0))
        }
    }

    mutating func packet(_ interface: UInt32, _ units: UInt64, _ packet: [UInt8], original: UInt32? = nil) {
        block(6) { body in
            body.add(interface)
            body.add(UInt32(units >> 32))
            body.add(UInt32(units & 0xFFFF_FFFF))
            body.add(UInt32(packet.count))
            body.add(original ?? UInt32(packet.count))
            body.bytes += packet
        }
    }
}

/// A flow of documentation addresses.
let flow4 = Flow(
    source: .ipv4(IPv4Address(192, 0, 2, 1), port: 40000),
    destination: .ipv4(IPv4Address(192, 0, 2, 2), port: 8089)
)
let flow6 = Flow(
    source: .ipv6(IPv6Address(high: 0x2001_0DB8 << 32, low: 1), port: 40000, zone: 0),
    destination: .ipv6(IPv6Address(high: 0x2001_0DB8 << 32, low: 2), port: 8089, zone: 0)
)

/// An Ethernet packet with a UDP datagram.
func udp(_ payload: [UInt8], _ flow: Flow = flow4) -> [UInt8] { PacketBuilder(flow)!.packet(payload)! }

func captured(_ bytes: [UInt8], _ link: LinkType = .ethernet, original: Int? = nil) -> CapturedPacket {
    CapturedPacket(number: 1, time: nil, linkType: link, bytes: bytes, originalLength: original)
}

func dissect(_ bytes: [UInt8], _ link: LinkType = .ethernet, original: Int? = nil) -> Dissection {
    var dissector = PacketDissector()
    return dissector.dissect(captured(bytes, link, original: original))
}

func datagram(_ payload: [UInt8], _ flow: Flow = flow4, missing: Int = 0) -> Dissection {
    .datagram(UDPDatagram(flow: flow, payload: payload[...], missing: missing))
}
