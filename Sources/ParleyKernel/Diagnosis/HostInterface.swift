internal import ParleyTypes

/// An interface of this host with its addresses, as far as diagnosis names them.
struct HostInterface {
    var name: String
    var flags: InterfaceRecord.Flags
    var places: [InterfaceRecord.Address]
    var index: UInt32
    var packetBytesMax: UInt32 = 0
    /// The VRF, bridge or bond that it is a part of.
    var master: UInt32?

    var addresses: [IPAddress] { places.map(\.address) }
    /// The addresses that a socket may bind: those of IPv6 only once nobody else was found to have them.
    var bindable: [IPAddress] {
        places.filter { $0.flags.isDisjoint(with: [.tentative, .duplicate]) }.map(\.address)
    }
    var isUp: Bool { flags.contains(.up) }
    var isLoopback: Bool { flags.contains(.loopback) }
    var hasMulticast: Bool { flags.contains(.multicast) }
    /// Whether it is up and carries nothing: no cable, or nobody at the other end of the pair.
    var lacksCarrier: Bool { isUp && !flags.contains(.lowerUp) }

    /// All interfaces, by index; none where the kernel does not answer.
    static var all: [HostInterface] {
        let records = (try? InterfaceTable.read())?.records ?? []
        return records.map {
            HostInterface(
                name: $0.name,
                flags: $0.flags,
                places: $0.addresses,
                index: $0.index,
                packetBytesMax: $0.packetBytesMax,
                master: $0.masterIndex
            )
        }
    }
}

extension InterfaceRecord.Address {
    /// Whether an address is in the network of this one.
    func network(contains other: IPAddress) -> Bool { address.shares(prefixLength, with: other) }
}
