internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// What the kernel tells about a datagram beside its bytes, as far as the socket's options asked for it
/// (``Socket/setReportsArrival(_:)``, ``Socket/setReportsDrops(_:)``, ``Socket/setReportsTime(_:)``,
/// ``Socket/setJoinsDatagrams(_:)``, ``Socket/setReportsTrafficClass(_:)``).
public struct Arrival: Sendable, Hashable {
    /// The address of this host that was asked, with port 0: answer from it. Nil if unknown, or if an IPv6
    /// group was asked. For an IPv4 group or broadcast address it is the one that this host would answer the
    /// sender from.
    public var localAddress: SocketAddress?
    /// The address that stands in the datagram: ours, a group's or a broadcast one. Port 0.
    public var destination: SocketAddress?
    /// The index of the interface that it came in by; 0 if unknown.
    public var interface: UInt32 = 0
    /// How many datagrams this socket has lost to a full queue so far, when this one was queued. Wraps. 0
    /// until the first loss.
    public var drops: UInt32 = 0
    /// The kernel has joined several datagrams of one sender, each of so many bytes, the last one perhaps of
    /// fewer; 0 for a single one.
    public var segmentBytes = 0
    /// When the datagram came in, by the machine's calendar clock.
    public var time: WallTime?
    /// What the packet said of congestion (``Socket/setReportsTrafficClass(_:)``).
    public var ecn: ECN?

    init() {}
}

extension Arrival {
    /// Reads the control messages of a message that recvmsg(2) has filled in.
    init(_ message: inout msghdr) {
        var item = unsafe parley_cmsg_first(&message)
        while let current = unsafe item {
            unsafe read(current)
            unsafe item = parley_cmsg_next(&message, current)
        }
    }

    private mutating func read(_ item: UnsafeMutablePointer<cmsghdr>) {
        guard let data = unsafe UnsafeRawPointer(parley_cmsg_data(item)) else { return }
        let size = unsafe Int(item.pointee.cmsg_len) - parley_cmsg_length(0)
        switch unsafe (item.pointee.cmsg_level, Int(item.pointee.cmsg_type)) {
        case (Level.ip, Int(IP_PKTINFO)) where size >= MemoryLayout<in_pktinfo>.size:
            // Wins over the mapped IPV6_PKTINFO of the same datagram, which lacks the address to answer from.
            let info = unsafe data.loadUnaligned(as: in_pktinfo.self)
            localAddress = .ipv4(IPv4Address(rawValue: UInt32(bigEndian: info.ipi_spec_dst.s_addr)), port: 0)
            destination = .ipv4(IPv4Address(rawValue: UInt32(bigEndian: info.ipi_addr.s_addr)), port: 0)
            interface = UInt32(bitPattern: info.ipi_ifindex)
        case (Level.ipv6, Int(IPV6_PKTINFO)) where size >= MemoryLayout<parley_in6_interface>.size:
            let high = unsafe UInt64(bigEndian: data.loadUnaligned(as: UInt64.self))
            let low = unsafe UInt64(bigEndian: data.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            let address = IPv6Address(high: high, low: low)
            interface = unsafe data.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
            guard address.mapped == nil else { return }
            destination = .ipv6(address, port: 0, zone: address.isLinkLocal ? interface : 0)
            localAddress = address.isMulticast ? nil : destination
        case (SOL_SOCKET, Int(SO_RXQ_OVFL)) where size >= MemoryLayout<UInt32>.size:
            drops = unsafe data.loadUnaligned(as: UInt32.self)
        case (Level.udp, Int(OffloadOption.receive)) where size >= MemoryLayout<Int32>.size:
            segmentBytes = max(0, Int(unsafe data.loadUnaligned(as: Int32.self)))
        case (Level.ip, Int(IP_TOS)) where size >= 1:
            ecn = ECN(trafficClassByte: unsafe data.loadUnaligned(as: UInt8.self))
        case (Level.ipv6, Int(IPV6_TCLASS)) where size >= MemoryLayout<Int32>.size:
            let value = unsafe data.loadUnaligned(as: Int32.self)
            ecn = ECN(trafficClassByte: UInt8(truncatingIfNeeded: value))
        case (SOL_SOCKET, Int(SO_TIMESTAMPNS)) where size >= MemoryLayout<timespec>.size:
            let read = unsafe data.loadUnaligned(as: timespec.self)
            guard 0..<1_000_000_000 ~= read.tv_nsec else { return }
            time = WallTime(secondsSince1970: Int64(read.tv_sec), nanoseconds: Int32(read.tv_nsec))
        default: break
        }
    }
}

/// The one place that writes control messages, and room for what ``Arrival`` reads.
enum ControlMessages {
    /// IPV6_PKTINFO (40 bytes with its header), IP_PKTINFO (32), SO_TIMESTAMPNS (32), SO_RXQ_OVFL and UDP_GRO
    /// (24 each), IP_TOS or IPV6_TCLASS (24), and space for what a later kernel adds.
    static let receivedBytesMax = 192
    /// One IPV6_PKTINFO (40), UDP_SEGMENT, IP_TOS, IPV6_TCLASS and SCM_TXTIME (24 each).
    static let sentBytesMax = 136

