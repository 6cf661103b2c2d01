// swift-format-ignore-file
// The messages of random23. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 4 bytes that can be read in several ways.
struct random23_choice3: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<4>()

    init(raw: Bytes<4> = Bytes()) { self.raw = raw }

    var m2: UInt32 {
        get throws(WireError) {
            try UInt32(decoding: Array(raw.array.prefix(4)))
        }
    }

    init(m2: UInt32) throws(WireError) {
        let bytes = try m2.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random23_choice3",
            size: 4,
            members: [
                .init("m2", UInt32.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 4 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// random23_kind11: the names that are known; other values are legal.
struct random23_kind11: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let random23_kind11_0 = Self(rawValue: 0)
    static let random23_kind11_1 = Self(rawValue: 40)
    static let random23_kind11_2 = Self(rawValue: 80)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random23_kind11",
            integer: IntegerType(bytes: 4, isSigned: false),
            cases: [
                .init(name: "random23_kind11_0", value: 0),
                .init(name: "random23_kind11_1", value: 40),
                .init(name: "random23_kind11_2", value: 80),
            ],
            isOpen: true
        )
    )
}

/// 23 bytes.
@WireMessage
struct random23: Hashable {
    var count: random23_choice3      // 0
    let f4: UInt64 = 10              // 4
    var f5: LittleEndian<Int32>      // 12
    @Bits(3) var b7: UInt8           // 16
    @Bits(13) var b8: UInt16         // 16
    @Bits(8) var b9: Int8            // 18
    var f10: [1 of random23_kind11]  // 19
}
