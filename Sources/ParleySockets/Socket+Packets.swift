internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// What packet sockets can do beside sending and receiving, and filters, which every socket takes.

extension Socket {
    /// Lets only those packets into the queue that a program keeps, cut to what it keeps. What was queued
    /// before stays: attach ``PacketFilter/nothing``, empty the queue, then attach the real one. A program
    /// that the kernel refuses is `.invalidArgument`. (SO_ATTACH_FILTER)
    public func attach(_ filter: PacketFilter) throws(SocketError) {
        guard (1...PacketFilter.instructionsMax).contains(filter.instructions.count) else {
            throw failure(.option, .invalidArgument, subject: "SO_ATTACH_FILTER")
        }
        var program = filter.instructions.map { instruction in
            sock_filter(
                code: instruction.code,
                jt: instruction.skipIfTrue,
                jf: instruction.skipIfFalse,
                k: instruction.operand
            )
        }
        try unsafe program.withUnsafeMutableBufferPointer { (program) throws(SocketError) in
            let value = unsafe sock_fprog(len: UInt16(program.count), filter: program.baseAddress)
            let result = unsafe withUnsafePointer(to: value) { pointer in
                unsafe setsockopt(
                    fileDescriptor,
                    SOL_SOCKET,
                    SO_ATTACH_FILTER,
                    pointer,
                    socklen_t(MemoryLayout<sock_fprog>.size)
                )
            }
            guard result == 0 else { throw failure(.option, ErrorCode(errno), subject: "SO_ATTACH_FILTER") }
        }
    }

    /// Takes the filter away; without one it is `.noSuchFile`. (SO_DETACH_FILTER)
    public func detachFilter() throws(SocketError) {
        try setOption(SOL_SOCKET, SO_DETACH_FILTER, "SO_DETACH_FILTER", to: 0 as Int32)
    }

    /// Fixes the filter for good: nobody takes it away or changes it, whoever has the descriptor later.
    /// (SO_LOCK_FILTER)
    public func lockFilter() throws(SocketError) {
        try setOption(SOL_SOCKET, SO_LOCK_FILTER, "SO_LOCK_FILTER", to: true)
    }

    /// What an interface takes from its link beyond what is addressed to it.
    public enum PacketMembership: Sendable, Hashable {
        /// Everything on the link, whomever it is for. (PACKET_MR_PROMISC)
        case everything
        /// What is sent to any group. (PACKET_MR_ALLMULTI)
        case allGroups
        /// What is sent to one group. (PACKET_MR_MULTICAST)
        case group(HardwareAddress)
    }

    /// Lets an interface take more from its link, until ``leave(_:onInterface:)`` or the socket's end.
    /// (PACKET_ADD_MEMBERSHIP)
    public func join(_ membership: PacketMembership, onInterface index: UInt32) throws(SocketError) {
        let value = packet_mreq(membership, index)
        try setOption(Level.packet, Int32(PACKET_ADD_MEMBERSHIP), "PACKET_ADD_MEMBERSHIP", to: value)
    }

    /// Takes back what ``join(_:onInterface:)`` asked for; what nobody asked for is no error. (PACKET_DROP_MEMBERSHIP)
    public func leave(_ membership: PacketMembership, onInterface index: UInt32) throws(SocketError) {
        let value = packet_mreq(membership, index)
        try setOption(Level.packet, Int32(PACKET_DROP_MEMBERSHIP), "PACKET_DROP_MEMBERSHIP", to: value)
    }

    /// How many packets came through the filter, and how many of them a full queue lost.
    public struct PacketStatistics: Sendable, Hashable {
        /// All that came, the lost ones included.
        public var packets: UInt32
        public var drops: UInt32
    }

    /// What happened since the last time that this was asked: reading sets the counts to 0.
    /// (PACKET_STATISTICS)
    public func takePacketStatistics() throws(SocketError) -> PacketStatistics {
        let value = try option(
            Level.packet,
            Int32(PACKET_STATISTICS),
            "PACKET_STATISTICS",
            initial: tpacket_stats()
        )
        return PacketStatistics(packets: value.tp_packets, drops: value.tp_drops)
    }

    /// Whether a packet socket leaves out what this host itself sends. (PACKET_IGNORE_OUTGOING)
    public func setIgnoresOutgoing(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, Int32(PACKET_IGNORE_OUTGOING), "PACKET_IGNORE_OUTGOING", to: value)
    }

    /// Whether ``receivePacket(into:)`` tells each packet's ``PacketReception/Auxiliary``. (PACKET_AUXDATA)
    public func setReportsAuxiliary(_ value: Bool) throws(SocketError) {
        try setOption(Level.packet, Int32(PACKET_AUXDATA), "PACKET_AUXDATA", to: value)
    }
}

extension packet_mreq {
    init(_ membership: Socket.PacketMembership, _ interface: UInt32) {
        self.init()
        mr_ifindex = Int32(truncatingIfNeeded: interface)
        switch membership {
        case .everything: mr_type = UInt16(PACKET_MR_PROMISC)
        case .allGroups: mr_type = UInt16(PACKET_MR_ALLMULTI)
        case .group(let address):
            mr_type = UInt16(PACKET_MR_MULTICAST)
            mr_alen = UInt16(address.byteCount)
            unsafe withUnsafeMutableBytes(of: &mr_address) {
                unsafe $0.storeBytes(of: address.bigEndianWord.bigEndian, as: UInt64.self)
            }
        }
    }
}
