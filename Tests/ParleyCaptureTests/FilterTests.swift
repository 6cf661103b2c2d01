import Foundation
import ParleyTypes
import Testing

@testable import ParleyCapture

@Suite(.timeLimit(.minutes(2))) struct FilterTests {
    private static func program(
        _ words: String,
        _ layout: FilterProgram.Layout = .ethernet,
        _ precision: FilterProgram.Precision = .exact
    ) throws -> FilterProgram {
        try FilterProgram(FilterExpression(words: [words]), for: layout, precision, snapLength: 1000)
    }

    private static func keeps(_ words: String, _ packet: [UInt8]) throws -> Bool {
        try program(words).run(packet) == 1000
    }

    @Test func `words select by protocol, port, address and network`() throws {
        let packet4 = udp([1, 2, 3], flow4)
        let packet6 = udp([1, 2, 3], flow6)
        for (words, is4, is6) in [
            ("", true, true), ("ip", true, false), ("ip6", false, true), ("udp", true, true),
            ("tcp", false, false), ("icmp", false, false), ("udp port 8089", true, true),
            ("port 8088", false, false), ("src port 8089", false, false), ("dst port 8089", true, true),
            ("tcp port 8089", false, false), ("portrange 8000-9000", true, true),
            ("portrange 9000-8000", true, true), ("host 192.0.2.1", true, false),
            ("src host 192.0.2.2", false, false), ("dst 192.0.2.2", true, false),
            ("net 192.0.2.0/24", true, false), ("net 192.0", true, false), ("net 10", false, false),
            ("net 2001:db8::/32", false, true), ("host 2001:db8::2", false, true),
            ("src net 2001:db8::2/127", false, false), ("dst net 2001:db8::2/127", false, true),
            ("not udp", false, false), ("not port 53", true, true), ("! ip", false, true),
            ("port 53 or 8089", true, true), ("port 53 or port 8089 and ip6", false, true),
            ("ip6 or (port 8089 and ip)", true, true), ("ip udp src port 40000 dst port 8089", true, false),
            ("net 0.0.0.0/0", true, false), ("net ::/0", false, true), ("arp", false, false),
            ("not (ip or ip6)", false, false), ("udp && !(port 1 || port 2)", true, true),
        ] {
            #expect(try Self.keeps(words, packet4) == is4, "\(words), IPv4")
            #expect(try Self.keeps(words, packet6) == is6, "\(words), IPv6")
        }
    }

    @Test func `a wrong word is named, and what is missing`() {
        for (words, word, reason) in [
            ("upd port 1", "upd", .unknownWord), ("port", "", .expected("a port")),
            ("port http", "http", .notAPort), ("port 65536", "65536", .notAPort),
            ("host example.org", "example.org", .notAnAddress),
            ("net 10.0.0.0/33", "10.0.0.0/33", .notANetwork),
            ("udp 8089", "8089", .expected("port, host or net")), ("udp and", "", .expected("a test")),
            ("or udp", "or", .expected("a test")), ("(udp", "(", .unbalanced), ("udp)", ")", .unbalanced),
            ("portrange 1-2-3", "1-2-3", .notAPort), ("src", "", .expected("an address")),
            ("not", "", .expected("a test")), ("udp dance", "dance", .unknownWord),
        ] as [(String, String, FilterError.Reason)] {
            #expect(throws: FilterError(word: word, reason: reason), "\(words)") {
                try FilterExpression(words: [words])
            }
        }
        let many = Array(repeating: "udp", count: 513)
        #expect(throws: FilterError.self) { try FilterExpression(words: many) }
        let deep = String(repeating: "(", count: 500) + "udp" + String(repeating: ")", count: 11)
        #expect(throws: FilterError.self) { try FilterExpression(words: [deep]) }
    }

    /// One of many Ethernet packets: IPv4 with options and fragments, IPv6 with fragments, ARP, VLAN, noise.
    static func packet(_ random: inout SeededGenerator) -> [UInt8] {
        func digits(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * (count - 1 - $0))) }
        }
        let transport: UInt8 = [1, 6, 17, 17, 58, 132, 47].randomElement(using: &random)!
        let port: UInt32 = [53, 80, 81, 443, 8089].randomElement(using: &random)!
        let other: UInt32 = [53, 80, 40000, 8089].randomElement(using: &random)!
        let end: UInt8 = [1, 2, 3].randomElement(using: &random)!
        var packet = [UInt8](repeating: 2, count: 12)
        let body = digits(port, 2) + digits(other, 2) + [UInt8](repeating: 0x50, count: 60)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            let options = Int.random(in: 0...10, using: &random)
            let place: UInt32 = [0, 0, 0, 0x4000, 0x2000, 0x2010, 0x0010].randomElement(using: &random)!
            packet +=
                [8, 0, UInt8(0x45 + options), 0, 0, 100, 0, 1] + digits(place, 2) + [64, transport, 0, 0]
            packet += [10, 0, 0, end] + [192, 0, 2, 3 - end % 3]
            return packet + [UInt8](repeating: 1, count: 4 * options) + body
        case 5..<8:
            let next: UInt8 = Int.random(in: 0..<4, using: &random) == 0 ? 44 : transport
            packet += [0x86, 0xDD, 0x60, 0, 0, 0, 0, 64, next, 64]
            packet += [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [end]
            packet += [0x20, 1, 0x0D, 0xB9] + [UInt8](repeating: 0, count: 11) + [3 - end % 3]
            if next == 44 { packet += [transport, 0, 0, 0, 0, 0, 0, 9] }
            return packet + body
        case 8:
            let type: UInt8 = Bool.random(using: &random) ? 0x06 : 0x35
            packet += [type == 0x06 ? 8 : 0x80, type, 0, 1, 8, 0, 6, 4, 0, 1]
            packet += [2, 2, 2, 2, 2, 2, 10, 0, 0, end, 0, 0, 0, 0, 0, 0, 192, 0, 2, 3 - end % 3]
            return packet + [UInt8](repeating: 0, count: 40)
        default:
            return packet + [0x88, 0xCC] + (0..<80).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    static let expressions = [
        "udp", "tcp", "ip", "ip6", "arp", "icmp", "icmp6", "sctp", "port 53", "udp port 8089", "src port 80",
        "tcp dst port 443", "portrange 80-443", "udp portrange 53-80", "host 10.0.0.1", "src host 192.0.2.2",
        "dst host 10.0.0.2", "ip host 10.0.0.3", "net 10.0.0.0/30", "dst net 192.0.2.0/24", "net 10",
        "ip6 host 2001:db8::1", "src host 2001:db8::2", "net 2001:db8::/32", "dst net 2001:db9::/64",
        "net 2001:db8::/30", "not port 53", "not udp", "not (udp or tcp)", "udp and not port 53",
        "port 53 or 80", "tcp or udp and port 80", "udp and port 80 or host 10.0.0.1",
        "not (port 80 and host 10.0.0.1) and not arp", "(tcp port 80 or udp port 53) and src net 10.0.0.0/8",
        "not ip6 and not src port 8089", "host 10.0.0.1 and (udp or icmp)", "ip and not host 192.0.2.2",
    ]

    @Test func `the two layouts and both precisions agree where all is known`() throws {
        var random = SeededGenerator(seed: 11)
        let packets = (0..<400).map { _ in Self.packet(&random) }
        for words in Self.expressions {
            let ethernet = try Self.program(words)
            let kernel = try Self.program(words, .kernel)
            let loose = try Self.program(words, .kernel, .mayMatch)
            for packet in packets {
                let type = UInt16(packet[12]) << 8 | UInt16(packet[13])
                let told = FilterProgram.Ancillary(etherType: type, networkOffset: 14)
                let isKept = ethernet.run(packet)
                #expect(kernel.run(packet, told) == isKept, "\(words)")
                let isLater = type == 0x0800 && (packet[20] & 0x1F != 0 || packet[21] != 0)
                let isHidden = type == 0x86DD && packet[20] == 44
                if !isLater, !isHidden { #expect(loose.run(packet, told) == isKept, "\(words)") }
            }
        }
    }

    @Test func `whatever a packet's parts turn out to be, they have passed the loose program`() throws {
        // A later fragment of anything that is wanted passes; a whole packet that is wanted does, too.
        for words in [
            "udp port 8089", "not port 53", "not (udp and port 53)", "host 192.0.2.1 and port 8089",
        ] {
            var later = udp([UInt8](repeating: 0, count: 64), flow4)
            later[21] = 8
            #expect(try Self.program(words, .ethernet, .mayMatch).run(later) == 1000, "\(words)")
        }
        var later = udp([UInt8](repeating: 0, count: 64), flow4)
        later[21] = 8
        #expect(try Self.program("udp port 8089").run(later) == 0)
        #expect(try Self.program("tcp port 8089", .ethernet, .mayMatch).run(later) == 0)
        let whole = FilterExpression.Subject(network: 0x0800, transport: 17, flow: flow4)
        #expect(try FilterExpression(words: ["udp port 8089"]).matches(whole))
        #expect(try !FilterExpression(words: ["not port 8089"]).matches(whole))
        #expect(try !FilterExpression(words: ["src net 10.0.0.0/8 or tcp"]).matches(whole))
        let unknown = FilterExpression.Subject(network: 0x0800, transport: 17, flow: nil)
        #expect(try FilterExpression(words: ["not port 8089"]).matches(unknown))
    }

    @Test func `what leaves by loopback is left out where it comes back`() throws {
        let program = try FilterProgram(.everything, for: .kernel, leavingOutOutgoingOn: 1)
        func keeps(_ interface: UInt32, _ direction: UInt8) -> Bool {
            program.run(
                [0],
                .init(etherType: 0x0800, direction: direction, interface: interface, networkOffset: 0)
            ) > 0
        }
        #expect(keeps(1, 0) && !keeps(1, 4) && keeps(2, 4) && keeps(2, 0))
    }

    @Test func `long filters jump farther than a byte, and mean the same`() throws {
        let words = (1...120).map { "port \($0)" }.joined(separator: " or ")
        let program = try Self.program(words + " or port 8089")
        #expect(program.instructions.count > 600)
        for (offset, step) in program.instructions.enumerated() {
            // The kernel's own check: no jump leaves the program.
            let reach = step.code == 0x05 ? Int(step.operand) : Int(max(step.skipIfTrue, step.skipIfFalse))
            #expect(step.code & 7 != 5 || offset + 1 + reach < program.instructions.count)
        }
        #expect(program.run(udp([1], flow4)) == 1000)
        #expect(try Self.program("not (\(words))").run(udp([1], flow4)) == 1000)
        #expect(try Self.program(words).run(udp([1], flow4)) == 0)
        #expect(throws: FilterError.self) {
            try Self.program((1...160).map { "portrange \($0)-60000" }.joined(separator: " or "))
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump"), "needs tcpdump"))
    func `the same packets pass as with tcpdump's own filter`() throws {
        let seed = UInt64(4)
        var random = SeededGenerator(seed: seed)
        let packets = (0..<600).map { _ in Self.packet(&random) }
        let writer = CaptureWriter(.pcap)
        var file: [UInt8] = []
        writer.writeHeader(to: &file)
        for (index, packet) in packets.enumerated() {
            writer.write(packet, time: WallTime(secondsSince1970: Int64(index)), to: &file)
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString).pcap")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(file).write(to: path)
        for words in Self.expressions {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/tcpdump")
            process.arguments = ["-r", path.path, "-w", "-", words]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let output = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(words)")
            let theirs = try ParleyCaptureTests.packets(of: output).map(\.bytes)
            let program = try Self.program(words)
            #expect(packets.filter { program.run($0) > 0 } == theirs, "\(words), seed \(seed)")
        }
    }
}
