package import ParleySockets
package import ParleyTypes

/// The attributes of RTM_NEWLINK that are read here (IFLA_…).
private enum LinkAttribute: UInt16 {
    case address = 1
    case broadcast = 2
    case name = 3
    case mtu = 4
    case link = 5
    case discipline = 6
    case master = 10
    case queueLength = 13
    case state = 16
    case info = 18
    case counters = 23
    case linkNamespace = 37
    case properties = 52
}

/// The attributes of RTM_NEWADDR that are read here (IFA_…).
private enum AddressAttribute: UInt16 {
    case address = 1
    case local = 2
    case broadcast = 4
    case lifetimes = 6
    case flags = 8
}

extension NetlinkMessageType {
    /// RTM_NEWADDR
    static let newAddress = NetlinkMessageType(rawValue: 20)
    /// RTM_GETADDR
    static let getAddress = NetlinkMessageType(rawValue: 22)
}

extension InterfaceRecord {
    /// One interface, as far as its link is concerned; nil where there is none of this index.
    static func read(index: UInt32, _ socket: borrowing Socket) throws(SocketError) -> InterfaceRecord? {
        var request = NetlinkRequest(.getLink, .acknowledge, sequence: 2)
        // struct ifinfomsg, with the index at 4
        var body = [UInt8](repeating: 0, count: linkBytes)
        unsafe withUnsafeBytes(of: index) { unsafe body.replaceSubrange(4..<8, with: $0) }
        unsafe request.append(body.span.bytes)
        var found: InterfaceRecord?
        _ = try socket.ask(request) { (message) throws(SocketError) in
            found = try InterfaceRecord(link: message) ?? found
        }
        return found
    }

    /// Reads struct ifinfomsg and its attributes; nil for what is no interface.
    ///
    /// - Throws: `.protocolError`: the message is shorter than its structure, or its attributes are not in order.
    package init?(link message: NetlinkMessage) throws(SocketError) {
        guard message.type == .newLink else { return nil }
        let bytes = message.payload
        guard bytes.byteCount >= Self.linkBytes else {
            throw Self.malformed("an interface of \(bytes.byteCount) bytes")
        }
        let index: Int32 = bytes.load(at: 4)
        guard index > 0 else { return nil }
        self.init(
            index: UInt32(index),
            name: "",
            flags: Flags(rawValue: bytes.load(at: 8)),
            linkType: bytes.load(at: 2)
        )
        do throws(NetlinkFormatError) {
            var attributes = message.attributes(after: Self.linkBytes)
            while let attribute = try attributes.next() { try read(attribute) }
        } catch {
            throw Self.malformed("\(error)")
        }
    }

    private mutating func read(_ attribute: NetlinkAttribute) throws(NetlinkFormatError) {
        switch LinkAttribute(rawValue: attribute.type) {
        case .address: hardwareAddress = attribute.hardwareAddress
        case .broadcast: hardwareBroadcast = attribute.hardwareAddress
        case .name: name = attribute.text
        case .mtu: packetBytesMax = attribute.number() ?? 0
        case .link:
            lowerIndex = attribute.number(as: UInt32.self).flatMap { $0 == 0 || $0 == index ? nil : $0 }
        case .linkNamespace: isLowerElsewhere = true
        case .discipline: discipline = attribute.text
        case .master: masterIndex = attribute.number(as: UInt32.self).flatMap { $0 == 0 ? nil : $0 }
        case .queueLength: queuePacketsMax = attribute.number() ?? 0
        case .state: state = attribute.number(as: UInt8.self).flatMap { State(rawValue: $0) } ?? .unknown
        case .counters: counters = Counters(attribute.value)
        case .info:
            var parts = attribute.attributes
            while let part = try parts.next() {
                // IFLA_INFO_KIND stands before IFLA_INFO_DATA, whose meaning depends on it.
                if part.type == 1 { kind = part.text }
                if part.type == 2, kind == "bridge" { bridge = try BridgeGroups(part) }
            }
        case .properties:
            var parts = attribute.attributes
            // IFLA_ALT_IFNAME
            while let part = try parts.next() {
                if part.type == 53 { otherNames.append(part.text) }
            }
        case nil: break
        }
    }

    static func malformed(_ what: String) -> SocketError {
        SocketError(.inspect, .protocolError, subject: what)
    }

    /// struct ifinfomsg
    private static let linkBytes = 16
}

