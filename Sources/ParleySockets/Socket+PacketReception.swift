internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// One packet as ``Socket/receivePacket(into:)`` tells of it.
public struct PacketReception: Sendable, Hashable {
    /// How many bytes of the buffer it filled.
    public var byteCount: Int
    /// How many bytes it had behind the filter: more than `byteCount` if the buffer was too short.
    public var sentByteCount: Int
    /// Where it came from, or where it went.
    public var sender: PacketAddress?
    /// Nil unless ``Socket/setReportsAuxiliary(_:)`` asked for it.
    public var auxiliary: Auxiliary?

    /// What the link's hardware and driver took off the packet or left to do.
    public struct Auxiliary: Sendable, Hashable {
        /// How many bytes the packet had on the link, whatever the filter kept.
        public var linkByteCount: Int
        /// The VLAN tag that stood in the packet: the 16 bits with priority and number. Nil without one.
        public var vlanTag: UInt16?
        /// What kind of tag it was (0x8100, 0x88A8); 0 if unknown.
        public var vlanType: EtherType
        /// Whether the checksum is still to be computed, as in packets that this host sends to itself.
        public var lacksChecksum: Bool
    }
}

extension Socket {
    /// Receives one packet with all that the kernel tells of it.
    ///
    /// - Returns: nil: wait until the socket is readable.
    ///
    /// The corresponding C function is `recvmsg`.
    public func receivePacket(into bytes: inout MutableRawSpan) throws(SocketError) -> PacketReception? {
        guard family == .packet else { throw failure(.receive, .addressFamilyNotSupported) }
        var address = SystemAddress()
        var control: InlineArray<16, UInt64> = .init(repeating: 0)
        var auxiliary: PacketReception.Auxiliary?
        let capacity = bytes.byteCount
        let received = try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(SocketError) -> Int? in
            var vector = unsafe iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            let result = unsafe withUnsafeMutablePointer(to: &vector) { vector in
                unsafe withUnsafeMutableBytes(of: &control) { control in
                    unsafe address.withMutablePointer { pointer, length in
                        var message = unsafe msghdr()
                        let result = Result { () throws(SocketError) in
                            try attempt(.receive) {
                                unsafe message.msg_name = UnsafeMutableRawPointer(pointer)
                                unsafe message.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
                                unsafe message.msg_iov = vector
                                unsafe message.msg_iovlen = 1
                                unsafe message.msg_control = control.baseAddress
                                unsafe message.msg_controllen = control.count
                                return unsafe recvmsg(fileDescriptor, &message, Int32(MSG_TRUNC))
                            }
                        }
                        unsafe length.pointee = message.msg_namelen
                        if case .success(_?) = result {
                            auxiliary = unsafe PacketReception.Auxiliary(&message)
                        }
                        return result
                    }
                }
            }
            return try result.get()
        }
        guard let received else { return nil }
        return PacketReception(
            byteCount: min(received, capacity),
            sentByteCount: received,
            sender: address.value(as: PacketAddress.self),
            auxiliary: auxiliary
        )
    }
}

extension PacketReception.Auxiliary {
    /// Reads the control messages of a message that recvmsg(2) has filled in.
    init?(_ message: inout msghdr) {
        var item = unsafe parley_cmsg_first(&message)
        while let current = unsafe item {
            let size = unsafe Int(current.pointee.cmsg_len) - parley_cmsg_length(0)
            if unsafe current.pointee.cmsg_level == Level.packet,
                unsafe current.pointee.cmsg_type == PACKET_AUXDATA,
                size >= MemoryLayout<tpacket_auxdata>.size,
                let data = unsafe UnsafeRawPointer(parley_cmsg_data(current))
            {
                self.init(unsafe data.loadUnaligned(as: tpacket_auxdata.self))
                return
            }
            unsafe item = parley_cmsg_next(&message, current)
        }
        return nil
    }

    private init(_ data: tpacket_auxdata) {
        linkByteCount = Int(data.tp_len)
        let isTagged = data.tp_status & UInt32(TP_STATUS_VLAN_VALID) != 0
        vlanTag = isTagged ? data.tp_vlan_tci : nil
        let hasType = data.tp_status & UInt32(TP_STATUS_VLAN_TPID_VALID) != 0
        vlanType = EtherType(rawValue: hasType ? data.tp_vlan_tpid : 0)
        lacksChecksum = data.tp_status & UInt32(TP_STATUS_CSUMNOTREADY) != 0
    }
}
