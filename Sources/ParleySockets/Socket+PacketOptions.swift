internal import Glibc
public import ParleyTypes

// The options of level SOL_PACKET.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Whether each packet brings what the link’s hardware and driver took off it or left to do.
    /// (PACKET_AUXDATA)
    public var reportsAuxiliary: Bool {
        get throws(SocketError) { try option(Level.packet, 8, "PACKET_AUXDATA") != 0 }
    }

    /// Whether the sender’s address names the interface that a packet first came by, beneath bonds and
    /// bridges. (PACKET_ORIGDEV)
    public var reportsOriginalInterface: Bool {
        get throws(SocketError) { try option(Level.packet, 9, "PACKET_ORIGDEV") != 0 }
    }

    /// See ``reportsOriginalInterface``.
    public func setReportsOriginalInterface(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, 9, "PACKET_ORIGDEV", to: value)
    }

    /// Whether the socket leaves out what this host itself sends. Since Linux 4.20.
    /// (PACKET_IGNORE_OUTGOING)
    public var ignoresOutgoing: Bool {
        get throws(SocketError) { try option(Level.packet, 23, "PACKET_IGNORE_OUTGOING") != 0 }
    }

    /// Whether what is sent goes past the interface’s queueing discipline, straight to the driver.
    /// (PACKET_QDISC_BYPASS)
    public var bypassesQueues: Bool {
        get throws(SocketError) { try option(Level.packet, 20, "PACKET_QDISC_BYPASS") != 0 }
    }

    /// See ``bypassesQueues``. A full card then loses packets.
    public func setBypassesQueues(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, 20, "PACKET_QDISC_BYPASS", to: value)
    }

    /// Whether a malformed packet in a ring for sending is skipped instead of stopping it. (PACKET_LOSS)
    public var skipsMalformed: Bool {
        get throws(SocketError) { try option(Level.packet, 14, "PACKET_LOSS") != 0 }
    }

    /// See ``skipsMalformed``. Before the ring is made.
    public func setSkipsMalformed(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, 14, "PACKET_LOSS", to: value)
    }

    /// Whether packets in a ring for sending say where their bytes begin. (PACKET_TX_HAS_OFF)
    public var choosesOffsets: Bool {
        get throws(SocketError) { try option(Level.packet, 19, "PACKET_TX_HAS_OFF") != 0 }
    }

    /// See ``choosesOffsets``. Before the ring is made.
    public func setChoosesOffsets(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, 19, "PACKET_TX_HAS_OFF", to: value)
    }

    /// Whether each packet begins with a header of virtio, which tells of checksums and segments left to
    /// do. (PACKET_VNET_HDR)
    public var hasOffloadHeaders: Bool {
        get throws(SocketError) { try option(Level.packet, 15, "PACKET_VNET_HDR") != 0 }
    }

    /// See ``hasOffloadHeaders``. Before a ring is made; only SOCK_RAW.
    public func setHasOffloadHeaders(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, 15, "PACKET_VNET_HDR", to: value)
    }

    /// How long that header is: 0, 10 or 12. Since Linux 6.5. (PACKET_VNET_HDR_SZ)
    public var offloadHeaderBytes: Int32 {
        get throws(SocketError) { try option(Level.packet, 24, "PACKET_VNET_HDR_SZ") }
    }

    /// See ``offloadHeaderBytes``.
    public func setOffloadHeaderBytes(_ value: Int32) throws(SocketError) {
        try setOption(Level.packet, 24, "PACKET_VNET_HDR_SZ", to: value)
    }

    /// How packets in a ring are described. (PACKET_VERSION)
    public var ringVersion: Int32 {
        get throws(SocketError) { try option(Level.packet, 10, "PACKET_VERSION") }
    }

    /// See ``ringVersion``. Before a ring is made, else EBUSY.
    public func setRingVersion(_ value: Int32) throws(SocketError) {
        try setOption(Level.packet, 10, "PACKET_VERSION", to: value)
    }

    /// How many bytes before each packet in a ring are left to the program. (PACKET_RESERVE)
    public var ringReservedBytes: Int32 {
        get throws(SocketError) { try option(Level.packet, 12, "PACKET_RESERVE") }
    }

    /// See ``ringReservedBytes``. Before a ring is made, else EBUSY.
    public func setRingReservedBytes(_ value: Int32) throws(SocketError) {
        try setOption(Level.packet, 12, "PACKET_RESERVE", to: value)
    }

    /// Whether packets too long for their place in a ring are put whole into the queue as well, at most so
    /// many. (PACKET_COPY_THRESH)
    public var ringCopyThreshold: Int32 {
        get throws(SocketError) { try option(Level.packet, 7, "PACKET_COPY_THRESH") }
    }

    /// See ``ringCopyThreshold``.
    public func setRingCopyThreshold(_ value: Int32) throws(SocketError) {
        try setOption(Level.packet, 7, "PACKET_COPY_THRESH", to: value)
    }

    /// Which times packets in a ring bring: SOF_TIMESTAMPING_ flags. (PACKET_TIMESTAMP)
    public var ringTimestamping: Int32 {
        get throws(SocketError) { try option(Level.packet, 17, "PACKET_TIMESTAMP") }
    }

    /// See ``ringTimestamping``.
    public func setRingTimestamping(_ value: Int32) throws(SocketError) {
        try setOption(Level.packet, 17, "PACKET_TIMESTAMP", to: value)
    }

    /// The group of sockets that divide what comes among themselves: its number in the lower 16 bits, the
    /// rule in the upper ones. (PACKET_FANOUT)
    public var fanout: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(Level.packet, 18, "PACKET_FANOUT")) }
    }

    /// See ``fanout``. After bind, else EINVAL; cannot be taken back.
    public func setFanout(_ value: UInt32) throws(SocketError) {
        try setOption(Level.packet, 18, "PACKET_FANOUT", to: value)
    }

    /// How long the description of a packet in a ring of a version (0 to 2) is, in bytes. (PACKET_HDRLEN)
    public func ringHeaderBytes(ofVersion version: Int32) throws(SocketError) -> Int32 {
        try option(Level.packet, 11, "PACKET_HDRLEN", initial: version)
    }
}
