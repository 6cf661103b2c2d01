// swift-format-ignore-file
// The messages of random20. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 23 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random20_body1: Hashable {
    @Bits(2) var b3: UInt8        // 0
    @Bits(7) var b4: UInt8        // 0
    @Bits(1) var b5: Bool         // 1
    @Bits(6) var b6: Int8         // 1
    var f7: CString<15>           // 2
    var f8: LittleEndian<UInt32>  // 17
    var f9: Int16                 // 21
}

/// 15 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random20_body10: Hashable {
    @Bits(7) var b12: UInt8   // 0
    @Bits(8) var b13: UInt8   // 0
    @Bits(1) var b14: Bool    // 1
    var padding: Reserved<4>  // 2
    var f16: Bytes<9>         // 6
}

/// 1 byte or more, told apart by kind.
@WireMessage(tag: UInt8.self, named: "kind")
enum random20: Hashable {
    @Tag(3) case case1(random20_body1)
    @Tag(6) case case2(random20_body10)
    case unknown(tag: UInt8, [UInt8])
}
