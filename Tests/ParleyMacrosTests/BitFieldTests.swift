import ParleyMacros
import ParleyTypes
import Testing

enum Service: UInt8, WireValue, CaseIterable {
    case routine = 0
    case priority = 1
    case critical = 5
}

/// RFC 791, 3.1, without options.
@WireMessage
struct IPv4Header: Hashable {
    @Bits(4) let version: UInt8 = 4
    @Bits(4) var words: UInt8
    @Bits(3) var precedence: Service
    @Bits(3) var service: UInt8
    @Bits(2) var congestion: UInt8
    var length: UInt16
    var identification: UInt16
    @Bits(1) var reserved: ReservedBits
    @Bits(1) var dontFragment: Bool
    @Bits(1) var moreFragments: Bool
    @Bits(13) var offset: UInt16
    var timeToLive, transport: UInt8
    var checksum: UInt16
    var source, destination: UInt32
}

/// That of docs/library.md.
@WireMessage
struct IPv4Start: Hashable {
    @Bits(4) let version: UInt8 = 4
    @Bits(4) var words: UInt8
    @Bits(6) var service: UInt8
    @Bits(2) var congestion: UInt8
    var length: UInt16
}

/// The same first two bytes as a compiler for x86 orders them.
@WireMessage(bitOrder: .leastSignificantFirst)
struct LittleStart: Hashable {
    @Bits(4) var words: UInt8
    @Bits(4) var version: UInt8
    @Bits(2) var congestion: UInt8
    @Bits(6) var service: UInt8
}

/// Runs of every size: 1, 3, 5, 8 bytes, 9 and 16 without a border; signs; a constant at the end.
@WireMessage
struct Runs: Hashable {
    @Bits(1) var a: UInt8
    @Bits(22) var b: Int32
    @Bits(1) var c: Bool
    @Bits(37) var d: UInt64
    @Bits(3) var e: Int8
    @Bits(63) var f: Int64
    @Bits(1) var g: UInt8
    @Bits(4) var h: UInt8
    @Bits(64) var i: UInt64
    @Bits(4) var j: Service
    @Bits(7) var k: UInt8
    @Bits(60) var l: Int64
    @Bits(60) var m: UInt64
    @Bits(1) let n: Bool = true
}

@WireMessage(bitOrder: .leastSignificantFirst)
struct LittleRuns: Hashable {
    @Bits(1) var a: UInt8
    @Bits(22) var b: Int32
    @Bits(1) var c: Bool
    @Bits(4) var h: UInt8
    @Bits(64) var i: UInt64
    @Bits(4) var j: Service
    @Bits(7) var spare: ReservedBits
    @Bits(60) var l: Int64
    @Bits(60) var m: UInt64
    @Bits(1) let n: Service = .priority
    var rest: [UInt8]
}

/// Bits inside of other messages, in arrays and before a tail that a field counts.
@WireMessage
struct Nested: Hashable {
    var start: LittleStart
    var pairs: [2 of LittleStart]
    var count: ItemCount<UInt8>
    var items: [LittleStart]
}

@Suite struct BitFieldTests {
    /// A datagram's header whose checksum is right, a widely published example.
    static let published: [UInt8] = [
        0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xB8, 0x61, 0xC0, 0xA8, 0x00, 0x01, 0xC0,
        0xA8, 0x00, 0xC7,
    ]

    @Test func `an IPv4 header has the bytes of a well-known one`() throws {
        let header = IPv4Header(
            words: 5,
            precedence: .routine,
            service: 0,
            congestion: 0,
            length: 115,
            identification: 0,
            dontFragment: true,
            moreFragments: false,
            offset: 0,
            timeToLive: 64,
            transport: 17,
            checksum: 0xB861,
            source: 0xC0A8_0001,
            destination: 0xC0A8_00C7
        )
        try expect(header, isWrittenAs: Self.published)
        #expect(IPv4Header.wireSizeMinimum == 20)
        // RFC 1071: the sum of all words, carries added, is all ones.
        var sum = stride(from: 0, to: 20, by: 2).reduce(UInt32(0)) {
            $0 + UInt32(Self.published[$1]) << 8 + UInt32(Self.published[$1 + 1])
        }
        sum = sum & 0xFFFF + sum >> 16
        #expect(sum == 0xFFFF)
    }

