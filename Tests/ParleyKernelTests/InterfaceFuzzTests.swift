import ParleyKernel
import ParleySockets
import ParleyTypes
import Testing

@Suite struct InterfaceFuzzTests {
    @Test(arguments: 1...8) func `no bytes trap the readers of interfaces, addresses and routes`(seed: UInt64)
    {
        var random = SeededGenerator(seed: seed)
        var read = 0
        for _ in 0..<4000 {
            let bytes = Self.message(&random)
            var messages = NetlinkMessages(unsafe bytes.span.bytes)
            while let message = try? messages.next() {
                do {
                    if let record = try InterfaceRecord(link: message) {
                        read += 1
                        #expect(record.remarks(InterfaceSettings()).allSatisfy { $0.text.hasSuffix(".") })
                    }
                    if let (address, _) = try InterfaceRecord.Address.read(message) {
                        read += 1
                        #expect((0...128).contains(address.prefixLength))
                    }
                    if try Route(message, .ipv4(.any)) != nil { read += 1 }
                } catch {
                    let codes: [ErrorCode] = [
                        .protocolError, .networkUnreachable, .hostUnreachable, .permissionDenied,
                        .invalidArgument,
                    ]
                    #expect(codes.contains(error.code))
                }
            }
        }
        // Otherwise nothing was tried.
        #expect(read > 100, "\(read)")
    }

    /// An interface, an address or a route, whose attributes have sizes that are right, nearly right, or noise.
    private static func message(_ random: inout SeededGenerator) -> [UInt8] {
        let (type, header) = [(16, 16), (20, 8), (24, 12)].randomElement(using: &random)!
        var body = (0..<header).map { _ in UInt8.random(in: 0...3, using: &random) }
        if Int.random(in: 0..<10, using: &random) == 0 {
            body.removeLast(Int.random(in: 1...header, using: &random))
        }
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let size = [0, 1, 2, 3, 4, 6, 8, 12, 16, 20, 40, 192, 208].randomElement(using: &random)!
            let claimed =
                size + 4 + ([0, 0, 0, 0, 0, 0, 1, -1, -4, 4, 60_000].randomElement(using: &random)!)
            let kind = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 16, 18, 23, 37, 52, 53].randomElement(using: &random)!
            body += [
                UInt8(truncatingIfNeeded: claimed), UInt8(truncatingIfNeeded: claimed >> 8), UInt8(kind), 0,
            ]
            body += (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            while body.count % 4 != 0 { body.append(0) }
        }
        let count = body.count + 16
        return [
            UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8), 0, 0, UInt8(type), 0, 0,
            0,
        ]
            + [UInt8](repeating: 0, count: 8) + body
    }

    @Test func `lines of the group files are read as the kernel writes them, and others are left out`() {
        var files = GroupFiles()
        let reversed = UInt32(0xEF01_0203).bigEndian
        let digits = String(reversed, radix: 16, uppercase: true)
        let word = String(repeating: "0", count: 8 - digits.count) + digits
        files.take(
            igmp: """
                Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter
                7\tverylongname12:     1      V2
                \t\t\t\t\(word)     3 0:00000000\t\t0
                \t\t\t\tnonsense
                x\tone       :     1      V3
                \t\t\t\t\(word)     9 0:00000000\t\t0
                """
        )
        files.take(
            igmp6:
                "7    one             ff020000000000000000000000000001     1 0000000C 0\n7 one ff02 1 0 0\n"
        )
        files.take(
            links: "7    one           1     0     01005e010203\n7 one 1 0 01005e01020\n7 one 1 0 zz\n"
        )
        files.take(
            sources:
                "Idx Device        MCA        SRC    INC    EXC\n  7    one 0xef010203 0x0a090009      1      2\n"
        )
        var records = [InterfaceRecord(index: 7, name: "one"), InterfaceRecord(index: 8, name: "two")]
        files.add(to: &records)
        #expect(records[0].groupProtocolVersion == 2 && records[1].groups.isEmpty)
        #expect(
            records[0].groups == [
                .init(
                    .ip(.ipv4(IPv4Address(239, 1, 2, 3))),
                    users: 3,
                    sources: [.init(.ipv4(IPv4Address(10, 9, 0, 9)), includes: 1, excludes: 2)]
                ),
                .init(.ip(.ipv6(IPv6Address("ff02::1")!)), users: 1),
                .init(.link(HardwareAddress("01:00:5e:01:02:03")!), users: 1),
            ]
        )
        #expect(records[0].groups.map(\.sockets) == [3, 0, 1])
    }

    @Test(arguments: 1...4) func `no text traps the reader of the group files`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "7", "\t", " ", "\n", "one", "V3", "0xef010203", "ffffffff", "-1", ":", "\u{0}", "é",
            "99999999999",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }
            .joined()
            var files = GroupFiles()
            files.take(igmp: text)
            files.take(igmp6: text)
            files.take(links: text)
            files.take(sources: text)
        }
    }
}
