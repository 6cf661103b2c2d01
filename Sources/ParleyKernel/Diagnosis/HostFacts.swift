internal import ParleyTypes

/// What a host tells about itself while a cause is looked for. It is asked and never tried; tests make hosts of
/// their own.
protocol HostFacts: AnyObject {
    var interfaces: [HostInterface] { get }
    /// The way to an address from one of ours (nil: whichever) by an interface (0: whichever).
    func way(to remote: IPAddress, from local: IPAddress?, by interface: UInt32) -> WayAnswer
    /// The routes and rules that refuse what they match.
    func refusals(ofIPv4 isIPv4: Bool) -> [RouteRefusal]
    func neighbours(ofIPv4 isIPv4: Bool) -> [Neighbour]
    /// The sockets of a port with their holders; nil where they cannot be listed.
    func holders(_ kinds: Set<KernelSocket.Kind>, port: UInt16) -> [SocketHolder]?
    /// Whether an interface has IPv6 switched off.
    func isIPv6Off(_ name: String) -> Bool
}

extension HostFacts {
    func interface(_ index: UInt32) -> HostInterface? {
        index == 0 ? nil : interfaces.first { $0.index == index }
    }

    /// The interface that has an address; all of 127.0.0.0/8 is loopback's.
    func interface(having ip: IPAddress) -> HostInterface? {
        interfaces.first { $0.addresses.contains(ip) }
            ?? (ip.isLoopback ? interfaces.first(where: \.isLoopback) : nil)
    }
}

/// What the kernel says of a way.
enum WayAnswer {
    case way(Route)
    case refused(ErrorCode)

    var route: Route? { if case .way(let route) = self { route } else { nil } }
    var code: ErrorCode? { if case .refused(let code) = self { code } else { nil } }
}

/// The host that this process runs on. What is the same for every question is read once.
final class LiveHost: HostFacts {
    private(set) lazy var interfaces = HostInterface.all

    func way(to remote: IPAddress, from local: IPAddress?, by interface: UInt32) -> WayAnswer {
        do throws(SocketError) {
            return .way(try Route.lookup(to: remote, from: local, interface: interface))
        } catch {
            return .refused(error.code)
        }
    }

    func refusals(ofIPv4 isIPv4: Bool) -> [RouteRefusal] { RouteRefusal.read(ofIPv4: isIPv4) }

    func neighbours(ofIPv4 isIPv4: Bool) -> [Neighbour] { Neighbour.read(ofIPv4: isIPv4) }

    func holders(_ kinds: Set<KernelSocket.Kind>, port: UInt16) -> [SocketHolder]? {
        guard let listed = try? KernelSockets.list(kinds, port: port) else { return nil }
        return SocketHolder.find(listed.filter { $0.local?.port == port })
    }

    func isIPv6Off(_ name: String) -> Bool {
        KernelFile.number("/proc/sys/net/ipv6/conf/\(name)/disable_ipv6") == 1
    }
}
