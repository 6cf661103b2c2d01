internal import ParleySockets
internal import ParleyTypes

/// An entry of the neighbour table: who was asked for on a link, and whether anybody answered.
struct Neighbour {
    var address: IPAddress
    var interface: UInt32
    /// NUD_… of rtnetlink(7).
    var state: UInt16

    /// Whether nobody has answered (NUD_INCOMPLETE, NUD_FAILED).
    var isUnanswered: Bool { state & (0x01 | 0x20) != 0 }

    /// The table of a family; what the kernel does not tell is left out.
    static func read(ofIPv4 isIPv4: Bool) -> [Neighbour] {
        guard let socket = try? Socket(netlink: .route) else { return [] }
        // RTM_GETNEIGH and struct ndmsg
        var request = NetlinkRequest(NetlinkMessageType(rawValue: 30), .dump, sequence: 1)
        var body = [UInt8](repeating: 0, count: headerBytes)
        body[0] = UInt8((isIPv4 ? SocketFamily.ipv4 : .ipv6).rawValue)
        unsafe request.append(body.span.bytes)
        var found: [Neighbour] = []
        _ = try? socket.ask(request) { message in
            if let neighbour = Neighbour(message) { found.append(neighbour) }
        }
        return found
    }

    /// Reads RTM_NEWNEIGH; nil for what is no neighbour.
    init?(_ message: NetlinkMessage) {
        guard message.type.rawValue == 28, message.payload.byteCount >= Self.headerBytes else { return nil }
        var address: IPAddress?
        var attributes = message.attributes(after: Self.headerBytes)
        while let attribute = try? attributes.next() {
            // NDA_DST
            if attribute.type == 1 { address = attribute.value.ip }
        }
        guard let address else { return nil }
        self.init(
            address: address,
            interface: message.payload.load(at: 4),
            state: message.payload.load(at: 8)
        )
    }

    init(address: IPAddress, interface: UInt32, state: UInt16) {
        self.address = address
        self.interface = interface
        self.state = state
    }

    private static let headerBytes = 12
}
