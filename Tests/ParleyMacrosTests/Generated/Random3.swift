// swift-format-ignore-file
// The messages of random3. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 10 bytes.
@WireMessage
struct random3_inner3: Hashable {
    var f4: Int32     // 0
    var f5: UInt8     // 4
    var f6: Bytes<5>  // 5
}

/// 33 bytes.
@WireMessage
struct random3_body1: Hashable {
    var size: [3 of random3_inner3]  // 0
    let f7: UInt8 = 55               // 30
    var f8: Int16                    // 31
}

/// 15 bytes.
@WireMessage
struct random3_body9: Hashable {
    var f10: CString<12>      // 0
    var padding: Reserved<3>  // 12
}

/// 4 bytes or more, told apart by kind.
@WireMessage(tag: UInt32.self, named: "kind")
enum random3: Hashable {
    @Tag(3) case case1(random3_body1)
    @Tag(6) case case2(random3_body9)
    case unknown(tag: UInt32, [UInt8])
}
