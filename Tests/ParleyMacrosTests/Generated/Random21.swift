// swift-format-ignore-file
// The messages of random21. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 4 bytes.
@WireMessage
struct random21_body1 {
    @Bits(10) var b3: UInt16    // 0
    @Bits(6) var b4: UInt8      // 1
    var f5: [2 of [1 of Int8]]  // 2
}

/// 10 bytes.
@WireMessage
struct random21_body6: Hashable {
    let f7: Int64 = 42  // 0
    var f8: Int16       // 8
}

/// 2 bytes.
@WireMessage
struct random21_body9: Hashable {
    var f10: LittleEndian<UInt16>  // 0
}

/// 6 to 14 bytes, told apart by kind.
@WireMessage(tag: UInt32.self, named: "kind")
enum random21 {
    @Tag(3) case case1(random21_body1)
    @Tag(6) case case2(random21_body6)
    @Tag(9) case case3(random21_body9)
}
