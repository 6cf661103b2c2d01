public import ParleyTypes
internal import Synchronization

/// A router that translates addresses (NAT): the hosts behind it share its one IPv4 address, and are reached from
/// outside only by who was written to from inside.
///
///     let home = network.nat("home")
///     let laptop = home.host("laptop")            // 192.168.0.5
///     home.rebind()                               // from here on its peers see another port
///
/// It maps as RFC 4787 calls endpoint-independent: a socket behind it has the same port towards everybody. It
/// filters by address and port. A mapping that nothing was sent by for the time-out is forgotten. ICMP errors come
/// through. IPv4 only: hosts behind it have no IPv6 address.
public struct SimulatedNAT: Sendable {
    private let network: SimulatedNetwork
    let router: SimulatedHost

    init(_ network: SimulatedNetwork, _ router: SimulatedHost) {
        self.network = network
        self.router = router
    }

    /// The address that the hosts behind it have outside.
    public var ipv4: IPv4Address { router.ipv4 }

    /// The host of that name behind it, made when first asked for. Its name resolves for hosts behind the same NAT.
    ///
    /// - Precondition: no host outside has that name.
    public func host(_ name: String) -> SimulatedHost { network.host(name, behind: router.index) }

    /// Forgets all mappings: what is sent next comes from other ports, and what is on its way back finds nobody. What
    /// such a router does when it starts anew.
    public func rebind() { router.loop.world.withLock { $0.rebind(router.index) } }

    /// How many packets came and were for nobody.
    public var refusedPackets: Int {
        router.loop.world.withLock { $0.hosts[Int(router.index)].translation?.refused ?? 0 }
    }

    /// The link that all packets of the hosts behind it leave by.
    public var uplink: SimulatedLink { router.uplink }

    /// The link that all packets to the hosts behind it come by.
    public var downlink: SimulatedLink { router.downlink }
}

extension SimulatedNetwork {
    /// A router of that name, which translates the addresses of the hosts behind it.
    ///
    /// - Parameter timeout: after which a mapping that nothing was sent by is forgotten; RFC 4787 asks for five
    ///   minutes, and for two at least.
    /// - Precondition: no host has that name.
    public func nat(_ name: String, timeout: Duration = .seconds(300)) -> SimulatedNAT {
        SimulatedNAT(self, translator(name, timeout: timeout))
    }
}
