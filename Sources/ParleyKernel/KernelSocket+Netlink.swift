internal import Glibc
package import ParleySockets
package import ParleyTypes

/// The attributes of an answer about IP sockets that are read here (INET_DIAG_…).
enum InternetAttribute: UInt16 {
    /// INET_DIAG_SKMEMINFO
    case memory = 7
    /// INET_DIAG_SKV6ONLY
    case isIPv6Only = 11
}

/// The attributes of an answer about Unix sockets that are read here (UNIX_DIAG_…).
private enum UnixAttribute: UInt16 {
    case name = 0
    case peer = 2
    case queues = 4
    case user = 7
}

extension KernelSocket {
    /// Reads struct inet_diag_msg and its attributes; nil for what is no socket, or one in a state without a
    /// name.
    ///
    /// - Throws: `.protocolError`: the message is shorter than its structure, or its attributes are not in
    ///   order.
    package init?(internet message: NetlinkMessage, _ kind: Kind) throws(SocketError) {
        guard message.type == .socketsByFamily else { return nil }
        let bytes = message.payload
        guard bytes.byteCount >= Self.internetBytes else { throw Self.malformed(bytes.byteCount) }
        let family = Int32(bytes.load(at: 0, as: UInt8.self))
        guard family == AF_INET || family == AF_INET6,
            let state = State(rawValue: bytes.load(at: 1, as: UInt8.self))
        else { return nil }
        let interface: UInt32 = bytes.load(at: 40)
        let local = bytes.address(family, port: 4, host: 8, interface: interface)
        let remote = bytes.address(family, port: 6, host: 24, interface: interface)
        let inode = UInt64(bytes.load(at: 68, as: UInt32.self))
        let user: UInt32 = bytes.load(at: 64)
        self.init(
            kind: kind,
            state: Self.shown(state, of: kind, inode: inode),
            local: local,
            remote: remote.isWildcard && remote.port == 0 ? nil : remote,
            receiveQueue: bytes.load(at: 56),
            sendQueue: bytes.load(at: 60),
            inode: inode,
            cookie: UInt64(bytes.load(at: 44, as: UInt32.self))
                | UInt64(bytes.load(at: 48, as: UInt32.self)) << 32,
            // What has no file has no user either, and the kernel writes 0.
            user: inode == 0 && user == 0 ? nil : user,
            interface: interface,
            isMapped: family == AF_INET6 && local.isIPv4
        )
        if let kind = Timer.Kind(rawValue: bytes.load(at: 2)) {
            timer = Timer(
                kind: kind,
                remaining: .milliseconds(Int64(bytes.load(at: 52, as: Int32.self))),
                retries: bytes.load(at: 3)
            )
        }
        try readInternetAttributes(message)
    }

    /// A half-open connection is listed as SYN_RECEIVED, a socket that is only bound as CLOSED.
    static func shown(_ state: State, of kind: Kind, inode: UInt64) -> State {
        guard kind == .tcp else { return state }
        if state == .closed { return .boundInactive }
        return state == .synReceived && inode == 0 ? .newSynReceived : state
    }

    private mutating func readInternetAttributes(_ message: NetlinkMessage) throws(SocketError) {
        do {
            var attributes = message.attributes(after: Self.internetBytes)
            while let attribute = try attributes.next() {
                switch InternetAttribute(rawValue: attribute.type) {
                case .memory?:
                    // SK_MEMINFO_DROPS is the ninth number.
                    if attribute.value.byteCount >= 36 { drops = attribute.value.load(at: 32) }
                case .isIPv6Only?: isIPv6Only = attribute.number(as: UInt8.self).map { $0 != 0 }
                case nil: break
                }
            }
        } catch { throw Self.malformed(error) }
    }

