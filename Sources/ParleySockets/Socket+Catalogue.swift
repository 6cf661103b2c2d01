public import ParleyTypes

// The catalogue of options, read and set as text: for URLs and for the command. Programs use the properties.

extension Socket {
    /// Makes a socket of a kind. Those of `icmp` and `icmp6` need a group of net.ipv4.ping_group_range, those
    /// of `raw`, `raw6` and `packet` CAP_NET_RAW.
    ///
    /// The corresponding C function is `socket`.
    public init(_ kind: SocketOption.Kind) throws(SocketError) {
        switch kind {
        case .tcp: try self.init(.ipv4, .stream)
        case .tcp6: try self.init(.ipv6, .stream)
        case .mptcp: try self.init(.ipv4, .stream, .multipathTCP)
        case .udp: try self.init(.ipv4, .datagram)
        case .udp6: try self.init(.ipv6, .datagram)
        case .udplite: try self.init(.ipv4, .datagram, .udpLite)
        case .unix: try self.init(.unix, .stream)
        case .unixgram: try self.init(.unix, .datagram)
        case .seqpacket: try self.init(.unix, .sequencedPacket)
        case .icmp: try self.init(.ipv4, .datagram, .icmp)
        case .icmp6: try self.init(.ipv6, .datagram, .icmpv6)
        case .raw: try self.init(.ipv4, .raw, .icmp)
        case .raw6: try self.init(.ipv6, .raw, .icmpv6)
        case .packet: try self.init(packets: .none, .raw)
        case .netlink: try self.init(netlink: .route)
        case .vsock: try self.init(.virtual, .stream)
        }
    }

    /// What getsockopt(2) says of an option, as text.
    public func text(of option: SocketOption) throws(SocketError) -> String {
        option.text(of: try bytes(of: option))
    }

    /// What getsockopt(2) says of an option.
    public func bytes(of option: SocketOption) throws(SocketError) -> [UInt8] {
        try optionBytes(option.level.rawValue, option.number, option.name, most: option.byteCountMax)
    }

    /// Sets an option to what a text says. A text that does not fit is `.invalidArgument`, before the call.
    ///
    /// The corresponding C function is `setsockopt`.
    public func set(_ option: SocketOption, to text: String) throws(SocketError) {
        var index: UInt32 = 0
        if case .interface(let form) = option.form, form != .name, text != "0" {
            index = try Interface(text).index
        }
        guard let bytes = option.bytes(of: text, interface: index) else {
            throw failure(.option, .invalidArgument, subject: "\(option.name)=\(text)")
        }
        try setOptionBytes(option.level.rawValue, option.number, option.name, to: bytes)
    }

    /// Sets what an endpoint asks for beside its own options; on an IPv6 socket for both families.
    public func set(_ settings: [SocketSetting]) throws(SocketError) {
        for setting in settings {
            if family == .ipv6, let twin = setting.option.twin.flatMap({ SocketOption.find($0) }) {
                try set(twin, to: setting.text)
            }
            try set(setting.option, to: setting.text)
        }
    }
}

extension SocketOption {
    /// How much room its value may need.
    fileprivate var byteCountMax: Int {
        switch form {
        case .flag, .number, .choice, .ports: 4
        case .interface(let form): form == .name ? 16 : 4
        case .wide, .linger: 8
        case .time: 16
        case .numbers(let count): count * 4
        case .text(let most): most + 1
        case .bytes(let counts): counts.upperBound
        case .structure: 256
        }
    }
}
