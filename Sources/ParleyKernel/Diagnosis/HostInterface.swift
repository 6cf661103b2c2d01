internal import ParleyTypes

/// An interface of this host with its addresses, as far as diagnosis names them.
struct HostInterface {
    var name: String
    var flags: InterfaceRecord.Flags
    var addresses: [IPAddress]
    var index: UInt32
    /// The addresses that a socket may bind: those of IPv6 only once nobody else was found to have them.
    var bindable: [IPAddress]

    var isUp: Bool { flags.contains(.up) }
    var isLoopback: Bool { flags.contains(.loopback) }
    var hasMulticast: Bool { flags.contains(.multicast) }

    /// All interfaces, by index; none where the kernel does not answer.
    static var all: [HostInterface] {
        let records = (try? InterfaceTable.read())?.records ?? []
        return records.map {
            HostInterface(
                name: $0.name,
                flags: $0.flags,
                addresses: $0.addresses.map(\.address),
                index: $0.index,
                bindable: $0.addresses.filter { $0.flags.isDisjoint(with: [.tentative, .duplicate]) }.map(
                    \.address
                )
            )
        }
    }
}
