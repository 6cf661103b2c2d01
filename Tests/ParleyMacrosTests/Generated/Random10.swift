// swift-format-ignore-file
// The messages of random10. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 42 bytes.
@WireMessage
struct random10_inner6 {
    var f7: Bytes<5>                             // 0
    var f8: Bytes<1>                             // 5
    var size: [3 of [3 of LittleEndian<Int32>]]  // 6
}

/// 156 bytes.
@WireMessage
struct random10_body1 {
    var f2: CString<18>             // 0
    var `class`: UInt64             // 18
    var f4: Reserved<4>             // 26
    var f5: [3 of random10_inner6]  // 30
}

/// 4 bytes.
@WireMessage
struct random10_inner13: Hashable {
    var f14: Bytes<4>  // 0
}

/// 5 bytes.
@WireMessage
struct random10_body10: Hashable {
    var f11: Int8              // 0
    var f12: random10_inner13  // 1
}

/// 4 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random10_body15: Hashable {
    @Bits(12) var b17: UInt16  // 0
    @Bits(2) var b18: UInt8    // 1
    @Bits(2) var b19: Int8     // 1
    @Bits(8) var b21: UInt8    // 2
    var f22: Bytes<1>          // 3
}

/// 39 bytes.
@WireMessage
struct random10_body23: Hashable {
    var f24: [3 of UInt16]     // 0
    var `func`: [4 of Double]  // 6
    var size: Reserved<1>      // 38
}

/// 8 to 160 bytes, told apart by kind.
@WireMessage(tag: UInt32.self, named: "kind")
enum random10 {
    @Tag(3) case case1(random10_body1)
    @Tag(6) case case2(random10_body10)
    @Tag(9) case case3(random10_body15)
    @Tag(12) case case4(random10_body23)
}
