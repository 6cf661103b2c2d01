import ParleyCapture
import ParleyTypes
import Testing

/// Captures are written by strangers: whatever they hold, the readers end, and hold no more than they may.
@Suite struct FuzzTests {
    /// A pcapng file with two interfaces, fragments, streams and blocks of other kinds.
    static let pcapng: [UInt8] = {
        var file = FileMaker(isBig: false)
        file.section()
        file.interface(1)
        file.interface(101, resolution: 9, offset: 5)
        file.packet(0, 1_000_000, udp([1, 2, 3]))
        file.packet(1, 2_000_000, Array(udp([4, 5], flow6)[14...]))
        file.block(3) { body in
            body.add(UInt32(60))
            body.bytes += udp([6], flow4)
        }
        file.block(5) { $0.add(UInt64(0)) }
        return file.bytes
    }()

    /// Reads everything to the end, in pieces, and follows all streams.
    static func readAll(_ bytes: [UInt8], pieces: Int) -> (packets: Int, error: CaptureError?) {
        var reader = CaptureReader()
        var dissector = PacketDissector()
        var streams = StreamTable()
        var rest = bytes[...]
        var delivered = 0
        do throws(CaptureError) {
            while !rest.isEmpty {
                reader.receive(rest.prefix(pieces))
                rest = rest.dropFirst(pieces)
                while let packet = try reader.nextPacket() {
                    #expect(packet.bytes.count <= bytes.count)
                    if case .segment(let segment) = dissector.dissect(packet) { streams.receive(segment) }
                    while let event = streams.nextEvent() {
                        if case .bytes(let some) = event.kind { delivered += some.count }
                    }
                }
            }
            try reader.finish()
        } catch {
            return (reader.packetCount, error)
        }
        streams.finish()
        while let event = streams.nextEvent() {
            if case .bytes(let some) = event.kind { delivered += some.count }
        }
        #expect(delivered <= bytes.count)
        return (reader.packetCount, nil)
    }

    @Test(arguments: [Captured.conversation, pcapng])
    func `damaged captures never trap, and pieces change nothing`(_ whole: [UInt8]) {
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.removeSubrange(index..<min(bytes.count, index + 30))
                case 2: bytes[index] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random)!
                case 3: bytes.insert(contentsOf: bytes[index...].prefix(60), at: index)
                default: bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let atOnce = Self.readAll(bytes, pieces: .max)
            let inPieces = Self.readAll(bytes, pieces: Int.random(in: 1...50, using: &random))
            #expect(atOnce == inPieces, "seed \(seed)")
        }
    }

    @Test func `random packets of every link never trap`() {
        let links: [LinkType] = [.ethernet, .raw, .null, .loop, .linuxCooked, .linuxCooked2, .ipv4, .ipv6]
        let seeds = [udp([1, 2, 3]), udp([1, 2, 3], flow6)]
        var dissector = PacketDissector()
        var streams = StreamTable()
        var random = SeededGenerator(seed: 11)
        for _ in 0..<50_000 {
            let seed = seeds[Int.random(in: 0..<2, using: &random)]
            let drop = [0, 14].randomElement(using: &random)!
            var bytes = Array(seed[drop...]) + (0..<Int.random(in: 0...30, using: &random)).map { _ in 0 }
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            if Bool.random(using: &random) { bytes[drop == 0 ? 23 : 9] = 6 }
            bytes.removeLast(Int.random(in: 0...min(20, bytes.count), using: &random))
            let original = Bool.random(using: &random) ? nil : bytes.count + 10
            let packet = captured(bytes, links.randomElement(using: &random)!, original: original)
            if case .segment(let segment) = dissector.dissect(packet) { streams.receive(segment) }
            while streams.nextEvent() != nil {}
        }
        #expect(dissector.fragments.waitingCount <= dissector.fragments.limits.packetsMax)
    }
}
