// swift-format-ignore-file
// The messages of random22. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 10 bytes.
@WireMessage
struct random22_inner9 {
    var f10: Bool                      // 0
    var f11: [1 of [1 of CString<3>]]  // 1
    var f12: UInt32                    // 4
    var f13: Bytes<2>                  // 8
}

/// 17 bytes.
@WireMessage
struct random22_inner15: Hashable {
    var f16: Bytes<9>           // 0
    var padding: Reserved<5>    // 9
    var padding_2: Reserved<1>  // 14
    var f19: Bytes<2>           // 15
}

enum random22_kind21: UInt32, WireValue, CaseIterable {
    case random22_kind21_0 = 0
    case random22_kind21_1 = 40
}

/// 115 bytes and a tail.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random22 {
    var `nil`: UInt16             // 0
    @Bits(2) var b3: Int8         // 2
    @Bits(1) var b4: UInt8        // 2
    @Bits(5) var b5: UInt8        // 2
    var f6: [2 of [3 of UInt64]]  // 3
    var f7: [4 of Int64]          // 51
    var f8: random22_inner9       // 83
    var f14: random22_inner15     // 93
    var f20: random22_kind21      // 110
    var f22: Bool                 // 114
    var tail23: [Float]           // 115
}
