public import ParleyTypes

/// A sign of congestion, as a ``CongestionController`` sees it.
public struct CongestionEvent: Sendable, Hashable {
    public var time: MonotonicInstant
    /// Bytes that are taken to be lost; 0 for a mark.
    public var bytes: Int
    /// The greatest number of a packet that it is about.
    public var index: UInt64
    /// The flight's oldest packet: ``Flight/startIndex``.
    public var startIndex: UInt64
    /// The number of the next new packet: ``Flight/endIndex``. What is sent from it on has seen the answer.
    public var endIndex: UInt64
    /// Bytes on their way before.
    public var flightBefore: Int

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
