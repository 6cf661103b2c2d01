internal import ParleySockets
internal import ParleyTypes

/// A socket and who holds it, with its reuse options as far as they can be seen.
public struct SocketHolder: Sendable, Hashable {
    public var socket: KernelSocket
    /// The processes that hold a descriptor for it; none where they cannot be seen, and for connections that no process
    /// has any more.
    public var owners: [SocketOwner]
    /// SO_REUSEADDR and SO_REUSEPORT, unknown without rights over the process (CAP_SYS_PTRACE).
    public var reuse: ReuseFlags
    /// The name of the interface that it is bound to (SO_BINDTODEVICE); nil for all.
    public var device: String?

    public init(
        _ socket: KernelSocket,
        owners: [SocketOwner] = [],
        reuse: ReuseFlags = .unknown,
        device: String? = nil
    ) {
        self.socket = socket
        self.owners = owners
        self.reuse = reuse
        self.device = device
    }

    /// More holders than any report shows: what is beyond is not looked at.
    static let countMax = 256

    /// Looks for the holders of sockets, and reads their reuse options where that is allowed.
    public static func find(_ sockets: some Collection<KernelSocket>) -> [SocketHolder] {
        let sockets = sockets.prefix(countMax)
        guard !sockets.isEmpty else { return [] }
        let owners = sockets.contains { $0.inode != 0 } ? try? SocketOwners.read() : nil
        return sockets.map { socket in
            // A connection of a link-local address has its interface by that.
            let isBound = socket.interface != 0 && socket.local?.isLinkLocal != true
            let device = isBound ? Interfaces.name(of: socket.interface) ?? "\(socket.interface)" : nil
            guard socket.inode != 0, let owners else { return SocketHolder(socket, device: device) }
            let found = owners.owners(of: socket.inode)
            return SocketHolder(socket, owners: found, reuse: reuse(of: socket, found), device: device)
        }
    }

    /// Of the first owner that lets us look.
    private static func reuse(of socket: KernelSocket, _ owners: [SocketOwner]) -> ReuseFlags {
        for owner in owners.prefix(4) {
            let flags = try? ReuseFlags.read(
                of: socket,
                process: owner.process.id,
                descriptor: owner.descriptor
            )
            if let flags { return flags }
        }
        return .unknown
    }
}

extension SocketHolder {
    /// `nginx (pid 412, user www, running since 2026-11-25 13:40:02 UTC)`; what is known of it where no process is.
    public var name: String {
        guard let process = owners.first?.process else {
            if let life = KernelHeld(socket) { return life.name }
            let user = socket.user.map { " of user \(UserName.of($0))" } ?? ""
            return "a process\(user) (which one cannot be seen \(Phrase.withoutRights))"
        }
        var facts = ["pid \(process.id)"]
        if let user = process.user { facts.append("user \(UserName.of(user))") }
        if let started = process.started { facts.append("running since \(started.toSecond)") }
        let others = Set(owners.map(\.process.id)).count - 1
        let rest = others > 0 ? " and \(Phrase.count(others, "other process").replacingProcesses)" : ""
        return "\(Phrase.printable(process.name)) (\(facts.joined(separator: ", ")))\(rest)"
    }

    /// The process's name alone, for further sentences: `nginx`.
    public var shortName: String { owners.first.map { Phrase.printable($0.process.name) } ?? "it" }

    /// What the socket does there: `listens at 0.0.0.0:8086`, `listens at 0.0.0.0:8086, bound to eth0`.
    public var deed: String { device.map { "\(plainDeed), bound to \($0)" } ?? plainDeed }

    private var plainDeed: String {
        if owners.isEmpty, let life = KernelHeld(socket) { return life.deed }
        let place = socket.local.map { "\($0)" } ?? "an unnamed socket"
        let peer = socket.remote.map { " with \($0)" } ?? ""
        switch socket.state {
        case .listen: return "listens at \(place)"
        case .closed where socket.kind == .tcp, .boundInactive: return "is bound to \(place), not listening"
        case .closed: return "receives at \(place)"
        case .established where socket.kind == .udp || socket.kind == .udpLite:
            return "exchanges datagrams at \(place)\(peer)"
        case .established: return "has a connection at \(place)\(peer)"
        default: return "has a connection in \(socket.state) at \(place)\(peer)"
        }
    }

    /// Name and deed: `nginx (pid 412, user www) listens at 0.0.0.0:8086`.
    public var sentence: String { "\(name) \(deed)" }

    /// The name at the start of a sentence: that of a program stays as it is.
    var nameFirst: String { owners.isEmpty ? Phrase.capitalized(name) : name }

    /// The same as ``sentence`` at the start of one.
    var sentenceFirst: String { "\(nameFirst) \(deed)" }

    /// `nginx (pid 412) listens at 0.0.0.0:8086`, where the rest has been said.
    var shortSentence: String {
        guard let process = owners.first?.process else { return sentence }
        return "\(shortName) (pid \(process.id)) \(deed)"
    }
}

extension String {
    /// The plural of "process" is not that of other nouns.
    fileprivate var replacingProcesses: String { hasSuffix("processs") ? dropLast() + "es" : self }
}

extension WallTime {
    /// `2026-11-25 13:40:02 UTC`
    var toSecond: String {
        let text = "\(WallTime(secondsSince1970: secondsSince1970))"
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    }
}
