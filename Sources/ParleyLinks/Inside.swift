internal import ParleyTypes

/// A packet inside of a link, with all that chance has said of it when it was received.
struct Inside: Sendable {
    var id: UInt32
    var byteCount: UInt32
    /// When it entered the queue; on the wire when it arrives. Nanoseconds.
    var time: Int64 = 0
    /// How long it will be on the wire, in nanoseconds, what a reordering changes included.
    var delay: Int64 = 0
    /// Chooses the bit that is flipped in it, and the one in its copy.
    var corruptedBit: UInt32 = 0
    var copyCorruptedBit: UInt32 = 0
    /// Chooses whether RED drops it.
    var earlyDrop: UInt32 = 0
    var ecn: ECN
    /// What will drop it: at the entrance for a rule or its size, on the wire for the others.
    var fate: LinkDrop?
    var flags: Flags = []

    struct Flags: OptionSet, Sendable {
        var rawValue: UInt8
        static let isReordered = Flags(rawValue: 1)
        static let hasCopy = Flags(rawValue: 2)
        static let isCorrupted = Flags(rawValue: 4)
        static let isCopyCorrupted = Flags(rawValue: 8)
    }
}
