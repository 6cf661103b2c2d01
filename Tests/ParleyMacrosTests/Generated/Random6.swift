// swift-format-ignore-file
// The messages of random6. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 23 bytes.
@WireMessage
struct random6: Hashable {
    var local: Bytes<9>       // 0
    let `init`: UInt32 = 62   // 9
    var padding: Reserved<2>  // 13
    let f4: UInt64 = 56       // 15
}
