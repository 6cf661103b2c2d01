// swift-format-ignore-file
// The messages of random4. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 10 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random4_inner2: Hashable {
    var f3: UInt8             // 0
    @Bits(12) var b5: UInt16  // 1
    @Bits(4) var b6: UInt8    // 2
    @Bits(1) var b7: Bool     // 3
    @Bits(7) var b8: UInt8    // 3
    var f9: CString<6>        // 4
}

/// 6 bytes that can be read in several ways.
struct random4_choice14: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<6>()

    init(raw: Bytes<6> = Bytes()) { self.raw = raw }

    var m12: Int8 {
        get throws(WireError) {
            try Int8(decoding: Array(raw.array.prefix(1)))
        }
    }

    init(m12: Int8) throws(WireError) {
        let bytes = try m12.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 5))
    }

    var m13: Bytes<6> {
        get throws(WireError) {
            try Bytes<6>(decoding: Array(raw.array.prefix(6)))
        }
    }

    init(m13: Bytes<6>) throws(WireError) {
        let bytes = try m13.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random4_choice14",
            size: 6,
            members: [
                .init("m12", Int8.fieldType),
                .init("m13", Bytes<6>.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 6 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// 7 bytes that can be read in several ways.
struct random4_choice20: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<7>()

    init(raw: Bytes<7> = Bytes()) { self.raw = raw }

    var m17: Bytes<7> {
        get throws(WireError) {
            try Bytes<7>(decoding: Array(raw.array.prefix(7)))
        }
    }

    init(m17: Bytes<7>) throws(WireError) {
        let bytes = try m17.encodedBytes()
        raw = try Bytes(bytes)
    }

    var m18: CString<5> {
        get throws(WireError) {
            try CString<5>(decoding: Array(raw.array.prefix(5)))
        }
    }

    init(m18: CString<5>) throws(WireError) {
        let bytes = try m18.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 2))
    }

    var m19: UInt8 {
        get throws(WireError) {
            try UInt8(decoding: Array(raw.array.prefix(1)))
        }
    }

    init(m19: UInt8) throws(WireError) {
        let bytes = try m19.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 6))
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random4_choice20",
            size: 7,
            members: [
                .init("m17", Bytes<7>.fieldType),
                .init("m18", CString<5>.fieldType),
                .init("m19", UInt8.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 7 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// 1 bytes that can be read in several ways.
struct random4_choice27: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<1>()

    init(raw: Bytes<1> = Bytes()) { self.raw = raw }

    var m26: Bytes<1> {
        get throws(WireError) {
            try Bytes<1>(decoding: Array(raw.array.prefix(1)))
        }
    }

    init(m26: Bytes<1>) throws(WireError) {
        let bytes = try m26.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random4_choice27",
            size: 1,
            members: [
                .init("m26", Bytes<1>.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 1 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// 47 bytes and a tail.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random4 {
    var f1: [1 of random4_inner2]         // 0
    var f10: Int32                        // 10
    var f11: random4_choice14             // 14
    var f15: CString<1>                   // 20
    var f16: random4_choice20             // 21
    @Bits(7) var b22: UInt8               // 28
    @Bits(10) var padding: ReservedBits   // 28
    @Bits(13) var b23: Int16              // 30
    @Bits(2) var padding_2: ReservedBits  // 31
    var f24: [3 of [2 of Int16]]          // 32
    var `repeat`: random4_choice27        // 44
    var length: ByteCount<UInt16>         // 45
    var tail28: TailText                  // 47
}
