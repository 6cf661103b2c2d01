// swift-format-ignore-file
// The messages of report. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// paint: the names that are known; other values are legal.
struct Paint: RawRepresentable, WireValue, Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    static let RED = Self(rawValue: 1)
    static let GREEN = Self(rawValue: 2)
    static let BLUE = Self(rawValue: 300)
    static let default_paint = Self(rawValue: 1)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "paint",
            integer: IntegerType(bytes: 4, isSigned: false),
            cases: [
                .init(name: "RED", value: 1),
                .init(name: "GREEN", value: 2),
                .init(name: "BLUE", value: 300),
                .init(name: "default_paint", value: 1),
            ],
            isOpen: true
        )
    )
}

/// level: the names that are known; other values are legal.
struct Level: RawRepresentable, WireValue, Hashable {
    var rawValue: Int8

    init(rawValue: Int8) { self.rawValue = rawValue }

    static let LOW = Self(rawValue: -1)
    static let HIGH = Self(rawValue: 2)

    static let fieldType = FieldType.enumeration(
        EnumerationType(
            name: "level",
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
struct position: Hashable {
    var x: Int16  // 0
    var y: Int16  // 2
}

/// Holds types whose names have another meaning outside.
enum report_types {
    /// 4 bytes.
    @WireMessage
    struct pair: Hashable {
        var a: UInt8              // 0
        var padding: Reserved<1>  // 1
        var b: UInt16             // 2
    }
}

/// 88 bytes and a tail.
@WireMessage
struct report {
    var name: Bytes<13>                 // 0
    var `in`: CString<8>                // 13
    var padding: Reserved<3>            // 21
    var math: UInt32                    // 24
    var paint: Paint                    // 28
    var level: Level                    // 32
    var flag: Bool                      // 33
    var from: position                  // 34
    var to: position                    // 38
    var pair: [2 of report_types.pair]  // 42
    var padding_2: Reserved<2>          // 50
    var f: Float                        // 52
    var d: Double                       // 56
    var grid: [2 of [3 of UInt16]]      // 64
    var padding_3: Reserved<4>          // 76
    var `class`: Int64                  // 80
    var tail: [UInt32]                  // 88
}
