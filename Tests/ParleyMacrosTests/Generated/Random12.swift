// swift-format-ignore-file
// The messages of random12. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// random12_kind2: the names that are known; other values are legal.
struct random12_kind2: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    static let random12_kind2_0 = Self(rawValue: 0)
    static let random12_kind2_1 = Self(rawValue: 40)
    static let random12_kind2_2 = Self(rawValue: 80)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random12_kind2",
            integer: IntegerType(bytes: 1, isSigned: false),
            cases: [
                .init(name: "random12_kind2_0", value: 0),
                .init(name: "random12_kind2_1", value: 40),
                .init(name: "random12_kind2_2", value: 80),
            ],
            isOpen: true
        )
    )
}

/// random12_kind4: the names that are known; other values are legal.
struct random12_kind4: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let random12_kind4_0 = Self(rawValue: 0)
    static let random12_kind4_1 = Self(rawValue: 40)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random12_kind4",
            integer: IntegerType(bytes: 4, isSigned: false),
            cases: [
                .init(name: "random12_kind4_0", value: 0),
                .init(name: "random12_kind4_1", value: 40),
            ],
            isOpen: true
        )
    )
}

/// 34 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random12: Hashable {
    var f1: random12_kind2        // 0
    var f3: random12_kind4        // 1
    var f5: Int32                 // 5
    let f6: Int16 = 61            // 9
    var size: Bytes<7>            // 11
    @Bits(13) var b9: UInt16      // 18
    @Bits(3) var b10: UInt8       // 19
    @Bits(10) var b11: Int16      // 20
    @Bits(6) var b12: Int8        // 21
    var f13: [2 of Float]         // 22
    var f14: LittleEndian<Int32>  // 30
}
