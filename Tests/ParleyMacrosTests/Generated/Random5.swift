// swift-format-ignore-file
// The messages of random5. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 6 bytes.
@WireMessage
struct random5_inner5: Hashable {
    var count: Float              // 0
    var f7: LittleEndian<UInt16>  // 4
}

/// 6 bytes.
@WireMessage
struct random5_inner17: Hashable {
    var f18: UInt16                     // 0
    let f19: LittleEndian<UInt32> = 34  // 2
}

/// 33 bytes.
@WireMessage
struct random5: Hashable {
    @Bits(5) var b2: UInt8              // 0
    @Bits(3) var b3: UInt8              // 0
    var size: [2 of random5_inner5]     // 1
    var f8: [1 of CString<3>]           // 13
    var f9: UInt16                      // 16
    @Bits(7) var b11: Int8              // 18
    @Bits(7) var b12: UInt8             // 18
    @Bits(9) var padding: ReservedBits  // 19
    @Bits(8) var b13: Int8              // 20
    @Bits(1) var b14: UInt8             // 21
    var padding_2: Reserved<5>          // 22
    var `init`: random5_inner17         // 27
}
