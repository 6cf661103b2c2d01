// swift-format-ignore-file
// The messages of random14. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 4 bytes.
@WireMessage
struct random14: Hashable {
    var `nil`: Reserved<4>  // 0
}
