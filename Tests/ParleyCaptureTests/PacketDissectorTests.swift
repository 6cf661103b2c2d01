import ParleyCapture
import ParleyTypes
import Testing

@Suite struct PacketDissectorTests {
    static let payload: [UInt8] = Array("hello".utf8)

    @Test func `a captured conversation is taken apart`() throws {
        var dissector = PacketDissector()
        let found = try packets(of: Captured.conversation).map { dissector.dissect($0) }
        #expect(found.count == 7)
        let client = SocketAddress.ipv4(.loopback, port: 55106)
        let server = SocketAddress.ipv4(.loopback, port: 57687)
        for (index, dissection) in found.dropLast().enumerated() {
            guard case .segment(let segment) = dissection else {
                Issue.record("\(dissection) is no segment")
                continue
            }
            let isRequest = [0, 2, 4].contains(index)
            #expect(segment.flow.source == (isRequest ? client : server))
            #expect(segment.payload.count == [21, 21, 31, 31, 11, 11][index])
            #expect(segment.flags == [.ack, TCPSegment.Flags(rawValue: 8)])
        }
        guard case .datagram(let datagram)? = found.last else {
            Issue.record("no datagram at the end")
            return
        }
        #expect(datagram.flow.description == "[::1]:46433 > [::1]:46433")
        #expect(
            datagram.payload.elementsEqual(
                Array("six".utf8) + [UInt8](repeating: 0, count: 13) + [6, 0, 0, 0, 6]
            )
        )
    }

    @Test(arguments: [flow4, flow6])
    func `every link's header is passed over`(_ flow: Flow) {
        let frame = udp(Self.payload, flow)
        let packet = Array(frame[14...])
        let type = Array(frame[12..<14])
        let family: [UInt8] = flow == flow4 ? [0, 0, 0, 2] : [0, 0, 0, 30]
        let expected = datagram(Self.payload, flow)
        #expect(dissect(frame) == expected)
        #expect(dissect(Array(frame[..<12]) + [0x81, 0, 0, 5] + frame[12...]) == expected)
        #expect(dissect(Array(frame[..<12]) + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6] + frame[12...]) == expected)
        #expect(dissect(packet, .raw) == expected)
        #expect(dissect(packet, flow == flow4 ? .ipv4 : .ipv6) == expected)
        #expect(dissect(family + packet, .loop) == expected)
        #expect(dissect(family.reversed() + packet, .null) == expected)
        #expect(dissect([UInt8](repeating: 0, count: 14) + type + packet, .linuxCooked) == expected)
        #expect(dissect(type + [UInt8](repeating: 0, count: 18) + packet, .linuxCooked2) == expected)
        // What Ethernet fills a short frame with is no part of the datagram.
        #expect(dissect(frame + [UInt8](repeating: 0xEE, count: 20)) == expected)
    }

    @Test func `options of IPv4 and extension headers of IPv6 are passed over`() {
        var frame = udp(Self.payload)
        frame[14] = 0x47
        frame[17] += 8
        frame.insert(contentsOf: [1, 1, 1, 1, 1, 1, 1, 0], at: 34)
        #expect(dissect(frame) == datagram(Self.payload))
        var six = udp(Self.payload, flow6)
        let headers: [UInt8] =
            [60, 0, 0, 0, 0, 0, 0, 0]  // hop by hop, then destination options
            + [51, 1] + [UInt8](repeating: 0, count: 14)  // 16 bytes, then authentication
            + [44, 1] + [UInt8](repeating: 0, count: 10)  // 12 bytes, then a fragment's header
            + [17, 0, 0, 0, 0, 0, 0, 1]  // which is the whole packet
        six[20] = 0
        six[19] += UInt8(headers.count)
        six.insert(contentsOf: headers, at: 54)
        #expect(dissect(six) == datagram(Self.payload, flow6))
    }

    @Test func `what is neither UDP nor TCP says what it is`() {
        var frame = udp(Self.payload)
        frame[23] = 1
        #expect(dissect(frame) == .other(.transportProtocol(1)))
        frame[13] = 6
        #expect(dissect(frame) == .other(.networkProtocol(0x0806)))
        #expect(dissect(frame, LinkType(rawValue: 147)) == .other(.linkType(LinkType(rawValue: 147))))
    }

    @Test func `what a capture cut off is counted, what a packet lacks is malformed`() {
        let frame = udp(Self.payload)
        for count in 0..<frame.count {
            let short = Array(frame[..<count])
            let whole = dissect(short)
            #expect(whole == .other(.malformed), "\(count)")
            let cut = dissect(short, original: frame.count)
            if count < 42 {
                #expect(cut == .other(.malformed), "\(count)")
            } else {
                #expect(cut == datagram(Array(Self.payload[..<(count - 42)]), missing: frame.count - count))
            }
        }
    }

    @Test func `fragments come together in any order, twice, and only with their own`() {
        let payload = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
        for flow in [flow4, flow6] {
            var random = SeededGenerator(seed: 5)
            for round in 0..<50 {
                var dissector = PacketDissector()
                var parts = fragments(
                    of: udp(payload, flow),
                    id: 1,
                    size: 8 * Int.random(in: 20...150, using: &random)
                )
                let others = fragments(of: udp(Array(payload.reversed()), flow), id: 2, size: 800).dropLast()
                parts += parts.prefix(round % 3) + others
                parts.shuffle(using: &random)
                let found = parts.map { dissector.dissect(captured($0)) }
                // What came twice after its datagram was whole begins another that never ends.
                #expect(found.filter { $0 == datagram(payload, flow) }.count == 1, "round \(round)")
                #expect(found.filter { $0 == .fragment }.count == parts.count - 1)
                #expect((1...2).contains(dissector.fragments.waitingCount))
            }
        }
    }

    @Test func `fragments that contradict each other are refused`() {
        let parts = fragments(of: udp([UInt8](repeating: 1, count: 2000)), id: 1, size: 800)
        var dissector = PacketDissector()
        #expect(dissector.dissect(captured(parts[0])) == .fragment)
        var overlapping = parts[1]
        overlapping[21] -= 1
        #expect(dissector.dissect(captured(overlapping)) == .other(.badFragment))
        #expect(dissector.fragments.waitingCount == 0 && dissector.fragments.abandonedCount == 1)
        var far = parts[1]
        far[20] = 0x3F
        far[21] = 0xFF
        #expect(dissector.dissect(captured(far)) == .other(.badFragment))
    }

    @Test func `fragments cannot fill our memory, and the oldest give way`() {
        var limits = FragmentReassembler.Limits()
        limits.packetsMax = 10
        limits.bytesMax = 5000
        var dissector = PacketDissector(limits: limits)
        for id in 0..<1000 {
            let part = fragments(of: udp([UInt8](repeating: 1, count: 2000)), id: UInt16(id), size: 800)[0]
            #expect(dissector.dissect(captured(part)) == .fragment)
            #expect(dissector.fragments.waitingCount <= 6)
        }
        #expect(dissector.fragments.abandonedCount >= 990)
    }

    /// The fragments of an Ethernet packet, as a router would make them.
    private func fragments(of frame: [UInt8], id: UInt16, size: Int) -> [[UInt8]] {
        let isIPv4 = frame[14] >> 4 == 4
        let body = Array(frame[(isIPv4 ? 34 : 54)...])
        return stride(from: 0, to: body.count, by: size).map { start in
            let part = Array(body[start..<min(start + size, body.count)])
            let hasMore = start + size < body.count
            var packet = Array(frame[..<(isIPv4 ? 34 : 54)])
            if isIPv4 {
                let total = 20 + part.count
                packet[16] = UInt8(total >> 8)
                packet[17] = UInt8(total & 0xFF)
                packet[18] = UInt8(id >> 8)
                packet[19] = UInt8(id & 0xFF)
                packet[20] = UInt8((start / 8) >> 8) | (hasMore ? 0x20 : 0)
                packet[21] = UInt8((start / 8) & 0xFF)
                return packet + part
            }
            let total = 8 + part.count
            packet[18] = UInt8(total >> 8)
            packet[19] = UInt8(total & 0xFF)
            packet[20] = 44
            let place = UInt16(start) | (hasMore ? 1 : 0)
            let header: [UInt8] = [
                17, 0, UInt8(place >> 8), UInt8(place & 0xFF), 0, 0, UInt8(id >> 8), UInt8(id & 0xFF),
            ]
            return packet + header + part
        }
    }
}