    @Test func `the example of the library's page is the start of it`() throws {
        try expect(
            IPv4Start(words: 5, service: 0, congestion: 0, length: 115),
            isWrittenAs: Array(Self.published.prefix(4))
        )
    }

    @Test func `every field stands where RFC 791 draws it`() throws {
        func expectOne(_ bit: Int, _ change: (inout IPv4Header) -> Void) throws {
            var header = IPv4Header(
                words: 0,
                precedence: .routine,
                service: 0,
                congestion: 0,
                length: 0,
                identification: 0,
                dontFragment: false,
                moreFragments: false,
                offset: 0,
                timeToLive: 0,
                transport: 0,
                checksum: 0,
                source: 0,
                destination: 0
            )
            change(&header)
            var bytes = [UInt8](repeating: 0, count: 20)
            bytes[0] = 0x40
            bytes[bit / 8] |= 0x80 >> (bit % 8)
            try expect(header, isWrittenAs: bytes)
        }
        try expectOne(4) { $0.words = 8 }
        try expectOne(7) { $0.words = 1 }
        try expectOne(10) { $0.precedence = .priority }
        try expectOne(11) { $0.service = 4 }
        try expectOne(15) { $0.congestion = 1 }
        try expectOne(49) { $0.dontFragment = true }
        try expectOne(50) { $0.moreFragments = true }
        try expectOne(51) { $0.offset = 4096 }
        try expectOne(63) { $0.offset = 1 }
    }

    @Test func `least significant first is what compilers for x86 make`() throws {
        // struct { unsigned ihl : 4, version : 4, ecn : 2, dscp : 6; }
        try expect(
            LittleStart(words: 5, version: 4, congestion: 1, service: 46),
            isWrittenAs: [0x45, 46 << 2 | 1]
        )
    }

    @Test func `reserved bits are sent as zero and not looked at`() throws {
        var bytes = Self.published
        bytes[6] = 0xC0
        let header = try IPv4Header(decoding: bytes)
        #expect(header.dontFragment)
        #expect(try header.encodedBytes() == Self.published)
    }

