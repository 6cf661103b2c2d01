package import ParleySockets
public import ParleyTypes

/// How the kernel would send to an address: what its routing tables say of one destination, without a packet.
public struct Route: Sendable, Hashable {
    public var destination: IPAddress
    public var kind: Kind
    /// The index of the interface that it leaves by.
    public var interface: UInt32
    /// The router that gets it first; nil where the destination is on the link itself.
    public var gateway: IPAddress?
    /// Our address, where the socket has none of its own.
    public var source: IPAddress?
    /// The largest packet on this way, with all headers, in bytes: what the route or a router said, otherwise the
    /// interface's MTU.
    public var packetBytesMax: UInt32?
    /// How long what a router said of this way (ICMP) is still remembered; nil where the tables alone speak.
    public var learnedForSeconds: Int?

    /// What becomes of it (RTN_…).
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case unicast = 1
        /// An address of this host.
        case local
        case broadcast, anycast
        /// A group.
        case multicast
    }

    /// Asks for the way to one address. It takes no right, and nothing is sent.
    ///
    /// - Parameters:
    ///   - destination: An address or a group.
    ///   - source: Our address, where it is settled: rules may go by it.
    ///   - interface: The index of the interface that it must leave by; 0: whichever the tables name.
    /// - Throws: `.networkUnreachable` and others: there is no way, as a send would say it.
    ///
    /// The corresponding message is RTM_GETROUTE.
    public static func lookup(
        to destination: IPAddress,
        from source: IPAddress? = nil,
        interface: UInt32 = 0
    ) throws(SocketError) -> Route {
        let socket = try Socket(netlink: .route)
        var found: Route?
        do throws(SocketError) {
            let request = request(destination, source, interface)
            _ = try socket.ask(request) { (message) throws(SocketError) in
                found = try Route(message, destination) ?? found
            }
        } catch {
            throw SocketError(.inspect, error.code, subject: "\(destination)")
        }
        guard var found else {
            throw SocketError(.inspect, .networkUnreachable, subject: "\(destination)")
        }
        if found.packetBytesMax == nil {
            found.packetBytesMax = try? InterfaceRecord.read(index: found.interface, socket)?.packetBytesMax
        }
        return found
    }

    private static func request(
        _ destination: IPAddress,
        _ source: IPAddress?,
        _ interface: UInt32
    ) -> NetlinkRequest {
        var request = NetlinkRequest(.getRoute, .acknowledge, sequence: 1)
        // struct rtmsg: the family and the bits of the addresses that count
        var body = [UInt8](repeating: 0, count: headerBytes)
        let address = destination.networkBytes
        let isIPv4 = address.count == 4
        body[0] = UInt8((isIPv4 ? SocketFamily.ipv4 : .ipv6).rawValue)
        body[1] = UInt8(address.count * 8)
        let own = source.map(\.networkBytes).flatMap { $0.count == address.count ? $0 : nil }
        if let own { body[2] = UInt8(own.count * 8) }
        unsafe request.append(body.span.bytes)
        unsafe request.append(attribute: RouteAttribute.destination.rawValue, address.span.bytes)
        if let own { unsafe request.append(attribute: RouteAttribute.from.rawValue, own.span.bytes) }
        if interface != 0 {
            let bytes = unsafe withUnsafeBytes(of: interface) { unsafe Array($0) }
            unsafe request.append(attribute: RouteAttribute.interface.rawValue, bytes.span.bytes)
        }
        return request
    }

    /// struct rtmsg
    private static let headerBytes = 12
}

/// The attributes of RTM_NEWROUTE that are read here (RTA_…).
private enum RouteAttribute: UInt16 {
    case destination = 1
    /// Of a question: the sender.
    case from = 2
    case interface = 4
    case gateway = 5
    case source = 7
    case metrics = 8
    case cache = 12
    /// A gateway of the other family: its family in two bytes, and its address.
    case via = 18
}

extension NetlinkMessageType {
    /// RTM_NEWROUTE
    static let newRoute = NetlinkMessageType(rawValue: 24)
    /// RTM_GETROUTE
    static let getRoute = NetlinkMessageType(rawValue: 26)
}

extension Route {
    /// Reads struct rtmsg and its attributes; nil for what is no route.
    ///
    /// - Throws: `.protocolError`: the message is not in order; otherwise what the route's kind means to a sender.
    package init?(_ message: NetlinkMessage, _ destination: IPAddress) throws(SocketError) {
        guard message.type == .newRoute else { return nil }
        let bytes = message.payload
        guard bytes.byteCount >= Self.headerBytes else {
            throw InterfaceRecord.malformed("a route of \(bytes.byteCount) bytes")
        }
        guard let kind = Kind(rawValue: bytes.load(at: 7)) else {
            // RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
            let codes: [UInt8: ErrorCode] = [6: .invalidArgument, 7: .hostUnreachable, 8: .permissionDenied]
            throw SocketError(.inspect, codes[bytes.load(at: 7)] ?? .networkUnreachable)
        }
        self.init(destination: destination, kind: kind, interface: 0)
        do throws(NetlinkFormatError) {
            var attributes = message.attributes(after: Self.headerBytes)
            while let attribute = try attributes.next() {
                switch RouteAttribute(rawValue: attribute.type) {
                case .interface: interface = attribute.number() ?? 0
                case .gateway: gateway = attribute.value.ip
                case .via where attribute.value.byteCount > 2:
                    gateway = attribute.value.extracting(2..<attribute.value.byteCount).ip
                case .source: source = attribute.value.ip
                case .metrics:
                    var parts = attribute.attributes
                    // RTAX_MTU
                    while let part = try parts.next() {
                        if part.type == 2 { packetBytesMax = part.number() }
                    }
                // struct rta_cacheinfo: rta_expires in hundredths of a second (USER_HZ)
                case .cache where attribute.value.byteCount >= 12:
                    let expires: Int32 = attribute.value.load(at: 8)
                    if expires > 0 { learnedForSeconds = Int(expires) / 100 }
                default: break
                }
            }
        } catch {
            throw InterfaceRecord.malformed("\(error)")
        }
    }
}

extension IPAddress {
    /// In the order of the network.
    fileprivate var networkBytes: [UInt8] {
        switch self {
        case .ipv4(let address):
            return unsafe withUnsafeBytes(of: address.rawValue.bigEndian) { unsafe Array($0) }
        case .ipv6(let address):
            return [address.high, address.low].flatMap { half in
                unsafe withUnsafeBytes(of: half.bigEndian) { unsafe Array($0) }
            }
        }
    }
}
