import CParleyLinux
import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes

/// Real sockets for the cases of the truth table, on lo. Belongs to one thread, whose user it changes for single
/// calls.
final class MatrixRig {
    let user: UInt32 = geteuid()
    /// Another user that this thread can be; nil without the right.
    let stranger: UInt32?
    let hasIPv6: Bool
    /// net.ipv4.ip_unprivileged_port_start
    let unprivilegedPortStart: Int

    init() {
        let text = (try? Files.read("/proc/sys/net/ipv4/ip_unprivileged_port_start")) ?? []
        unprivilegedPortStart = Int(String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)) ?? 1024
        let nobody: UInt32 = 65534
        if user != nobody, parley_set_effective_user_of_thread(nobody) == 0 {
            stranger = parley_set_effective_user_of_thread(user) == 0 ? nobody : nil
        } else {
            stranger = nil
        }
        hasIPv6 = Self.canBind(AddressPair.home6)
    }

    /// A socket that lives as long as somebody holds it.
    final class Held {
        let socket: Socket
        init(_ socket: consuming Socket) { self.socket = socket }

        var address: SocketAddress { get throws(SocketError) { try socket.localAddress } }
        var port: UInt16 { get throws(SocketError) { try socket.localAddress.port ?? 0 } }
    }

    /// Does something as another user.
    func asStranger<R: ~Copyable>(_ body: () throws(SocketError) -> R) throws(SocketError) -> R {
        guard let stranger, parley_set_effective_user_of_thread(stranger) == 0 else {
            throw SocketError(.open, .notPermitted)
        }
        defer {
            guard parley_set_effective_user_of_thread(user) == 0 else { fatalError("the user is lost") }
        }
        return try body()
    }

    /// A socket with its options, not yet bound.
    func open(_ plan: SocketPlan) throws(SocketError) -> Held {
        let family = SocketFamily(of: plan.address)
        let kind: SocketKind = plan.kind == .tcp ? .stream : .datagram
        let socket =
            plan.isOtherUser
            ? try asStranger { () throws(SocketError) in try Socket(family, kind) } : try Socket(family, kind)
        if plan.reuse.address == true { try socket.setReusesAddress(true) }
        if plan.reuse.port == true { try socket.setReusesPort(true) }
        if family == .ipv6 { try socket.setIPv6Only(plan.isIPv6Only) }
        if plan.kind != .tcp, !plan.hearsOthersGroups { try socket.setHearsOthersGroups(false) }
        return Held(socket)
    }

    /// A bound socket.
    func bound(_ plan: SocketPlan, port: UInt16) throws(SocketError) -> Held {
        let held = try open(plan)
        try held.socket.bind(to: plan.address.with(port: port))
        if let group = plan.group { try held.socket.join(group, on: try Interface("lo")) }
        return held
    }

    /// Whether a bind succeeds. For TCP with listen(2), as servers do.
    func tryBind(_ plan: SocketPlan, port: UInt16) -> MatrixOutcome {
        do throws(SocketError) {
            let held = try bound(plan, port: port)
            if plan.kind == .tcp { try held.socket.listen(backlog: 8) }
            return .succeeds
        } catch {
            return .refused(error.code)
        }
    }

    /// A port that nobody has, at any address.
    func freePort(_ kind: KernelSocket.Kind) throws(SocketError) -> UInt16 {
        let everywhere = hasIPv6 ? AddressPair.dual : AddressPair.all
        return try bound(SocketPlan(kind: kind, address: everywhere), port: 0).port
    }

    // MARK: Connections

    /// A connection, both ends of it.
    struct Connection {
        var client: Held
        var server: Held
    }

    /// Connects to a listener, and takes the connection out of its queue.
    ///
    /// - Parameter from: Where the client is bound before, with its port.
    func connect(to address: SocketAddress, _ listener: Held) throws(SocketError) -> Connection {
        let client = try connected(open(SocketPlan(kind: .tcp, address: address)), to: address)
        return Connection(client: client, server: try accepted(listener))
    }

    func connected(_ client: Held, to address: SocketAddress) throws(SocketError) -> Held {
        if try client.socket.connect(to: address) == .inProgress {
            try Self.wait(client, for: POLLOUT)
            try client.socket.finishConnecting(to: address)
        }
        return client
    }

    func accepted(_ listener: Held) throws(SocketError) -> Held {
        try Self.wait(listener, for: POLLIN)
        guard case .accepted(let socket, _) = try listener.socket.accept() else {
            throw SocketError(.accept, .wouldBlock)
        }
        return Held(socket)
    }

    /// Waits two seconds at most.
    static func wait(_ held: Held, for events: Int32) throws(SocketError) {
        var entry = pollfd(fd: held.socket.fileDescriptor, events: Int16(events), revents: 0)
        guard unsafe poll(&entry, 1, 2000) > 0 else { throw SocketError(.wait, .timedOut) }
    }

    /// Lets go of both ends without a TIME_WAIT.
    static func abort(_ connection: Connection) {
        try? connection.client.socket.setLingerSeconds(0)
        try? connection.server.socket.setLingerSeconds(0)
    }

    private static func canBind(_ address: SocketAddress) -> Bool {
        guard let socket = try? Socket(SocketFamily(of: address), .datagram) else { return false }
        return (try? socket.bind(to: address)) != nil
    }
}

extension SocketFamily {
    /// The family of an IP address.
    fileprivate init(of address: SocketAddress) {
        if case .ipv6 = address { self = .ipv6 } else { self = .ipv4 }
    }
}
