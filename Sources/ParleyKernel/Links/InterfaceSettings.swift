internal import ParleyTypes

/// What sysctl(8) and the routing tables say about an interface, as far as groups are concerned.
public struct InterfaceSettings: Sendable, Hashable {
    /// Which IPv4 senders are believed (rp_filter): 0 all; 1 those that this interface leads to; 2 those that any
    /// interface leads to. Groups are held to it too. The higher one of the interface's and that of all.
    public var reversePathFilter = 0
    /// Whether IPv6 is switched off here (disable_ipv6).
    public var isIPv6Off = false
    /// The interface that a group goes by where none is named; 0: none, and join and send without one fail.
    public var groupInterface: UInt32 = 0

    public init(reversePathFilter: Int = 0, isIPv6Off: Bool = false, groupInterface: UInt32 = 0) {
        self.reversePathFilter = reversePathFilter
        self.isIPv6Off = isIPv6Off
        self.groupInterface = groupInterface
    }

    /// Reads them for an interface of the calling thread's network namespace.
    public static func read(_ record: InterfaceRecord) -> InterfaceSettings {
        let filters = ["all", record.name].map { number("ipv4/conf/\($0)/rp_filter") ?? 0 }
        return InterfaceSettings(
            reversePathFilter: filters.max() ?? 0,
            isIPv6Off: number("ipv6/conf/\(record.name)/disable_ipv6") == 1,
            groupInterface: (try? Route.lookup(to: .ipv4(IPv4Address(239, 255, 0, 1))))?.interface ?? 0
        )
    }

    private static func number(_ name: String) -> Int? {
        ProcFile.read("/proc/sys/net/\(name)").flatMap { bytes in
            Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
        }
    }
}
