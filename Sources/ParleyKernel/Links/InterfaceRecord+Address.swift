public import ParleyTypes

extension InterfaceRecord {
    /// An IP address of an interface.
    public struct Address: Sendable, Hashable {
        public var address: IPAddress
        /// How many bits name the network.
        public var prefixLength: Int
        /// The address at the other end of a link with two ends, where it was given.
        public var peer: IPAddress?
        /// The address of everyone in this network; many IPv4 networks have one, `lo` has none here.
        public var broadcast: IPv4Address?
        public var scope: Scope
        public var flags: Flags
        /// How long it stays; nil: for ever.
        public var validFor: Duration?

        public init(
            _ address: IPAddress,
            prefixLength: Int,
            peer: IPAddress? = nil,
            broadcast: IPv4Address? = nil,
            scope: Scope = .global,
            flags: Flags = [],
            validFor: Duration? = nil
        ) {
            self.address = address
            self.prefixLength = prefixLength
            self.peer = peer
            self.broadcast = broadcast
            self.scope = scope
            self.flags = flags
            self.validFor = validFor
        }

        /// How far an address means something (RT_SCOPE_…).
        public struct Scope: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
            public var rawValue: UInt8

            public init(rawValue: UInt8) {
                self.rawValue = rawValue
            }

            public static let global = Scope(rawValue: 0)
            public static let site = Scope(rawValue: 200)
            public static let link = Scope(rawValue: 253)
            public static let host = Scope(rawValue: 254)

            public var description: String {
                switch self {
                case .global: "global"
                case .site: "site"
                case .link: "link"
                case .host: "host"
                default: "\(rawValue)"
                }
            }
        }

        /// What is special about an address (`IFA_F_…`).
        public struct Flags: OptionSet, Sendable, Hashable {
            public var rawValue: UInt32

            public init(rawValue: UInt32) {
                self.rawValue = rawValue
            }

            /// Of IPv4: another address of the same network is the usual source. Of IPv6: a privacy address that
            /// changes (IFA_F_TEMPORARY, the same bit).
            public static let secondary = Flags(rawValue: 0x01)
            /// Another host of the link has this address: it is not used.
            public static let duplicate = Flags(rawValue: 0x08)
            /// Still works, and nothing new begins with it.
            public static let deprecated = Flags(rawValue: 0x20)
            /// Not yet known to be free on the link: bind says EADDRNOTAVAIL until then.
            public static let tentative = Flags(rawValue: 0x40)
            /// Was given by hand.
            public static let permanent = Flags(rawValue: 0x80)
        }

        /// The words for flags and scope that `ip address` uses.
        public var remarks: [String] {
            var words: [String] = []
            if flags.contains(.secondary) {
                if case .ipv6 = address { words.append("temporary") } else { words.append("secondary") }
            }
            if flags.contains(.duplicate) { words.append("duplicate") }
            if flags.contains(.deprecated) { words.append("deprecated") }
            if flags.contains(.tentative) { words.append("tentative") }
            return words
        }
    }
}

extension InterfaceRecord.Address: CustomStringConvertible {
    /// `192.0.2.2/24`
    public var description: String { "\(address)/\(prefixLength)" }
}
