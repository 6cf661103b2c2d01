public import ParleyTypes

/// An interface as the group options take it: by index, or left to the routing table.
public struct Interface: Sendable, Hashable, CustomStringConvertible {
    /// The interface's index; 0 for whatever the routing table names.
    public var index: UInt32
    /// As it was written.
    public var description: String

    /// Whatever interface the routing table names.
    public static let any = Interface(index: 0, description: "any interface")

    private init(index: UInt32, description: String) {
        self.index = index
        self.description = description
    }

    /// The interface of this name or index, or the first one with this address of either family. An unknown
    /// one is ENODEV, whose ``SocketError/subject`` lists the interfaces that there are.
    public init(_ text: String) throws(SocketError) {
        let index: UInt32?
        switch IPAddress(text)?.unmapped {
        case nil: index = try Interfaces.index(of: text)
        case .ipv4(.any)?, .ipv6(.any)?: index = 0
        case let address?: index = Interfaces.index(with: address)
        }
        guard let index else { throw Interfaces.failure(.inspect, .noSuchDevice, named: text) }
        self.init(index: index, description: text)
    }

    /// Whether it is `lo`, whose index is 1 in every network namespace (LOOPBACK_IFINDEX).
    var isLoopback: Bool { index == 1 }

    /// The interface's name; nil for any interface, and for one that has gone.
    public var name: String? { index == 0 ? nil : Interfaces.name(of: index) }
}
