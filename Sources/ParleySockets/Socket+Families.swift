internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// Sockets of IP with a protocol of their own, of links, of the kernel and of virtual machines, and their
// addresses: one method is one system call here too.

extension Socket {
    /// Makes a socket over IP that speaks another protocol than its kind's usual one:
    ///
    /// - `Socket(.ipv4, .raw, .icmp)`: packets of one protocol. What is received over IPv4 begins with the IP
    ///   header, over IPv6 without it. Needs CAP_NET_RAW.
    /// - `Socket(.ipv4, .datagram, .icmp)`: echo requests and their replies, without a right where
    ///   net.ipv4.ping_group_range has one of the user's groups. The kernel writes the identifier, from the
    ///   port, and the checksum.
    ///
    /// The corresponding C function is `socket`.
    public init(_ family: SocketFamily, _ kind: SocketKind, _ ip: IPProtocol) throws(SocketError) {
        try self.init(family, kind, protocolNumber: ip.rawValue)
    }

    /// Makes a socket for the packets of this host's links: `.raw` with their link headers, `.datagram` from
    /// the network header on. It receives from all interfaces at once, until it is bound to one; with
    /// ``EtherType/none`` it receives nothing before. Needs CAP_NET_RAW.
    ///
    /// The corresponding C function is `socket`.
    public init(packets etherType: EtherType, _ kind: SocketKind) throws(SocketError) {
        try self.init(.packet, kind, protocolNumber: etherType.socketProtocol)
    }

    /// Makes a socket that speaks to a part of the kernel.
    ///
    /// The corresponding C function is `socket`.
    public init(netlink part: NetlinkProtocol) throws(SocketError) {
        try self.init(.netlink, .raw, protocolNumber: part.rawValue)
    }
}

extension Socket {
    /// Gives the socket its local address.
    ///
    /// The corresponding C function is `bind`.
    public func bind(to address: some KernelAddress) throws(SocketError) {
        let system = try systemAddress(address, .bind)
        let result = unsafe system.withPointer { unsafe Glibc.bind(fileDescriptor, $0, $1) }
        guard result == 0 else {
            throw SocketError(.bind, ErrorCode(errno), subject: address.description)
        }
    }

    /// Starts a connection, or fixes the peer of a datagram socket: see ``connect(to:)-(SocketAddress)``.
    /// Once the socket is writable, ``pendingError`` tells how it ended.
    ///
    /// The corresponding C function is `connect`.
    public func connect(to address: some KernelAddress) throws(SocketError) -> ConnectOutcome {
        let system = try systemAddress(address, .connect)
        guard unsafe system.withPointer({ unsafe Glibc.connect(fileDescriptor, $0, $1) }) != 0 else {
            return .connected
        }
        let code = errno
        if code == EINPROGRESS || code == EINTR { return .inProgress }
        throw SocketError(.connect, ErrorCode(code), subject: address.description)
    }

    /// Sends one message to one recipient.
    ///
    /// - Returns: `false`: nothing was sent, wait until the socket is writable.
    ///
    /// The corresponding C function is `sendto`.
    public func send(_ bytes: RawSpan, to recipient: some KernelAddress) throws(SocketError) -> Bool {
        let system = try systemAddress(recipient, .send)
        return try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) in
            do throws(SocketError) {
                return try attempt(.send) {
                    unsafe system.withPointer { address, length in
                        unsafe sendto(
                            fileDescriptor,
                            buffer.baseAddress,
                            buffer.count,
                            Int32(MSG_NOSIGNAL),
                            address,
                            length
                        )
                    }
                } != nil
            } catch {
                throw SocketError(.send, error.code, subject: recipient.description)
            }
        }
    }

    /// One message as ``receive(into:from:)`` tells of it.
    public struct Reception<Sender: KernelAddress>: Sendable, Hashable {
        /// How many bytes of the buffer it filled.
        public var byteCount: Int
        /// How many bytes it had: more than `byteCount` if the buffer was too short, and then the rest is
        /// lost.
        public var sentByteCount: Int
        /// Who sent it; nil where the kernel does not say.
        public var sender: Sender?

        /// Whether bytes were lost because the buffer was too short.
        public var isTruncated: Bool { sentByteCount > byteCount }
    }

    /// Receives one message with its sender.
    ///
    /// - Returns: nil: wait until the socket is readable.
    /// - Throws: Of a netlink socket `.noBufferSpace` once after messages were lost: ask anew what they said.
    ///
    /// The corresponding C function is `recvfrom`.
    public func receive<Sender: KernelAddress>(
        into bytes: inout MutableRawSpan,
        from _: Sender.Type = Sender.self
    ) throws(SocketError) -> Reception<Sender>? {
        guard family == Sender.family else { throw failure(.receive, .addressFamilyNotSupported) }
        var address = SystemAddress()
        let capacity = bytes.byteCount
        let received = try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(SocketError) in
            try attempt(.receive) {
                unsafe address.withMutablePointer { pointer, length in
                    // After EINTR the length is the kernel's of the last call.
                    unsafe length.pointee = socklen_t(MemoryLayout<sockaddr_storage>.size)
                    return unsafe recvfrom(
                        fileDescriptor,
                        buffer.baseAddress,
                        buffer.count,
                        Int32(MSG_TRUNC),
                        pointer,
                        length
                    )
                }
            }
        }
        guard let received else { return nil }
        return Reception(
            byteCount: min(received, capacity),
            sentByteCount: received,
            sender: address.value(as: Sender.self)
        )
    }

    /// Our address, in the terms of the socket's family.
    ///
    /// The corresponding C function is `getsockname`.
    public func localAddress<Address: KernelAddress>(
        as _: Address.Type = Address.self
    ) throws(SocketError) -> Address {
        var system = SystemAddress()
        let result = unsafe system.withMutablePointer { unsafe getsockname(fileDescriptor, $0, $1) }
        return try read(system, result)
    }

    /// The peer's address, in the terms of the socket's family.
    ///
    /// The corresponding C function is `getpeername`.
    public func remoteAddress<Address: KernelAddress>(
        as _: Address.Type = Address.self
    ) throws(SocketError) -> Address {
        var system = SystemAddress()
        let result = unsafe system.withMutablePointer { unsafe getpeername(fileDescriptor, $0, $1) }
        return try read(system, result)
    }

    private func read<Address: KernelAddress>(
        _ system: SystemAddress,
        _ result: Int32
    ) throws(SocketError) -> Address {
        guard result == 0 else { throw SocketError(.inspect, ErrorCode(errno)) }
        guard let address = system.value(as: Address.self) else {
            throw SocketError(.inspect, .addressFamilyNotSupported, subject: "\(family)")
        }
        return address
    }

    /// An address as the kernel takes it, refused before the call where the socket is of another family.
    private func systemAddress<Address: KernelAddress>(
        _ address: Address,
        _ operation: SocketError.Operation
    ) throws(SocketError) -> SystemAddress {
        guard Address.family == family else {
            throw SocketError(
                operation,
                .addressFamilyNotSupported,
                subject: "\(address) (\(Address.family)) on \(family)"
            )
        }
        return SystemAddress(address)
    }
}
