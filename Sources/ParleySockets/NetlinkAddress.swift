internal import CParleyLinux
internal import Glibc

/// One end of a conversation with the kernel (netlink(7)).
public struct NetlinkAddress: KernelAddress {
    /// Who: 0 is the kernel, and to bind leaves the choice to the system. Often a process's number, but it
    /// names a socket and not a process.
    public var port: UInt32
    /// A bit for each of the protocol's first 32 groups: to hear (bind), or to reach.
    public var groups: UInt32

    public init(port: UInt32, groups: UInt32 = 0) {
        self.port = port
        self.groups = groups
    }

    /// The kernel itself.
    public static let kernel = NetlinkAddress(port: 0)

    public static var family: SocketFamily { .netlink }

    public init?(kernel bytes: RawSpan) {
        guard bytes.family(ofBytes: MemoryLayout<sockaddr_nl>.size) == .netlink else { return nil }
        port = bytes.number(at: 4)
        groups = bytes.number(at: 8)
    }

    public func write(kernel bytes: inout MutableRawSpan) -> Int {
        bytes.put(UInt16(AF_NETLINK), at: 0)
        bytes.put(port, at: 4)
        bytes.put(groups, at: 8)
        return MemoryLayout<sockaddr_nl>.size
    }

    /// `kernel`, `netlink 1234`, with `groups 0x11` if there are any.
    public var description: String {
        let name = port == 0 && groups == 0 ? "kernel" : "netlink \(port)"
        return groups == 0 ? name : "\(name) groups 0x\(String(groups, radix: 16))"
    }
}

/// Which part of the kernel a netlink socket speaks to: the third argument of socket(2).
public struct NetlinkProtocol: RawRepresentable, Sendable, Hashable {
    /// The `NETLINK_…` number.
    public var rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Interfaces, addresses, routes, neighbours (rtnetlink(7)).
    public static let route = NetlinkProtocol(rawValue: 0)
    /// Other sockets (sock_diag(7)).
    public static let socketDiagnosis = NetlinkProtocol(rawValue: 4)
    /// Netfilter: firewall tables, connection tracking, logging.
    public static let netfilter = NetlinkProtocol(rawValue: 12)
    /// Devices that come and go, as udev hears of them.
    public static let deviceEvents = NetlinkProtocol(rawValue: 15)
    /// Families with names instead of numbers.
    public static let generic = NetlinkProtocol(rawValue: 16)
}

extension NetlinkProtocol: CustomStringConvertible {
    /// As C writes it: `NETLINK_SOCK_DIAG`. A number without a name: `NETLINK_30`.
    public var description: String {
        switch self {
        case .route: "NETLINK_ROUTE"
        case .socketDiagnosis: "NETLINK_SOCK_DIAG"
        case .netfilter: "NETLINK_NETFILTER"
        case .deviceEvents: "NETLINK_KOBJECT_UEVENT"
        case .generic: "NETLINK_GENERIC"
        default: "NETLINK_\(rawValue)"
        }
    }
}
