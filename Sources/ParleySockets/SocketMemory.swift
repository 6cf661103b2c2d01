/// The memory of a socket's queues in bytes, as the kernel counts it, its own records included, and the
/// datagrams that found no room (SK_MEMINFO_* of linux/sock_diag.h).
public struct SocketMemory: Sendable, Hashable {
    /// What waits to be received.
    public var receiveQueueBytes: UInt32
    /// The most that may wait to be received.
    public var receiveBufferBytes: UInt32
    /// What waits to be sent and was handed to the network.
    public var sendQueueBytes: UInt32
    /// The most that may wait to be sent.
    public var sendBufferBytes: UInt32
    /// How many datagrams were lost to a full receive queue. Wraps.
    public var drops: UInt32

    init(_ values: InlineArray<9, UInt32>) {
        receiveQueueBytes = values[0]
        receiveBufferBytes = values[1]
        sendQueueBytes = values[2]
        sendBufferBytes = values[3]
        drops = values[8]
    }
}
