// swift-format-ignore-file
// The messages of report_le. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// paint_le: the names that are known; other values are legal.
struct Paint_le: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let RED = Self(rawValue: 1)
    static let GREEN = Self(rawValue: 2)
    static let BLUE = Self(rawValue: 300)
    static let default_paint_le = Self(rawValue: 1)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "paint_le",
            integer: IntegerType(bytes: 4, isSigned: false, order: .little),
            cases: [
                .init(name: "RED", value: 1),
                .init(name: "GREEN", value: 2),
                .init(name: "BLUE", value: 300),
                .init(name: "default_paint_le", value: 1),
            ],
            isOpen: true
        )
    )
    static var wireSizeMinimum: Int { 4 }
    init(from reader: inout WireReader) throws(WireError) {
        rawValue = try LittleEndian<UInt32>(from: &reader).value
    }
    func write(to output: inout OutputRawSpan) throws(WireError) {
        try LittleEndian(rawValue).write(to: &output)
    }
}

/// level_le: the names that are known; other values are legal.
struct Level_le: RawRepresentable, WireValue, Hashable {
    var rawValue: Int8

    init(rawValue: Int8) { self.rawValue = rawValue }

    static let LOW = Self(rawValue: -1)
    static let HIGH = Self(rawValue: 2)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "level_le",
            integer: IntegerType(bytes: 1, isSigned: true),
            cases: [
                .init(name: "LOW", value: -1),
                .init(name: "HIGH", value: 2),
            ],
            isOpen: true
        )
    )
}

/// 4 bytes.
@WireMessage
struct position_le: Hashable {
    var x: LittleEndian<Int16>  // 0
    var y: LittleEndian<Int16>  // 2
}

/// Holds types whose names have another meaning outside.
enum report_le_types {
    /// 4 bytes.
    @WireMessage
    struct pair: Hashable {
        var a: UInt8                 // 0
        var padding: Reserved<1>     // 1
        var b: LittleEndian<UInt16>  // 2
    }
}

/// 88 bytes and a tail.
@WireMessage
struct report_le {
    var name: Bytes<13>                           // 0
    var `in`: CString<8>                          // 13
    var padding: Reserved<3>                      // 21
    var math: LittleEndian<UInt32>                // 24
    var paint_le: Paint_le                        // 28
    var level_le: Level_le                        // 32
    var flag: Bool                                // 33
    var from: position_le                         // 34
    var to: position_le                           // 38
    var pair: [2 of report_le_types.pair]         // 42
    var padding_2: Reserved<2>                    // 50
    var f: LittleEndian<Float>                    // 52
    var d: LittleEndian<Double>                   // 56
    var grid: [2 of [3 of LittleEndian<UInt16>]]  // 64
    var padding_3: Reserved<4>                    // 76
    var `class`: LittleEndian<Int64>              // 80
    var tail: [LittleEndian<UInt32>]              // 88
}