    /// Whether the kernel obeys when a datagram to an address is to leave from another.
    enum SourceFitness {
        case fits
        /// It is of the other family, and names none: the kernel chooses.
        case isNone
        /// An IPv6 socket sends to IPv4 as well, but passes over the order to send from an address of the other
        /// family: the datagram would leave from one of the kernel's choice.
        case isOfOtherFamily
    }

    static func fitness(of source: SocketAddress, to recipient: SocketAddress?) -> SourceFitness {
        switch (source.unmapped, recipient?.unmapped) {
        case (.ipv4(let address, _), .ipv6): address == .any ? .isNone : .isOfOtherFamily
        case (.ipv6(let address, _, let zone), .ipv4):
            address == .any && zone == 0 ? .isNone : .isOfOtherFamily
        default: .fits
        }
    }

    /// Writes the order to send from an address.
    ///
    /// - Returns: The bytes written, or nil if a socket of this family cannot send from such an address.
    static func write(
        source: SocketAddress,
        to memory: UnsafeMutableRawPointer,
        family: SocketFamily
    ) -> Int? {
        switch source.unmapped {
        case .ipv4(let address, _) where family != .unix:
            // An IPv6 socket that sends to an IPv4 host takes it as well.
            var info = in_pktinfo()
            info.ipi_spec_dst.s_addr = address.rawValue.bigEndian
            return unsafe write(info, Level.ip, Int32(IP_PKTINFO), to: memory)
        case .ipv6(let address, _, let zone) where family == .ipv6:
            return unsafe write(
                parley_in6_interface(address, zone),
                Level.ipv6,
                Int32(IPV6_PKTINFO),
                to: memory
            )
        default: return nil
        }
    }

    /// Writes the order to cut a piece into datagrams of so many bytes, 1 to 65,535.
    static func write(segmentBytes: Int, to memory: UnsafeMutableRawPointer) -> Int {
        unsafe write(UInt16(segmentBytes), Level.udp, OffloadOption.send, to: memory)
    }

    /// Writes the byte of the Differentiated Services field and of ECN, for an IPv6 socket as both families take it:
    /// each passes over the other's.
    static func write(service: UInt8, to memory: UnsafeMutableRawPointer, family: SocketFamily) -> Int {
        let length = unsafe write(Int32(service), Level.ip, Int32(IP_TOS), to: memory)
        guard family == .ipv6 else { return length }
        return unsafe length + write(Int32(service), Level.ipv6, Int32(IPV6_TCLASS), to: memory + length)
    }

    /// Writes the time before which a datagram does not leave.
    static func write(departure: MonotonicInstant, to memory: UnsafeMutableRawPointer) -> Int {
        unsafe write(UInt64(max(0, departure.nanoseconds)), SOL_SOCKET, transmitTime, to: memory)
    }

    /// SCM_TXTIME, which is SO_TXTIME.
    private static let transmitTime: Int32 = 61

    private static func write<T: BitwiseCopyable>(
        _ value: T,
        _ level: Int32,
        _ type: Int32,
        to memory: UnsafeMutableRawPointer
    ) -> Int {
        let space = parley_cmsg_space(MemoryLayout<T>.size)
        precondition(space <= sentBytesMax)
        unsafe begin(level, type, bytes: MemoryLayout<T>.size, at: memory)
        unsafe memory.storeBytes(of: value, toByteOffset: dataOffset, as: T.self)
        return space
    }

    /// Writes the beginning of a control message to memory that has room for all of it; its data follow at
    /// ``dataOffset``.
    static func begin(_ level: Int32, _ type: Int32, bytes: Int, at memory: UnsafeMutableRawPointer) {
        var header = cmsghdr()
        header.cmsg_len = parley_cmsg_length(bytes)
        header.cmsg_level = level
        header.cmsg_type = type
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: parley_cmsg_space(bytes))
        unsafe memory.storeBytes(of: header, as: cmsghdr.self)
    }

    static var dataOffset: Int { parley_cmsg_length(0) }
}

extension parley_in6_interface {
    init(_ host: IPv6Address, _ interface: UInt32) {
        self.init()
        address = (
            UInt32(truncatingIfNeeded: host.high >> 32).bigEndian,
            UInt32(truncatingIfNeeded: host.high).bigEndian,
            UInt32(truncatingIfNeeded: host.low >> 32).bigEndian,
            UInt32(truncatingIfNeeded: host.low).bigEndian
        )
        index = interface
    }
}
