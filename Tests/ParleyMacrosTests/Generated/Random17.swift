// swift-format-ignore-file
// The messages of random17. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 10 bytes.
@WireMessage
struct random17: Hashable {
    var padding: Reserved<1>              // 0
    @Bits(4) var b3: Int8                 // 1
    @Bits(7) var padding_2: ReservedBits  // 1
    @Bits(13) var b4: UInt16              // 2
    @Bits(12) var b6: UInt16              // 4
    @Bits(4) var b7: UInt8                // 5
    var f8: UInt32                        // 6
}
