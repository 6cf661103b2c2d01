// swift-format-ignore-file
// The messages of random11. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

enum random11_kind2: Int8, WireValue, CaseIterable {
    case random11_kind2_0 = 0
    case random11_kind2_1 = 40
    case random11_kind2_least = -5
}

/// 14 bytes.
@WireMessage
struct random11_inner8 {
    var f9: Int16                  // 0
    var f10: [2 of [2 of Int16]]   // 2
    var f11: LittleEndian<UInt16>  // 10
    let f12: UInt16 = 32           // 12
}

/// 30 bytes.
@WireMessage
struct random11_inner5 {
    var count: UInt16               // 0
    var f7: [2 of random11_inner8]  // 2
}

/// 39 bytes and a tail.
@WireMessage
struct random11 {
    var f1: random11_kind2         // 0
    var f3: [4 of UInt64]          // 1
    var f4: [1 of UInt32]          // 33
    var length: ItemCount<UInt16>  // 37
    var tail13: [random11_inner5]  // 39
}
