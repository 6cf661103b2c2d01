// swift-format-ignore-file
// The messages of random2. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 5 bytes that can be read in several ways.
struct random2_choice13: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<5>()

    init(raw: Bytes<5> = Bytes()) { self.raw = raw }

    var m11: UInt16 {
        get throws(WireError) {
            try UInt16(decoding: Array(raw.array.prefix(2)))
        }
    }

    init(m11: UInt16) throws(WireError) {
        let bytes = try m11.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 3))
    }

    var m12: CString<5> {
        get throws(WireError) {
            try CString<5>(decoding: Array(raw.array.prefix(5)))
        }
    }

    init(m12: CString<5>) throws(WireError) {
        let bytes = try m12.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random2_choice13",
            size: 5,
            members: [
                .init("m11", UInt16.fieldType),
                .init("m12", CString<5>.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 5 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// 43 bytes and a tail.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random2: Hashable {
    var f1: Double                        // 0
    var f2: [2 of Double]                 // 8
    @Bits(5) var b4: UInt8                // 24
    @Bits(10) var b5: UInt16              // 24
    @Bits(1) var b6: Bool                 // 25
    @Bits(8) var b7: Int8                 // 26
    var f8: Reserved<5>                   // 27
    var f9: Reserved<4>                   // 32
    var f10: random2_choice13             // 36
    var length: MessageByteCount<UInt16>  // 41
    var tail14: [UInt8]                   // 43
}