    @Test func `a value that needs more bits is an error and never masked`() throws {
        var start = LittleStart(words: 16, version: 4, congestion: 1, service: 0)
        #expect(throws: WireError(.outOfRange(value: "16", minimum: "0", maximum: "15"), field: "words")) {
            try start.encodedBytes()
        }
        start.words = 15
        #expect(try start.encodedBytes() == [0x4F, 1])
        var runs = Self.runs
        runs.e = 3
        #expect(try runs.encodedBytes().count == 41)
        for wrong: Int8 in [4, -5, .min, .max] {
            runs.e = wrong
            #expect(
                throws: WireError(
                    .outOfRange(value: "\(wrong)", minimum: "-4", maximum: "3"),
                    field: "e",
                    offset: 7
                )
            ) {
                try runs.encodedBytes()
            }
        }
        runs.e = 0
        runs.f = Int64.min / 2 - 1
        #expect(throws: WireError.self) { try runs.encodedBytes() }
    }

    @Test func `what is no value is refused at its field and byte`() {
        var bytes = Self.published
        bytes[0] = 0x65
        expect(IPv4Header.self, bytes, fails: .wrongConstant(expected: "4", found: "6"), at: "version", 0)
        bytes = Self.published
        bytes[1] = 0x40
        expect(IPv4Header.self, bytes, fails: .unknownValue("2", type: "Service"), at: "precedence", 1)
        expect(
            IPv4Header.self,
            Array(Self.published.prefix(7)),
            fails: .tooShort(needed: 2, found: 1),
            at: "offset",
            6
        )
    }

    static let runs = Runs(
        a: 1,
        b: -2_000_000,
        c: true,
        d: 0x1F_2345_6789,
        e: -4,
        f: .min / 2,
        g: 1,
        h: 9,
        i: 0x8123_4567_89AB_CDEF,
        j: .critical,
        k: 99,
        l: -(1 << 59),
        m: (1 << 60) - 1
    )
    static let littleRuns = LittleRuns(
        a: 1,
        b: -2_000_000,
        c: true,
        h: 9,
        i: 0x8123_4567_89AB_CDEF,
        j: .critical,
        l: 1 << 58,
        m: (1 << 60) - 2,
        rest: [1, 2]
    )

    @Test func `a layout made at run time agrees about bits`() throws {
        let header = try IPv4Header(decoding: Self.published)
        try DynamicAgreementTests.agree(header, seed: 0x791)
        try DynamicAgreementTests.agree(Self.runs, seed: 1)
        try DynamicAgreementTests.agree(Self.littleRuns, seed: 2)
        let start = LittleStart(words: 1, version: 2, congestion: 3, service: 4)
        try DynamicAgreementTests.agree(
            Nested(start: start, pairs: [start, start], items: [start, start, start]),
            seed: 3
        )
    }

    @Test func `random values come back and agree with the layout's reading`() throws {
        var generator = SeededGenerator(seed: 0xB175)
        let (big, little) = (CompiledLayout(Runs.layout), CompiledLayout(LittleRuns.layout))
        for _ in 0..<500 {
            func bits(_ count: Int) -> UInt64 { .random(in: 0...(.max >> (64 - count)), using: &generator) }
            func signed(_ count: Int) -> Int64 {
                Int64(bitPattern: bits(count) << (64 - count)) >> (64 - count)
            }
            let service = Service.allCases.randomElement(using: &generator) ?? .routine
            let runs = Runs(
                a: UInt8(bits(1)),
                b: Int32(signed(22)),
                c: .random(using: &generator),
                d: bits(37),
                e: Int8(signed(3)),
                f: signed(63),
                g: UInt8(bits(1)),
                h: UInt8(bits(4)),
                i: bits(64),
                j: service,
                k: UInt8(bits(7)),
                l: signed(60),
                m: bits(60)
            )
            let bytes = try runs.encodedBytes()
            #expect(try Runs(decoding: bytes) == runs)
            let read = try DynamicMessage(decoding: unsafe bytes.span.bytes, as: big)
            #expect(read["b"] == .signed(Int64(runs.b)))
            #expect(read["d"] == .unsigned(runs.d))
            #expect(read["f"] == .signed(runs.f))
            #expect(read["i"] == .unsigned(runs.i))
            #expect(read["j"] == .unsigned(UInt64(runs.j.rawValue)))
            #expect(read["l"] == .signed(runs.l))
            #expect(read["m"] == .unsigned(runs.m))
            #expect(try DynamicMessage(as: big, values: read.values).bytes == bytes)

            let other = LittleRuns(
                a: runs.a,
                b: runs.b,
                c: runs.c,
                h: runs.h,
                i: runs.i,
                j: service,
                l: runs.l,
                m: runs.m,
                rest: []
            )
            let otherBytes = try other.encodedBytes()
            #expect(try LittleRuns(decoding: otherBytes) == other)
            let otherRead = try DynamicMessage(decoding: unsafe otherBytes.span.bytes, as: little)
            #expect(otherRead["b"] == .signed(Int64(runs.b)))
            #expect(otherRead["i"] == .unsigned(runs.i))
            #expect(otherRead["l"] == .signed(runs.l))
            #expect(otherRead["m"] == .unsigned(runs.m))
        }
    }

    @Test func `a layout shows bits with their names`() {
        #expect(
            LittleStart.layout.summary
                == "words: u4le, 0...15; version: u4le, 0...15; congestion: u2le, 0...3; service: u6le, 0...63"
        )
        #expect(
            IPv4Header.layout.field("precedence")?.type.limits == "routine = 0, priority = 1, critical = 5"
        )
        #expect(IPv4Header.layout.field("offset")?.offset == 6)
    }
}
