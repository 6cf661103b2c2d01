// swift-format-ignore-file
// The messages of spelled_out. Written by parley layout --emit swift.
// Numbers behind fields are offsets in bytes. Padding has become reserved bytes.

import ParleyMacros

/// 10 bytes and a tail.
@WireMessage
struct spelled_out: Hashable {
    let magic: LittleEndian<UInt32> = 51966  // 0
    var reserved1: Reserved<2>               // 4
    var größe: UInt8                         // 6
    var self_: Int8                          // 7
    var n: ItemCount<LittleEndian<UInt16>>   // 8
    var items: [LittleEndian<UInt16>]        // 10
}
