public import ParleyTypes

/// A sign of congestion, as a ``CongestionController`` sees it.
public struct CongestionEvent: Sendable, Hashable {
    public let time: MonotonicInstant
    /// Bytes that are taken to be lost; 0 for a mark.
    public let bytes: Int
    /// The greatest number of a packet that it is about.
    public let index: UInt64
    /// The flight's oldest packet: ``Flight/startIndex``.
    public let startIndex: UInt64
    /// The number of the next new packet: ``Flight/endIndex``. What is sent from it on has seen the answer.
    public let endIndex: UInt64
    /// Bytes on their way before.
    public let flightBefore: Int

    public init(
        time: MonotonicInstant,
        bytes: Int,
        index: UInt64,
        startIndex: UInt64,
        endIndex: UInt64,
        flightBefore: Int
    ) {
        self.time = time
        self.bytes = Swift.max(0, bytes)
        self.index = index
        self.startIndex = startIndex
        self.endIndex = endIndex
        self.flightBefore = Swift.max(0, flightBefore)
    }
}
