// swift-format-ignore-file
// The messages of random16. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 12 bytes.
@WireMessage
struct random16: Hashable {
    var f1: CString<12>  // 0
}