    /// Reads struct unix_diag_msg and its attributes; nil for what is no such socket.
    ///
    /// - Throws: `.protocolError`, as above.
    package init?(unix message: NetlinkMessage) throws(SocketError) {
        guard message.type == .socketsByFamily else { return nil }
        let bytes = message.payload
        guard bytes.byteCount >= Self.unixBytes else { throw Self.malformed(bytes.byteCount) }
        guard bytes.load(at: 0, as: UInt8.self) == UInt8(AF_UNIX),
            let kind = Kind(unixType: Int32(bytes.load(at: 1, as: UInt8.self))),
            let state = State(rawValue: bytes.load(at: 2, as: UInt8.self))
        else { return nil }
        self.init(
            kind: kind,
            state: state,
            local: nil,
            inode: UInt64(bytes.load(at: 4, as: UInt32.self)),
            cookie: UInt64(bytes.load(at: 8, as: UInt32.self))
                | UInt64(bytes.load(at: 12, as: UInt32.self)) << 32
        )
        do {
            var attributes = message.attributes(after: Self.unixBytes)
            while let attribute = try attributes.next() {
                switch UnixAttribute(rawValue: attribute.type) {
                case .name?: local = attribute.value.unixName
                case .peer?: peerInode = attribute.number(as: UInt32.self).map { UInt64($0) }
                case .user?: user = attribute.number()
                case .queues? where attribute.value.byteCount >= 8:
                    receiveQueue = attribute.value.load(at: 0)
                    sendQueue = attribute.value.load(at: 4)
                case .queues?, nil: break
                }
            }
        } catch { throw Self.malformed(error) }
    }

    /// struct inet_diag_msg
    private static let internetBytes = 72
    /// struct unix_diag_msg
    private static let unixBytes = 16

    private static func malformed(_ byteCount: Int) -> SocketError {
        SocketError(.inspect, .protocolError, subject: "a listed socket of \(byteCount) bytes")
    }

    private static func malformed(_ error: NetlinkFormatError) -> SocketError {
        SocketError(.inspect, .protocolError, subject: "\(error)")
    }
}

extension SocketAddress {
    /// Whether it is shown as IPv4.
    var isIPv4: Bool {
        if case .ipv4 = self { true } else { false }
    }
}

extension KernelSocket.Kind {
    /// The kind of a Unix socket of this type (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET).
    init?(unixType type: Int32) {
        switch type {
        case Int32(SOCK_STREAM.rawValue): self = .unixStream
        case Int32(SOCK_DGRAM.rawValue): self = .unixDatagram
        case Int32(SOCK_SEQPACKET.rawValue): self = .sequencedPacket
        default: return nil
        }
    }
}

extension RawSpan {
    /// A number in host order. The caller has compared the offset with the size.
    @inline(__always)
    func load<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        as _: Number.Type = Number.self
    ) -> Number {
        precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Number>.size)
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// An address in network order. IPv4 inside IPv6 is shown as IPv4, and an address of a link with its
    /// interface.
    fileprivate func address(_ family: Int32, port: Int, host: Int, interface: UInt32) -> SocketAddress {
        let port = UInt16(bigEndian: load(at: port))
        guard family == AF_INET6 else {
            return .ipv4(IPv4Address(rawValue: UInt32(bigEndian: load(at: host))), port: port)
        }
        let address = IPv6Address(
            high: UInt64(bigEndian: load(at: host)),
            low: UInt64(bigEndian: load(at: host + 8))
        )
        if let mapped = address.mapped { return .ipv4(mapped, port: port) }
        return .ipv6(address, port: port, zone: address.isLinkLocal ? interface : 0)
    }

    /// What stands in sun_path; nil for a socket without a name.
    fileprivate var unixName: SocketAddress? {
        guard byteCount > 0 else { return nil }
        return unsafe withUnsafeBytes { bytes in
            guard unsafe bytes[0] == 0 else {
                let path = unsafe bytes.prefix { $0 != 0 }
                return .unix(.path(unsafe String(decoding: path, as: UTF8.self)))
            }
            return .unix(.abstract(unsafe Array(bytes.dropFirst())))
        }
    }
}
