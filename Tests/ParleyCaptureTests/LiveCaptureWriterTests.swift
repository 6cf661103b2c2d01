import Foundation
import ParleyCapture
import ParleyTypes
import Testing

@Suite struct LiveCaptureWriterTests {
    private static func file(
        _ link: LinkType = .ethernet,
        snapLength: UInt32 = 262_144,
        _ write: (inout LiveCaptureWriter) -> Void
    ) -> [UInt8] {
        var writer = LiveCaptureWriter(
            .init(
                linkType: link,
                name: "lo",
                filter: "udp port 8089",
                snapLength: snapLength,
                application: "parley"
            )
        )
        var file: [UInt8] = []
        write(&writer)
        writer.write(.init(began: 1_000_000_000, ended: 3_000_000_001, received: 7, dropped: 2))
        writer.take { bytes in unsafe file += bytes.withUnsafeBytes { unsafe [UInt8]($0) } }
        #expect(file.count == writer.byteCount && writer.waitingByteCount == 0)
        return file
    }

    @Test func `what is written while it happens is read again to the same packets`() throws {
        let first = udp([1, 2, 3], flow4)
        let second = udp([4], flow6)
        let file = Self.file { writer in
            unsafe writer.write(
                first.span.bytes,
                nanoseconds: 1_795_615_387_123_456_789,
                originalLength: first.count
            )
            // In two parts, of which the first is the link's.
            let rest = Array(second[14...])
            unsafe writer.write(
                behind: Array(second[..<14]),
                rest.span.bytes,
                nanoseconds: 5,
                originalLength: 5000
            )
            #expect(writer.packetCount == 2)
        }
        let found = try packets(of: file, pieces: 7)
        #expect(found.map(\.bytes) == [first, second])
        #expect(found.map(\.originalLength) == [first.count, 5000])
        #expect(found[0].time == WallTime(secondsSince1970: 1_795_615_387, nanoseconds: 123_456_789))
        #expect(found[1].time == WallTime(secondsSince1970: 0, nanoseconds: 5))
    }

    @Test func `no more is kept than the snap length says`() throws {
        let packet = udp([UInt8](repeating: 9, count: 200), flow4)
        let file = Self.file(snapLength: 64) { writer in
            unsafe writer.write(packet.span.bytes, nanoseconds: 0, originalLength: packet.count)
            unsafe writer.write(behind: packet, packet.span.bytes, nanoseconds: 0, originalLength: 1)
        }
        let found = try packets(of: file)
        #expect(found[0].bytes == Array(packet.prefix(64)) && found[0].originalLength == packet.count)
        // What stands in front is ours and stays whole.
        #expect(found[1].bytes == packet && found[1].originalLength == packet.count)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark"), "needs tshark"))
    func `tshark finds the interface, the filter, the times and the losses`() throws {
        let packet = udp([1, 2, 3], flow4)
        let file = Self.file { writer in
            unsafe writer.write(packet.span.bytes, nanoseconds: 1_000_000_007, originalLength: packet.count)
        }
        let path = FileManager.default.temporaryDirectory.appending(
            path: "parley-\(UUID().uuidString).pcapng"
        )
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(file).write(to: path)
        let fields = ["frame.time_epoch", "frame.interface_name", "udp.dstport", "udp.checksum.status"]
        let told = try run(
            "/usr/bin/tshark",
            ["-r", path.path, "-o", "udp.check_checksum:TRUE", "-T", "fields"]
                + fields.flatMap { ["-e", $0] }
        )
        #expect(told == "1.000000007\tlo\t8089\t1\n")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/capinfos") else { return }
        let infos = try run("/usr/bin/capinfos", ["-M", path.path])
        for text in ["Name = lo", "udp port 8089", "Number of packets = 1", "nanoseconds (9)", "parley"] {
            #expect(infos.contains(text), "\(text): \(infos)")
        }
    }

    @Test func `a datagram still to be cut becomes the datagrams that the kernel would make`() throws {
        for flow in [flow4, flow6] {
            let payload = (0..<50).map { UInt8($0) }
            let whole = udp(payload, flow)
            let network = Array(whole[14...])
            let place = try #require(unsafe DatagramPlace(in: network.span.bytes))
            #expect(place.flow == flow && Array(network[place.payload]) == payload)
            let pieces = UDPPieces(headers: Array(network[..<place.payload.lowerBound]))
            for (number, part) in [payload[0..<21], payload[21..<42], payload[42..<50]].enumerated() {
                let part = Array(part)
                let headers = pieces.headers(of: part, number: number)
                var alone = udp(part, flow)
                // PacketBuilder's packets all have identification 0.
                if flow == flow4 {
                    alone[14 + 5] = UInt8(number)
                    let sum = UInt16(alone[24]) << 8 | UInt16(alone[25])
                    let less = sum - UInt16(number)
                    alone[24] = UInt8(less >> 8)
                    alone[25] = UInt8(less & 0xFF)
                }
                #expect(headers + part == Array(alone[14...]))
            }
        }
    }

    @Test func `the fast way finds what the slow way finds, or leaves it to it`() {
        var random = SeededGenerator(seed: 5)
        var fast = 0
        for _ in 0..<20_000 {
            let flow = Bool.random(using: &random) ? flow4 : flow6
            let size = Int.random(in: 0...40, using: &random)
            var packet = Array(udp([UInt8](repeating: 1, count: size), flow)[14...])
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                packet[Int.random(in: 0..<packet.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                packet = Array(packet.prefix(Int.random(in: 0...packet.count, using: &random)))
            }
            guard let place = unsafe DatagramPlace(in: packet.span.bytes) else { continue }
            fast += 1
            let slow = dissect(packet, .raw)
            #expect(slow == datagram(Array(packet[place.payload]), place.flow))
        }
        #expect(fast > 5000)
    }

    private func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