extension InterfaceRecord.Address {
    /// Reads struct ifaddrmsg and its attributes; nil for what is no IP address of an interface.
    ///
    /// - Returns: The address and the index of its interface.
    /// - Throws: `.protocolError`: the message is shorter than its structure, or its attributes are not in order.
    package static func read(
        _ message: NetlinkMessage
    ) throws(SocketError) -> (address: Self, interface: UInt32)? {
        guard message.type == .newAddress else { return nil }
        let bytes = message.payload
        guard bytes.byteCount >= headerBytes else {
            throw InterfaceRecord.malformed("an address of \(bytes.byteCount) bytes")
        }
        let flags = Flags(rawValue: UInt32(bytes.load(at: 2, as: UInt8.self)))
        var result = Self(
            .ipv4(.any),
            prefixLength: 0,
            scope: Scope(rawValue: bytes.load(at: 3)),
            flags: flags
        )
        var local: IPAddress?
        var far: IPAddress?
        do throws(NetlinkFormatError) {
            var attributes = message.attributes(after: headerBytes)
            while let attribute = try attributes.next() {
                switch AddressAttribute(rawValue: attribute.type) {
                case .address: far = attribute.value.ip
                case .local: local = attribute.value.ip
                case .broadcast:
                    if case .ipv4(let address)? = attribute.value.ip { result.broadcast = address }
                case .flags: result.flags = attribute.number().map { Flags(rawValue: $0) } ?? flags
                case .lifetimes where attribute.value.byteCount >= 8:
                    let seconds: UInt32 = attribute.value.load(at: 4)
                    result.validFor = seconds == .max ? nil : .seconds(Int64(seconds))
                default: break
                }
            }
        } catch {
            throw InterfaceRecord.malformed("\(error)")
        }
        // IFA_ADDRESS is the far end where there are two, otherwise the same as IFA_LOCAL, which IPv6 leaves out.
        guard let address = local ?? far else { return nil }
        result.address = address
        if let far, far != address { result.peer = far }
        let bits: UInt8 = bytes.load(at: 1)
        let bitsMax = if case .ipv4 = address { 32 } else { 128 }
        result.prefixLength = min(Int(bits), bitsMax)
        return (result, bytes.load(at: 4))
    }

    /// struct ifaddrmsg
    private static let headerBytes = 8
}

extension InterfaceRecord.Counters {
    /// Reads struct rtnl_link_stats64, of which older kernels have less.
    init(_ bytes: RawSpan) {
        self.init()
        received.packets = bytes.word(0)
        sent.packets = bytes.word(1)
        received.bytes = bytes.word(2)
        sent.bytes = bytes.word(3)
        received.errors = bytes.word(4)
        sent.errors = bytes.word(5)
        received.dropped = bytes.word(6)
        sent.dropped = bytes.word(7)
        groupPackets = bytes.word(8)
        collisions = bytes.word(9)
        missed = bytes.word(15)
        carrierErrors = bytes.word(17)
        unhandled = bytes.word(23)
        forOthers = bytes.word(24)
    }
}

extension InterfaceRecord.BridgeGroups {
    /// Reads IFLA_INFO_DATA of a bridge.
    fileprivate init(_ data: NetlinkAttribute) throws(NetlinkFormatError) {
        self.init(isSnooping: false, isQuerier: false)
        var parts = data.attributes
        while let part = try parts.next() {
            if part.type == 23 { isSnooping = part.number(as: UInt8.self) == 1 }
            if part.type == 25 { isQuerier = part.number(as: UInt8.self) == 1 }
        }
    }
}

extension NetlinkAttribute {
    fileprivate var hardwareAddress: HardwareAddress {
        guard value.byteCount <= HardwareAddress.byteCountMax else { return .none }
        return unsafe value.withUnsafeBytes { unsafe HardwareAddress(Array($0)) } ?? .none
    }
}

extension RawSpan {
    /// One of several numbers of 64 bits, 0 where there are fewer.
    fileprivate func word(_ index: Int) -> UInt64 {
        index * 8 + 8 <= byteCount ? load(at: index * 8) : 0
    }

    /// An IP address in network order, by its size; nil for any other size.
    var ip: IPAddress? {
        switch byteCount {
        case 4: .ipv4(IPv4Address(rawValue: UInt32(bigEndian: load(at: 0))))
        case 16:
            .ipv6(
                IPv6Address(high: UInt64(bigEndian: load(at: 0)), low: UInt64(bigEndian: load(at: 8)))
            )
        default: nil
        }
    }
}
