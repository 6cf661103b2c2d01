internal import ParleyTypes

/// An interface of this host with its addresses, as far as diagnosis names them.
struct HostInterface {
    var name: String
    var flags: InterfaceRecord.Flags
    var addresses: [IPAddress]

    var isUp: Bool { flags.contains(.up) }
    var isLoopback: Bool { flags.contains(.loopback) }
    var hasMulticast: Bool { flags.contains(.multicast) }

    /// All interfaces, by index; none where the kernel does not answer.
    static var all: [HostInterface] {
        let records = (try? InterfaceTable.read())?.records ?? []
        return records.map {
            HostInterface(name: $0.name, flags: $0.flags, addresses: $0.addresses.map(\.address))
        }
    }
}
