import Foundation
import ParleyCapture
import ParleyText
import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyCommand

/// Streams of captures, and how runs of bytes are cut.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct CaptureTests {
    /// A TCP segment from 10.0.0.1:1000 to 10.0.0.2:2000, or back, without a link's header.
    static func segment(_ number: UInt32, _ bytes: [UInt8], flags: UInt8 = 0x10, isBack: Bool = false)
        -> [UInt8]
    {
        let length = 40 + bytes.count
        var packet: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 0xFF), 0, 0, 0, 0, 64, 6, 0, 0]
        packet += isBack ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2]
        packet += isBack ? [7, 208, 3, 232] : [3, 232, 7, 208]
        packet += (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        return packet + [0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0] + bytes
    }

    /// A capture of such segments, one a second.
    static func write(_ packets: [[UInt8]], to path: String, in folder: Folder) throws {
        let writer = CaptureWriter(.pcapng, linkType: .raw)
        var bytes: [UInt8] = []
        writer.writeHeader(to: &bytes)
        for (index, packet) in packets.enumerated() {
            writer.write(packet, time: WallTime(secondsSince1970: Int64(index)), to: &bytes)
        }
        try Data(bytes).write(to: folder.url.appending(path: path))
    }

    @Test func `streams are put together in both directions, whatever their segments are`() throws {
        let folder = try Folder()
        try Self.write(
            [
                Self.segment(99, [], flags: 2), Self.segment(499, [], flags: 0x12, isBack: true),
                Self.segment(102, [2, 0, 3]), Self.segment(100, [0, 1, 0]),
                Self.segment(500, [0, 9, 0], isBack: true),
                Self.segment(100, [0, 1]), Self.segment(503, [8], flags: 0x11, isBack: true),
                Self.segment(105, [0, 5], flags: 0x11),
            ],
            to: "a.pcapng",
            in: folder
        )
        let outcome = try Parley.run(
            "decode",
            "--as",
            "id:u16",
            "--json",
            "--port",
            "2000",
            "a.pcapng",
            in: folder
        )
        func line(_ id: Int, _ packet: Int, isBack: Bool = false) -> String {
            let ends = isBack ? ("10.0.0.2:2000", "10.0.0.1:1000") : ("10.0.0.1:1000", "10.0.0.2:2000")
            return
                #"{"schema":"parley.decode/1","fields":{"id":\#(id)},"time":"1970-01-01T00:00:0\#(packet - 1)"#
                + #".000000Z","source":"\#(ends.0)","destination":"\#(ends.1)","packet":\#(packet)}"#
        }
        #expect(
            outcome.lines == [
                line(1, 4), line(512, 4), line(9, 5, isBack: true), line(8, 7, isBack: true), line(768, 8),
            ]
        )
        // The last byte of the client's stream begins a message that never ends.
        #expect(outcome.status == 5)
        #expect(
            outcome.errors.contains(#""bytes":"05","destination":"10.0.0.2:2000","packet":8}"#),
            "\(outcome.errors)"
        )
    }

    @Test func `after a gap messages of one size go on at the next border`() throws {
        let folder = try Folder()
        try Self.write(
            [
                Self.segment(99, [], flags: 2), Self.segment(100, [0, 0, 0, 1]),
                Self.segment(109, [9, 9, 9, 0, 0, 0, 4]),
                Self.segment(116, [], flags: 0x11),
            ],
            to: "a.pcapng",
            in: folder
        )
        let outcome = try Parley.run("decode", "-q", "--as", "id:u32", "--json", "a.pcapng", in: folder)
        #expect(outcome.lines.compactMap { $0.firstMatch(of: /"id":\d+/)?.0 } == ["\"id\":1", "\"id\":4"])
        #expect(outcome.status == 0)
        let told = try Parley.run("decode", "--as", "id:u32", "--framing", "length", "a.pcapng", in: folder)
        #expect(told.errors.contains("5 bytes of the stream are not in the capture"))
        #expect(told.errors.contains("where the next message begins is not known"))
    }

    @Test func `a stream that cannot be cut is told once, and the others go on`() throws {
        let folder = try Folder()
        try Self.write(
            [
                Self.segment(100, [0xFF, 0xFF, 0xFF, 0xFF, 1]), Self.segment(105, [2, 3, 4]),
                Self.segment(500, [0, 0, 0, 2, 0, 7], isBack: true),
            ],
            to: "a.pcapng",
            in: folder
        )
        let outcome = try Parley.run(
            "decode",
            "--as",
            "id:u16",
            "--framing",
            "length",
            "--json",
            "a.pcapng",
            in: folder
        )
        #expect(outcome.lines.count == 1 && outcome.output.contains(#""id":7"#))
        #expect(outcome.errors.components(separatedBy: "the framing allows").count == 2, "\(outcome.errors)")
    }

    @Test func `where a message was seen is written fast as it is written slowly`() {
        var random = SeededGenerator(seed: 2)
        var writer = OriginWriter()
        var heading = OriginHeading()
        var origin = Origin(
            flow: Flow(source: .ipv4(.loopback, port: 1), destination: .ipv6(.loopback, port: 2, zone: 3)),
            packet: 0
        )
        for _ in 0..<5000 {
            if Bool.random(using: &random) {
                let seconds = Int64.random(in: -62_167_219_200...253_402_300_799, using: &random)
                let nanoseconds = Int32.random(in: 0..<1_000_000, using: &random)
                origin.time = WallTime(
                    secondsSince1970: Int.random(in: 0..<3, using: &random) == 0 ? seconds : 7,
                    nanoseconds: Bool.random(using: &random) ? nanoseconds : nanoseconds * 1000
                )
            } else if Bool.random(using: &random) {
                origin.time = nil
            }
            if Bool.random(using: &random) { origin.flow = origin.flow.reversed }
            origin.packet = Int.random(in: 0...12345, using: &random)
            var fast: [UInt8] = []
            writer.append(origin, to: &fast)
            let slow = origin.members.map { ",\(JSONValue.string($0.name)):\($0.value)" }.joined()
            #expect(String(decoding: fast, as: UTF8.self) == slow)
            #expect(heading.text(origin) == origin.heading)
        }
    }

    @Test func `however bytes are cut into blocks, their messages are the same`() throws {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed)
            let framing: Framing? = [
                nil, .backToBack(bytes: Int.random(in: 1...9, using: &random)), .lines(),
                .lengthPrefixed(counterBytes: 1),
            ].randomElement(using: &random)!
            let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...20, using: &random)
            }
            func messages(blocks: Int) throws -> ([[UInt8]], [Int], [UInt8]) {
                var cutter = MessageCutter(framing: framing)
                var found: [[UInt8]] = []
                var offsets: [Int] = []
                var rest = bytes[...]
                var isOver = false
                while !isOver {
                    cutter.append(rest.prefix(blocks))
                    rest = rest.dropFirst(blocks)
                    isOver = rest.isEmpty
                    let failure = try cutter.drain(atEnd: isOver) { (message, offset) throws(Ending) in
                        found.append(unsafe message.withUnsafeBytes { unsafe [UInt8]($0) })
                        offsets.append(offset)
                    }
                    if let failure { #expect(isOver, "seed \(seed): \(failure)") }
                }
                return (found, offsets, cutter.takeRest())
            }
            let whole = try messages(blocks: .max)
            let pieces = try messages(blocks: Int.random(in: 1...20, using: &random))
            #expect(whole == pieces, "seed \(seed)")
            #expect(whole.0.reduce(0) { $0 + $1.count } + whole.2.count <= bytes.count)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/time")))
    func `a large file takes no more memory than a small one`() throws {
        func kilobytes(_ size: String) throws -> Int {
            let outcome = try Parley.shell(
                "head -c \(size) /dev/zero > a.bin; /usr/bin/time -f %M "
                    + "parley decode -q --as 'a:bytes[16000] b:u32' --raw --json a.bin > /dev/null",
                in: folder
            )
            return try #require(Int(outcome.errors.split(separator: "\n").last ?? ""), "\(outcome.errors)")
        }
        let folder = try Folder()
        let small = try kilobytes("1600400")
        let large = try kilobytes("64016000")
        #expect(large - small < 8 << 10, "\(small) KB, then \(large) KB")
    }
}
