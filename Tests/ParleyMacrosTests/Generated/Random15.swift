// swift-format-ignore-file
// The messages of random15. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

enum random15_kind2: Int32, WireValue, CaseIterable {
    case random15_kind2_0 = 0
    case random15_kind2_1 = 40
    case random15_kind2_2 = 80
    case random15_kind2_least = -5
    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random15_kind2",
            integer: IntegerType(bytes: 4, isSigned: true, order: .little),
            cases: [
                .init(name: "random15_kind2_0", value: 0),
                .init(name: "random15_kind2_1", value: 40),
                .init(name: "random15_kind2_2", value: 80),
                .init(name: "random15_kind2_least", value: -5),
            ],
            isOpen: false
        )
    )
    static var wireSizeMinimum: Int { 4 }
    init(from reader: inout WireReader) throws(WireError) {
        let offset = reader.offset
        let raw = try LittleEndian<Int32>(from: &reader).value
        guard let value = Self(rawValue: raw) else {
            throw WireError(.unknownValue("\(raw)", type: "\(Self.self)"), offset: offset)
        }
        self = value
    }
    func write(to output: inout OutputRawSpan) throws(WireError) {
        try LittleEndian(rawValue).write(to: &output)
    }
}

/// 9 bytes.
@WireMessage
struct random15_inner7: Hashable {
    var f8: CString<9>  // 0
}

/// random15_kind10: the names that are known; other values are legal.
struct random15_kind10: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    static let random15_kind10_0 = Self(rawValue: 0)
    static let random15_kind10_1 = Self(rawValue: 40)
    static let random15_kind10_2 = Self(rawValue: 80)
    static let random15_kind10_3 = Self(rawValue: 120)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "random15_kind10",
            integer: IntegerType(bytes: 1, isSigned: false),
            cases: [
                .init(name: "random15_kind10_0", value: 0),
                .init(name: "random15_kind10_1", value: 40),
                .init(name: "random15_kind10_2", value: 80),
                .init(name: "random15_kind10_3", value: 120),
            ],
            isOpen: true
        )
    )
}

/// 24 bytes.
@WireMessage
struct random15: Hashable {
    var f1: random15_kind2          // 0
    var f3: Float                   // 4
    let f4: Int8 = 13               // 8
    let f5: Int32 = 15              // 9
    var f6: [1 of random15_inner7]  // 13
    var f9: random15_kind10         // 22
    var f11: Int8                   // 23
}
