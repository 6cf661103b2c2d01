// swift-format-ignore-file
// The messages of random24. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 8 bytes that can be read in several ways.
struct random24_choice5: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<8>()

    init(raw: Bytes<8> = Bytes()) { self.raw = raw }

    var m2: Int8 {
        get throws(WireError) {
            try Int8(decoding: Array(raw.array.prefix(1)))
        }
    }

    init(m2: Int8) throws(WireError) {
        let bytes = try m2.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 7))
    }

    var m3: LittleEndian<Int32> {
        get throws(WireError) {
            try LittleEndian<Int32>(decoding: Array(raw.array.prefix(4)))
        }
    }

    init(m3: LittleEndian<Int32>) throws(WireError) {
        let bytes = try m3.encodedBytes()
        raw = try Bytes(bytes + [UInt8](repeating: 0, count: 4))
    }

    var m4: Bytes<8> {
        get throws(WireError) {
            try Bytes<8>(decoding: Array(raw.array.prefix(8)))
        }
    }

    init(m4: Bytes<8>) throws(WireError) {
        let bytes = try m4.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random24_choice5",
            size: 8,
            members: [
                .init("m2", Int8.fieldType),
                .init("m3", LittleEndian<Int32>.fieldType),
                .init("m4", Bytes<8>.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 8 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// 34 bytes and a tail.
@WireMessage
struct random24 {
    var `init`: random24_choice5                 // 0
    var f6: [2 of [1 of UInt16]]                 // 8
    var f7: Int8                                 // 12
    var f8: [1 of [1 of UInt32]]                 // 13
    var f9: Double                               // 17
    var padding: Reserved<5>                     // 25
    var length: ByteCount<LittleEndian<UInt32>>  // 30
    var tail11: TailText                         // 34
}
