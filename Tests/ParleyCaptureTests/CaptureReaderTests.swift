import ParleyCapture
import ParleyTypes
import Testing

@Suite struct CaptureReaderTests {
    static let payloads: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 100)]

    /// A pcap file by hand, as the draft's figures have it.
    static func pcap(isBig: Bool, magic: UInt32, link: UInt32 = 1) -> [UInt8] {
        var file = FileMaker(isBig: isBig)
        file.add(magic)
        file.add(UInt16(2))
        file.add(UInt16(4))
        file.add(UInt64(0))
        file.add(UInt32(65535))
        file.add(link)
        for (index, payload) in payloads.enumerated() {
            file.add(UInt32(1_000_000 + index))
            file.add(UInt32(123_456))
            file.add(UInt32(payload.count))
            file.add(UInt32(payload.count + index))
            file.bytes += payload
        }
        return file.bytes
    }

    @Test(arguments: [true, false], [0xA1B2_C3D4, 0xA1B2_3C4D] as [UInt32])
    func `pcap is read in both orders and both resolutions, however it is cut`(_ isBig: Bool, _ magic: UInt32)
        throws
    {
        let file = Self.pcap(isBig: isBig, magic: magic)
        let nanoseconds: Int32 = magic == 0xA1B2_3C4D ? 123_456 : 123_456_000
        for pieces in [1, 7, 16, 24, 100, Int.max] {
            let found = try packets(of: file, pieces: pieces)
            #expect(found.map(\.bytes) == Self.payloads)
            #expect(found.map(\.number) == [1, 2, 3])
            #expect(found.map(\.originalLength) == [3, 1, 102])
            #expect(found.map(\.isTruncated) == [false, true, true])
            #expect(found.allSatisfy { $0.linkType == .ethernet })
            #expect(found[1].time == WallTime(secondsSince1970: 1_000_001, nanoseconds: nanoseconds))
        }
    }

    @Test func `the bits above a pcap's link type are no part of it`() throws {
        let file = Self.pcap(isBig: true, magic: 0xA1B2_C3D4, link: 0xF000_0071)
        #expect(try packets(of: file)[0].linkType == .linuxCooked)
    }

    @Test(arguments: [true, false])
    func `pcapng is read with its sections, interfaces and resolutions`(_ isBig: Bool) throws {
        var file = FileMaker(isBig: isBig)
        file.section()
        file.interface(1)
        file.interface(113, resolution: 9)
        file.interface(276, resolution: 0x80 | 10, offset: 1000)
        file.block(5) { $0.add(UInt64(0)) }
        file.packet(0, 1_000_000_000_001, [1], original: 9)
        file.packet(1, 1_000_000_000_000_000_001, [2, 2])
        file.packet(2, 5 << 10 | 512, [3, 3, 3])
        // The obsolete packet block: a 16-bit interface and a count of drops.
        file.block(2) { body in
            body.add(UInt16(1))
            body.add(UInt16(0))
            body.add(UInt64(0))
            body.add(UInt32(1))
            body.add(UInt32(1))
            body.bytes.append(4)
        }
        // Another section, of the other order, with an interface that keeps two bytes.
        var other = FileMaker(isBig: !isBig)
        other.section()
        other.interface(101, snapshot: 2)
        other.block(0xBAD) { $0.bytes += Array(repeating: 1, count: 1000) }
        other.block(3) { body in
            body.add(UInt32(5))
            body.bytes += [5, 5]
        }
        for pieces in [1, 13, Int.max] {
            let found = try packets(of: file.bytes + other.bytes, pieces: pieces)
            #expect(found.map(\.bytes) == [[1], [2, 2], [3, 3, 3], [4], [5, 5]])
            #expect(found.map(\.linkType.rawValue) == [1, 113, 276, 113, 101])
            #expect(found.map(\.interface) == [0, 1, 2, 1, 0])
            #expect(found[0].time == WallTime(secondsSince1970: 1_000_000, nanoseconds: 1000))
            #expect(found[1].time == WallTime(secondsSince1970: 1_000_000_000, nanoseconds: 1))
            #expect(found[2].time == WallTime(secondsSince1970: 1005, nanoseconds: 500_000_000))
            #expect(found[4].time == nil)
            #expect(found.map(\.originalLength) == [9, 2, 3, 1, 5])
        }
    }

    @Test(arguments: [0, 6, 9, 12, 19, 20, 127, 0x80, 0x80 | 1, 0x80 | 63, 0x80 | 64, 0xFF] as [UInt8])
    func `no time stamp and no resolution is too much`(_ resolution: UInt8) throws {
        for offset in [0, Int64.max, .min] {
            var file = FileMaker(isBig: false)
            file.section()
            file.interface(1, resolution: resolution, offset: offset)
            file.packet(0, .max, [])
            file.packet(0, 0, [])
            for packet in try packets(of: file.bytes) {
                if let time = packet.time { #expect(WallTime(rfc3339: time.exactDescription) == time) }
            }
        }
    }

    @Test func `a file of another kind is told from a capture`() {
        #expect(throws: CaptureError.notACapture) { try packets(of: Array("hello, world".utf8)) }
        #expect(throws: CaptureError.notACapture) { try packets(of: []) }
        #expect(throws: CaptureError.notACapture) { try packets(of: [0xD4, 0xC3, 0xB2]) }
    }

    @Test func `a file that was cut short gives what it has, then says where`() throws {
        let file = Self.pcap(isBig: false, magic: 0xA1B2_C3D4)
        #expect(throws: CaptureError.endsInside(offset: 0)) { try packets(of: Array(file[..<20])) }
        #expect(throws: CaptureError.endsInside(offset: 24)) { try packets(of: Array(file[..<40])) }
        #expect(throws: CaptureError.endsInside(offset: 59)) { try packets(of: Array(file[..<100])) }
        var reader = CaptureReader()
        reader.receive(file[..<100])
        #expect(try reader.nextPacket()?.bytes == [1, 2, 3])
        #expect(try reader.nextPacket()?.bytes == [])
        #expect(try reader.nextPacket() == nil)
    }

    @Test func `damage is told with its place, again and again`() throws {
        var long = Self.pcap(isBig: true, magic: 0xA1B2_C3D4)
        long[24 + 8] = 0x7F
        #expect(throws: CaptureError.tooLong(bytes: 0x7F00_0003, maximum: 16 << 20, offset: 24)) {
            try packets(of: long)
        }
        var version = long
        version[5] = 3
        #expect(throws: CaptureError.unknownVersion(.pcap, major: 3, minor: 4)) { try packets(of: version) }
        var file = FileMaker(isBig: true)
        file.section()
        file.interface()
        let start = file.bytes.count
        file.packet(3, 0, [1])
        #expect(throws: CaptureError.damaged(.unknownInterface(3), offset: start)) {
            try packets(of: file.bytes)
        }
        var odd = file.bytes
        odd[start + 7] = 33
        #expect(throws: CaptureError.damaged(.length(33), offset: start)) { try packets(of: odd) }
        var ends = file.bytes
        ends[ends.count - 1] = 99
        #expect(throws: CaptureError.damaged(.lengths(first: 36, last: 99), offset: start)) {
            try packets(of: ends)
        }
        var reader = CaptureReader()
        reader.receive(ends)
        for _ in 0..<3 {
            #expect(throws: CaptureError.damaged(.lengths(first: 36, last: 99), offset: start)) {
                try reader.nextPacket()
            }
        }
    }

    @Test func `a block that nobody wants is not kept, whatever it says it has`() throws {
        var file = FileMaker(isBig: true)
        file.section()
        file.interface()
        file.add(UInt32(0x4000_0000))
        file.add(UInt32(0xFFFF_FFF0))
        var reader = CaptureReader()
        reader.receive(file.bytes)
        for _ in 0..<100 {
            #expect(try reader.nextPacket() == nil)
            reader.receive([UInt8](repeating: 0, count: 1000))
        }
        #expect(throws: CaptureError.self) { try reader.finish() }
    }

    @Test func `more interfaces than are read are damage`() {
        var file = FileMaker(isBig: true)
        file.section()
        for _ in 0...4096 { file.interface() }
        #expect(throws: CaptureError.self) { try packets(of: file.bytes) }
    }
}

