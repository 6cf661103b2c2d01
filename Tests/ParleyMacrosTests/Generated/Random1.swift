// swift-format-ignore-file
// The messages of random1. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 2 bytes that can be read in several ways.
struct random1_choice3: WireValue, Hashable {
    /// All bytes of the union.
    var raw = Bytes<2>()

    init(raw: Bytes<2> = Bytes()) { self.raw = raw }

    var m2: UInt16 {
        get throws(WireError) {
            try UInt16(decoding: Array(raw.array.prefix(2)))
        }
    }

    init(m2: UInt16) throws(WireError) {
        let bytes = try m2.encodedBytes()
        raw = try Bytes(bytes)
    }

    static let fieldType = FieldType.union(
        UnionType(
            name: "random1_choice3",
            size: 2,
            members: [
                .init("m2", UInt16.fieldType),
            ]
        )
    )
    static var wireSizeMinimum: Int { 2 }
    init(from reader: inout WireReader) throws(WireError) { raw = try Bytes(from: &reader) }
    func write(to output: inout OutputRawSpan) throws(WireError) { try raw.write(to: &output) }
}

/// random1_kind11: the names that are known; other values are legal.
struct random1_kind11: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let random1_kind11_0 = Self(rawValue: 0)
    static let random1_kind11_1 = Self(rawValue: 40)
    static let random1_kind11_2 = Self(rawValue: 80)
    static let random1_kind11_3 = Self(rawValue: 120)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random1_kind11",
            integer: IntegerType(bytes: 4, isSigned: false),
            cases: [
                .init(name: "random1_kind11_0", value: 0),
                .init(name: "random1_kind11_1", value: 40),
                .init(name: "random1_kind11_2", value: 80),
                .init(name: "random1_kind11_3", value: 120),
            ],
            isOpen: true
        )
    )
}

/// 22 bytes.
@WireMessage
struct random1: Hashable {
    var f1: random1_choice3  // 0
    var f4: Int8             // 2
    @Bits(10) var b6: Int16  // 3
    @Bits(8) var b7: UInt8   // 4
    @Bits(6) var b8: Int8    // 5
    var f9: Double           // 6
    var f10: random1_kind11  // 14
    var f12: Reserved<4>     // 18
}
