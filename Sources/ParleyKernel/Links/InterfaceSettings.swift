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

    /// Reads them for the interfaces of the calling thread's network namespace, in the table's order.
    public static func read(_ table: InterfaceTable) -> [InterfaceSettings] {
        let group = (try? Route.lookup(to: .ipv4(IPv4Address(239, 255, 0, 1))))?.interface ?? 0
        let filterOfAll = number("ipv4/conf/all/rp_filter")
        return table.records.map { record in
            InterfaceSettings(
                reversePathFilter: max(filterOfAll, number("ipv4/conf/\(record.name)/rp_filter")),
                isIPv6Off: number("ipv6/conf/\(record.name)/disable_ipv6") == 1,
                groupInterface: group
            )
        }
    }

    private static func number(_ name: String) -> Int {
        KernelFile.number("/proc/sys/net/\(name)").flatMap { Int(exactly: $0) } ?? 0
    }
}
