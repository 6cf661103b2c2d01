// swift-format-ignore-file
// The messages of random19. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 4 bytes.
@WireMessage
struct random19: Hashable {
    @Bits(13) var b2: UInt16  // 0
    @Bits(4) var b3: UInt8    // 1
    @Bits(13) var b4: UInt16  // 2
    @Bits(2) var b5: UInt8    // 3
}
