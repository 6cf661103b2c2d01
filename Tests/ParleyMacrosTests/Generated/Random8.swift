// swift-format-ignore-file
// The messages of random8. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 23 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random8_inner4 {
    @Bits(8) var b6: UInt8        // 0
    var local: Float              // 1
    var padding: Reserved<2>      // 5
    var f9: [2 of [1 of Double]]  // 7
}

/// 30 bytes.
@WireMessage(bitOrder: .leastSignificantFirst)
struct random8 {
    var padding: Reserved<2>  // 0
    var f2: UInt8             // 2
    var end: random8_inner4   // 3
    @Bits(4) var b11: UInt8   // 26
    @Bits(1) var b12: UInt8   // 26
    @Bits(1) var b13: UInt8   // 26
    @Bits(7) var b14: UInt8   // 26
    @Bits(3) var b15: UInt8   // 27
    var f16: Int16            // 28
}
