import Foundation
import LayoutSamples
import ParleyHeaders
import ParleyWire
import Testing

/// What tshark reads with the emitted dissector is what Parley wrote.
@Suite(.serialized) struct DissectorTests {
    struct Sample {
        var layout: MessageLayout
        var port: UInt16
        var messages: [DynamicMessage] = []
    }

    /// Random layouts, a port for each, and messages of them.
    private static func samples(_ seeds: ClosedRange<UInt64>) throws -> [Sample] {
        var samples: [Sample] = []
        for seed in seeds {
            var features = RandomLayout.Features()
            features.isBeyondC = true
            features.bitOrder = seed % 2 == 0 ? .little : .big
            var random = RandomLayout(seed: seed, name: "random\(seed)", features: features)
            var sample = Sample(layout: random.layout(), port: 10_000 + UInt16(seed))
            if sample.layout.sizeMaximum == 0 { continue }
            var values = RandomValues(seed: seed)
            for _ in 0..<4 {
                let given = values.values(of: sample.layout)
                let message = try DynamicMessage(layout: sample.layout, values: given)
                if !message.bytes.isEmpty { sample.messages.append(message) }
            }
            samples.append(sample)
        }
        return samples
    }

    /// tshark's reading of a file: for each packet the fields whose names begin with the dissector's.
    private static func read(_ packets: Packets, _ samples: [Sample], _ transport: String) throws
        -> [[Shown]]?
    {
        guard let tshark = Tool.find("tshark") else {
            Tool.skipped("tshark")
            return nil
        }
        let folder = try Tool.folder()
        defer { Tool.remove(folder) }
        let file = folder.appending(path: "packets.pcap")
        try Data(packets.bytes).write(to: file)
        var arguments: [String] = []
        for sample in samples {
            let script = folder.appending(path: "\(sample.layout.name).lua")
            let options = EmissionOptions(udpPorts: [sample.port], tcpPorts: [sample.port])
            try Data(sample.layout.wiresharkDissector(options).utf8).write(to: script)
            arguments += ["-X", "lua_script:\(script.path)"]
        }
        let result = try Tool.run(tshark, arguments + ["-r", file.path, "-T", "pdml"], keepErrors: true)
        #expect(result.status == 0, "\(result.output.prefix(2_000))")
        let complaints = result.output.split(separator: "\n").filter {
            $0.contains("Lua Error") || $0.hasPrefix("tshark")
        }
        #expect(complaints.isEmpty, "\(complaints.prefix(3))")
        return PDML.packets(result.output, names: Set(samples.map(\.layout.name)))
    }

