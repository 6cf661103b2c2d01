// swift-format-ignore-file
// The messages of random13. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 9 bytes.
@WireMessage
struct random13_inner5: Hashable {
    let f6: Int64 = 18  // 0
    let f7: UInt8 = 93  // 8
}

enum random13_kind9: Int32, WireValue, CaseIterable {
    case random13_kind9_0 = 0
    case random13_kind9_1 = 40
    case random13_kind9_2 = 80
    case random13_kind9_least = -5
}

/// 14 bytes.
@WireMessage
struct random13_inner2: Hashable {
    var f3: Int8             // 0
    var f4: random13_inner5  // 1
    var f8: random13_kind9   // 10
}

/// 22 bytes.
@WireMessage
struct random13: Hashable {
    var f1: random13_inner2    // 0
    @Bits(5) var b11: UInt8    // 14
    @Bits(3) var b12: UInt8    // 14
    @Bits(12) var b13: UInt16  // 15
    @Bits(7) var b14: UInt8    // 16
    @Bits(5) var b15: Int8     // 17
    var `init`: Reserved<4>    // 18
}
