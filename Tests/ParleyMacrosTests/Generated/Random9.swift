// swift-format-ignore-file
// The messages of random9. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 14 bytes.
@WireMessage
struct random9_inner30: Hashable {
    var f31: CString<14>  // 0
}

/// 28 bytes.
@WireMessage
struct random9_inner20: Hashable {
    @Bits(1) var b22: UInt8          // 0
    @Bits(4) var b23: Int8           // 0
    @Bits(3) var b24: UInt8          // 0
    @Bits(2) var b25: UInt8          // 1
    @Bits(6) var b26: UInt8          // 1
    @Bits(8) var b27: UInt8          // 2
    var f28: [1 of Double]           // 3
    var f29: [1 of random9_inner30]  // 11
    var f32: Reserved<3>             // 25
}

/// 48 bytes.
@WireMessage
struct random9: Hashable {
    var f1: Double                        // 0
    var f2: UInt8                         // 8
    @Bits(5) var b4: UInt8                // 9
    @Bits(11) var b5: Int16               // 9
    var padding: Reserved<1>              // 11
    @Bits(7) var padding_2: ReservedBits  // 12
    @Bits(12) var b8: Int16               // 12
    @Bits(6) var b9: Int8                 // 14
    @Bits(7) var b10: Int8                // 15
    @Bits(6) var b12: UInt8               // 16
    @Bits(11) var b13: UInt16             // 16
    @Bits(4) var b14: UInt8               // 18
    @Bits(2) var b15: UInt8               // 18
    @Bits(2) var b16: UInt8               // 18
    @Bits(1) var b17: UInt8               // 19
    @Bits(6) var b18: UInt8               // 19
    var f19: random9_inner20              // 20
}
