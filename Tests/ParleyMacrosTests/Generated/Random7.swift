// swift-format-ignore-file
// The messages of random7. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 12 bytes.
@WireMessage
struct random7 {
    var f1: [3 of [1 of Float]]  // 0
}