    @Test func `every value of random messages over UDP`() throws {
        let samples = try Self.samples(1...60)
        var packets = Packets()
        var expected: [[Shown]] = []
        for sample in samples {
            for message in sample.messages {
                packets.add(udp: message.bytes, to: sample.port)
                expected.append(Shown.fields(of: sample.layout, message.values, sample.layout.name))
            }
        }
        guard let read = try Self.read(packets, samples, "udp") else { return }
        #expect(read.count == expected.count && expected.count > 150)
        for (one, other) in zip(read, expected) where one != other {
            Issue.record("tshark: \(one)\nParley: \(other)")
        }
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `bit fields beyond 32 bits have their values`(_ order: ByteOrder) throws {
        func field(_ name: String, _ width: Int, _ kind: BitsType.Kind = .unsigned) -> MessageLayout.Field {
            .init(name, .bits(BitsType(width: width, order: order, kind: kind)))
        }
        let layouts = [
            [field("a", 20), field("b", 40), field("c", 4)], [field("a", 3), field("b", 60), field("c", 1)],
            [field("a", 31), field("b", 33, .signed)], [field("a", 7, .signed), field("b", 57, .signed)],
            [field("a", 1), field("b", 32), field("c", 31, .signed)], [field("a", 64)],
            [field("a", 64, .signed)],
            [field("a", 33), field("b", 31)], [field("a", 40), field("b", 24)],
        ]
        var packets = Packets()
        var samples: [Sample] = []
        var expected: [[Shown]] = []
        for (index, fields) in layouts.enumerated() {
            var sample = Sample(
                layout: MessageLayout(name: "wide\(order.rawValue)\(index)", packing: fields),
                port: 11_000 + UInt16(index)
            )
            let patterns: [UInt64] = [
                0, .max, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0x8000_0000_0000_0001,
            ]
            for pattern in patterns {
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: pattern >> UInt64(8 * $0)) }
                let message = try DynamicMessage(decoding: unsafe bytes.span.bytes, as: sample.layout)
                sample.messages.append(message)
                packets.add(udp: bytes, to: sample.port)
            }
            expected += sample.messages.map { Shown.fields(of: sample.layout, $0.values, sample.layout.name) }
            samples.append(sample)
        }
        guard let read = try Self.read(packets, samples, "udp") else { return }
        #expect(read == expected)
    }

    @Test func `streams are cut into messages, wherever the segments begin and end`() throws {
        let samples = try Self.samples(61...80)
        var packets = Packets()
        var expected: [Shown] = []
        for sample in samples {
            var stream: [UInt8] = []
            for message in sample.messages {
                if !Framing.following(sample.layout).isBackToBack {
                    let count = message.bytes.count
                    stream += [0, 0, UInt8(count / 256), UInt8(count % 256)]
                }
                stream += message.bytes
                expected += Shown.fields(of: sample.layout, message.values, sample.layout.name)
            }
            var sequence: UInt32 = 1
            while !stream.isEmpty {
                packets.add(tcp: Array(stream.prefix(7)), to: sample.port, sequence: &sequence)
                stream.removeFirst(min(7, stream.count))
            }
        }
        guard let read = try Self.read(packets, samples, "tcp") else { return }
        #expect(read.flatMap { $0 } == expected)
    }

    @Test func `broken messages get expert information, never an error of Lua`() throws {
        let samples = try Self.samples(1...30)
        var packets = Packets()
        var count = 0
        for sample in samples {
            for message in sample.messages.prefix(2) {
                for length in stride(from: 1, to: message.bytes.count, by: 3) {
                    packets.add(udp: Array(message.bytes.prefix(length)), to: sample.port)
                    count += 1
                }
                packets.add(udp: message.bytes + [1, 2, 3], to: sample.port)
                packets.add(udp: message.bytes.map { ~$0 }, to: sample.port)
                count += 2
            }
        }
        guard let read = try Self.read(packets, samples, "udp") else { return }
        #expect(read.count == count)
    }

    @Test func `a protocol that Wireshark has is named, and the dissector stops`() throws {
        guard let tshark = Tool.find("tshark") else { return Tool.skipped("tshark") }
        let folder = try Tool.folder()
        defer { Tool.remove(folder) }
        var packets = Packets()
        packets.add(udp: [7], to: 9_999)
        let file = folder.appending(path: "packets.pcap")
        try Data(packets.bytes).write(to: file)
        for (name, isKnown) in [("data", true), ("udp", true), ("Ethernet", true), ("data_message", false)] {
            let layout = try MessageLayout(spelled: "version:u8", name: name)
            let script = folder.appending(path: "\(name).lua")
            let options = EmissionOptions(udpPorts: [9_999])
            try Data(layout.wiresharkDissector(options).utf8).write(to: script)
            let field = name.lowercased() + ".version"
            let arguments = ["-X", "lua_script:\(script.path)", "-r", file.path, "-T", "fields", "-e"]
            let output = try Tool.run(tshark, arguments + [isKnown ? "ip.dst" : field]).output
            let sentence = "Wireshark has a protocol \(name.lowercased()) already: write this dissector with"
            #expect(output.contains(sentence) == isKnown, "\(output)")
            #expect(output.contains(isKnown ? "127.0.0.1" : "\n7\n"), "\(output)")
        }
    }

    @Test func `a message that ends too early, one with more, a wrong constant`() throws {
        let layout = try MessageLayout(spelled: "version:u8=7 name:char[4] flag:bool", name: "greeting")
        let sample = Sample(layout: layout, port: 9_999)
        var packets = Packets()
        packets.add(udp: [7, 0x61, 0x62], to: 9_999)
        packets.add(udp: [7, 0x61, 0x62, 0, 0, 1, 9], to: 9_999)
        packets.add(udp: [8, 0x61, 0x62, 0, 0, 2], to: 9_999)
        guard let tshark = Tool.find("tshark") else { return Tool.skipped("tshark") }
        let folder = try Tool.folder()
        defer { Tool.remove(folder) }
        let file = folder.appending(path: "packets.pcap")
        try Data(packets.bytes).write(to: file)
        let script = folder.appending(path: "greeting.lua")
        try Data(sample.layout.wiresharkDissector().utf8).write(to: script)
        let arguments = [
            "-X", "lua_script:\(script.path)", "-d", "udp.port==9999,greeting", "-r", file.path, "-T",
            "fields",
            "-e", "_ws.expert.message", "-e", "greeting.name",
        ]
        let output = try Tool.run(tshark, arguments, keepErrors: false).output
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(3) == [
                "name needs 4 bytes at byte 1, where 2 are left\t",
                "1 byte behind the message\tab",
                "version is always 7,flag is neither 0 nor 1\tab",
            ]
        )
    }
}

/// The parts of Wireshark's XML that tests compare.
enum PDML {
    /// For each packet the fields whose first name is one of `names`.
    static func packets(_ text: String, names: Set<String>) -> [[Shown]] {
        var packets: [[Shown]] = []
        for line in text.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("<packet>") { packets.append([]) }
            guard line.hasPrefix("<field"), let name = attribute("name", line),
                names.contains(String(name.prefix { $0 != "." })), name.contains("."),
                !name.contains("._note"),
                attribute("value", line) != nil, let show = attribute("show", line), !packets.isEmpty
            else { continue }
            packets[packets.count - 1].append(Shown(name: name, value: show))
        }
        return packets
    }

    private static func attribute(_ name: String, _ line: Substring) -> String? {
        guard let start = line.range(of: " \(name)=\"") else { return nil }
        let rest = line[start.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end])
    }
}
