internal import ParleySockets
internal import ParleyTypes

extension RouteRefusal {
    /// Those of a family, rules before routes and in their order. The kernel itself picks out such routes; what it
    /// does not tell is left out.
    static func read(ofIPv4 isIPv4: Bool) -> [RouteRefusal] {
        guard let socket = try? Socket(netlink: .route) else { return [] }
        let family = UInt8((isIPv4 ? SocketFamily.ipv4 : .ipv6).rawValue)
        var found: [RouteRefusal] = []
        // RTM_GETRULE and struct fib_rule_hdr
        ask(socket, 34, family, type: 0, sequence: 1) { message in
            if let rule = RouteRefusal(rule: message) { found.append(rule) }
        }
        found.sort { $0.priority < $1.priority }
        // Before Linux 4.20 all routes come, and are looked through here.
        try? socket.setChecksRequestsStrictly(true)
        for (sequence, type) in zip(2..., [UInt8(6), 7, 8]) {
            ask(socket, 26, family, type: type, sequence: UInt32(sequence)) { message in
                guard let route = RouteRefusal(route: message), found.count < Self.countMax,
                    message.payload.load(at: 7, as: UInt8.self) == type
                else { return }
                found.append(route)
            }
        }
        return found
    }

    private static let countMax = 65_536
    /// struct rtmsg and struct fib_rule_hdr, whose first fields are the same
    private static let headerBytes = 12

    private static func ask(
        _ socket: borrowing Socket,
        _ message: UInt16,
        _ family: UInt8,
        type: UInt8,
        sequence: UInt32,
        _ answer: (NetlinkMessage) -> Void
    ) {
        var request = NetlinkRequest(NetlinkMessageType(rawValue: message), .dump, sequence: sequence)
        var body = [UInt8](repeating: 0, count: headerBytes)
        body[0] = family
        body[7] = type
        unsafe request.append(body.span.bytes)
        _ = try? socket.ask(request) { answer($0) }
    }

    /// Reads RTM_NEWROUTE; nil for a route that leads somewhere.
    init?(route message: NetlinkMessage) {
        guard message.type == .newRoute, message.payload.byteCount >= Self.headerBytes,
            let kind = Kind(number: message.payload.load(at: 7))
        else { return nil }
        self.init(kind: kind, isRule: false)
        prefixLength = Int(message.payload.load(at: 1, as: UInt8.self))
        table = UInt32(message.payload.load(at: 4, as: UInt8.self))
        var attributes = message.attributes(after: Self.headerBytes)
        while let attribute = try? attributes.next() {
            switch attribute.type {
            case 1: destination = attribute.value.ip  // RTA_DST
            case 15: table = attribute.number() ?? table  // RTA_TABLE
            default: break
            }
        }
    }

    /// Reads RTM_NEWRULE; nil for a rule that names a table.
    init?(rule message: NetlinkMessage) {
        guard message.type.rawValue == 32, message.payload.byteCount >= Self.headerBytes,
            let kind = Kind(number: message.payload.load(at: 7))
        else { return nil }
        self.init(kind: kind, isRule: true)
        prefixLength = Int(message.payload.load(at: 1, as: UInt8.self))
        sourceLength = Int(message.payload.load(at: 2, as: UInt8.self))
        // FIB_RULE_INVERT, and a type of service
        let flags: UInt32 = message.payload.load(at: 8)
        asksForMore = flags & 2 != 0 || message.payload.load(at: 3, as: UInt8.self) != 0
        var attributes = message.attributes(after: Self.headerBytes)
        while let attribute = try? attributes.next() {
            switch attribute.type {
            case 1: destination = attribute.value.ip  // FRA_DST
            case 2: source = attribute.value.ip  // FRA_SRC
            case 6: priority = attribute.number() ?? 0  // FRA_PRIORITY
            // FRA_IIFNAME, FWMARK, FWMASK, OIFNAME, UID_RANGE, IP_PROTO, SPORT_RANGE, DPORT_RANGE, DSCP
            case 3, 10, 17, 20, 22, 23, 24, 25: asksForMore = true
            default: break
            }
        }
    }
}
