// swift-format-ignore-file
// The messages of random18. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 17 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random18_inner9: Hashable {
    let f10: LittleEndian<Int64> = 99   // 0
    @Bits(8) var padding: ReservedBits  // 8
    var f12: Bytes<8>                   // 9
}

/// 68 bytes and a tail.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random18_body1 {
    @Bits(7) var b3: UInt8              // 0
    @Bits(11) var b4: Int16             // 0
    @Bits(4) var b5: Int8               // 2
    @Bits(2) var b6: UInt8              // 2
    var f7: Reserved<2>                 // 3
    var `init`: [3 of random18_inner9]  // 5
    var f13: [2 of [1 of Float]]        // 56
    var length: ByteCount<UInt32>       // 64
    var tail14: TailText                // 68
}

/// 1 byte.
@WireMessage
struct random18_body15: Hashable {
    var f16: Bool  // 0
}

/// 6 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random18_body17: Hashable {
    var f18: Reserved<4>                // 0
    @Bits(6) var b20: UInt8             // 4
    @Bits(5) var padding: ReservedBits  // 4
    @Bits(5) var b21: UInt8             // 5
}

/// 9 bytes.
@WireMessage
struct random18_body22: Hashable {
    var f23: Bool    // 0
    var f24: UInt64  // 1
}

/// 5 bytes or more, told apart by kind.
@WireMessage(tag: UInt32.self, named: "kind")
enum random18 {
    @Tag(3) case case1(random18_body1)
    @Tag(6) case case2(random18_body15)
    @Tag(9) case case3(random18_body17)
    @Tag(12) case case4(random18_body22)
}
