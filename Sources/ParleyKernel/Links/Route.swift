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
    ///   - interface: The index of the interface that it must leave by; 0: whichever the tables name.
    /// - Throws: `.networkUnreachable` and others: there is no way, as a send would say it.
    ///
    /// The corresponding message is RTM_GETROUTE.
    public static func lookup(
        to destination: IPAddress,
        interface: UInt32 = 0
    ) throws(SocketError) -> Route {
        let socket = try Socket(netlink: .route)
        var found: Route?
        do throws(SocketError) {
            let request = request(destination, interface)
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

    private static func request(_ destination: IPAddress, _ interface: UInt32) -> NetlinkRequest {
        var request = NetlinkRequest(.getRoute, .acknowledge, sequence: 1)
        // struct rtmsg: the family and the bits of the destination that count
        var body = [UInt8](repeating: 0, count: headerBytes)
        var address: [UInt8] = []
        switch destination {
        case .ipv4(let ipv4):
            body[0] = UInt8(SocketFamily.ipv4.rawValue)
            unsafe withUnsafeBytes(of: ipv4.rawValue.bigEndian) { unsafe address.append(contentsOf: $0) }
        case .ipv6(let ipv6):
            body[0] = UInt8(SocketFamily.ipv6.rawValue)
            for half in [ipv6.high, ipv6.low] {
                unsafe withUnsafeBytes(of: half.bigEndian) { unsafe address.append(contentsOf: $0) }
            }
        }
        body[1] = UInt8(address.count * 8)
        unsafe request.append(body.span.bytes)
        unsafe request.append(attribute: RouteAttribute.destination.rawValue, address.span.bytes)
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
    case interface = 4
    case gateway = 5
    case source = 7
    case metrics = 8
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
                default: break
                }
            }
        } catch {
            throw InterfaceRecord.malformed("\(error)")
        }
    }
}