@Suite struct PacketBuilderTests {
    @Test func `a packet has the checksums that were computed by others`() {
        // Checked with tshark: both are "correct".
        let bytes = udp(Captured.bytes("4c690000000000000000000000000000630000004d"))
        let packet = Captured.bytes(
            "020000000002020000000001080045000031000040004011b6b8c0000201c0000202"
        )
        #expect(Array(bytes[..<34]) == packet)
        // The same flow but for the source's port, whose sum differs by as much.
        #expect(Array(bytes[40..<42]) == [0xC3, 0x6C])
    }

    @Test func `groups have their own Ethernet addresses`() {
        func destination(_ address: SocketAddress, _ source: SocketAddress) -> [UInt8]? {
            PacketBuilder(Flow(source: source, destination: address))?.packet([]).map { Array($0[..<6]) }
        }
        #expect(
            destination(.ipv4(IPv4Address(239, 129, 2, 3), port: 1), flow4.source) == [1, 0, 0x5E, 1, 2, 3]
        )
        #expect(
            destination(.ipv6(IPv6Address("ff02::1:3")!, port: 1, zone: 0), flow6.source) == [
                0x33, 0x33, 0, 1, 0, 3,
            ]
        )
        #expect(destination(flow6.destination, flow4.source) == nil)
    }

    @Test func `a payload larger than a datagram is refused`() {
        #expect(PacketBuilder(flow4)?.packet([UInt8](repeating: 0, count: 65507)) != nil)
        #expect(PacketBuilder(flow4)?.packet([UInt8](repeating: 0, count: 65508)) == nil)
        #expect(PacketBuilder(flow6)?.packet([UInt8](repeating: 0, count: 65527)) != nil)
        #expect(PacketBuilder(flow6)?.packet([UInt8](repeating: 0, count: 65528)) == nil)
        #expect(
            dissect(udp([UInt8](repeating: 3, count: 65507))) == datagram([UInt8](repeating: 3, count: 65507))
        )
    }
}