@Suite struct CaptureWriterTests {
    @Test(arguments: CaptureFormat.allCases, [true, false])
    func `what is written is read again`(_ format: CaptureFormat, _ isNanoseconds: Bool) throws {
        let writer = CaptureWriter(format, linkType: .raw, isNanoseconds: isNanoseconds)
        var file: [UInt8] = []
        writer.writeHeader(to: &file)
        let times = [(0, 0), (1, 999_999_999), (4_294_967_295, 123_456_789)].map {
            WallTime(secondsSince1970: $0, nanoseconds: $1)
        }
        for (index, time) in times.enumerated() {
            let bytes = [UInt8](repeating: 1, count: index)
            writer.write(bytes, time: time, originalLength: index == 2 ? 70000 : nil, to: &file)
        }
        let found = try packets(of: file)
        #expect(found.map(\.bytes) == [[], [1], [1, 1]])
        #expect(found.map(\.originalLength) == [0, 1, 70000])
        #expect(found.allSatisfy { $0.linkType == .raw })
        #expect(
            found.map(\.time)
                == times.map {
                    let unit: Int32 = isNanoseconds ? 1 : 1000
                    return WallTime(
                        secondsSince1970: $0.secondsSince1970,
                        nanoseconds: $0.nanoseconds / unit * unit
                    )
                }
        )
    }

    @Test func `the bytes are those that libpcap writes`() {
        var file: [UInt8] = []
        let writer = CaptureWriter(.pcap)
        writer.writeHeader(to: &file)
        writer.write([0xAB], time: WallTime(secondsSince1970: 1, nanoseconds: 2000), to: &file)
        #expect(
            file
                == Captured.bytes(
                    "d4c3b2a1020004000000000000000000000004000100000001000000020000000100000001000000ab"
                )
        )
    }

    @Test func `times outside a format's range are held at its ends`() throws {
        for format in CaptureFormat.allCases {
            var file: [UInt8] = []
            let writer = CaptureWriter(format)
            writer.writeHeader(to: &file)
            for seconds in [Int64.min, -1, .max] {
                writer.write([], time: WallTime(secondsSince1970: seconds), to: &file)
            }
            #expect(try packets(of: file).count == 3)
        }
    }
}
