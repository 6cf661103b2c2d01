internal import ParleySockets
public import ParleyTypes

/// The sockets of this network namespace, as the kernel lists them (sock_diag(7)). It takes no right.
///
/// A listing is no snapshot: the kernel answers in parts, and sockets come and go meanwhile.
public struct KernelSockets: Sendable {
    /// By kind; within a kind in the kernel's order, which is none.
    public var sockets: [KernelSocket] = []
    /// `false`: the kernel said that entries may be missing or double, because what it listed changed
    /// meanwhile.
    /// TCP and UDP never say so.
    public var isConsistent = true
    /// Kinds that were read from /proc/net, because this kernel's sock_diag does not list them: these have
    /// neither a cookie nor an interface, and sockets that are only bound are missing.
    public var fromText: Set<KernelSocket.Kind> = []
    /// Kinds that could not be listed, and why.
    public var unlisted: [KernelSocket.Kind: SocketError] = [:]

    /// Lists sockets.
    ///
    /// - Parameters:
    ///   - kinds: Those to list.
    ///   - states: Those to list. ``KernelSocket/State/synReceived`` and
    ///     ``KernelSocket/State/newSynReceived`` are two things; Linux shows half-open connections as the
    ///     latter.
    ///   - port: Of either side; nil for all. Unix and raw sockets have none.
    /// - Throws: Why none of the kinds could be listed; what a kernel lacks is `.protocolNotSupported`, and
    ///   the remedy names the option that brings it.
    ///
    /// The corresponding C structures are `inet_diag_req_v2` and `unix_diag_req`.
    public static func read(
        _ kinds: Set<KernelSocket.Kind> = Set(KernelSocket.Kind.allCases),
        states: Set<KernelSocket.State> = Set(KernelSocket.State.allCases),
        port: UInt16? = nil
    ) throws(SocketError) -> KernelSockets {
        var result = KernelSockets()
        let choice = SocketChoice(states: states, port: port)
        let socket = try openedForDiagnosis()
        for kind in KernelSocket.Kind.allCases where kinds.contains(kind) && !kind.isUnix {
            // Where others have a port, a raw socket has its protocol's number.
            guard kind != .raw || port == nil else { continue }
            try result.add(kind, choice, socket)
        }
        let unix = kinds.filter(\.isUnix)
        if !unix.isEmpty, port == nil { try result.add(unix: unix, choice, socket) }
        // With a port, only these were asked for.
        let asked = port == nil ? kinds : kinds.filter { !$0.isUnix && $0 != .raw }
        if asked.isSubset(of: result.unlisted.keys), let error = result.firstRefusal { throw error }
        return result
    }

    /// The sockets alone, for who needs no more.
    ///
    /// - Parameter kinds: Those to list; nil for all that this kernel lists.
    /// - Throws: As ``read(_:states:port:)``, and why one of the `kinds` that were given could not be listed: what is
    ///   not seen is not taken for free.
    public static func list(
        _ kinds: Set<KernelSocket.Kind>? = nil,
        states: Set<KernelSocket.State> = Set(KernelSocket.State.allCases),
        port: UInt16? = nil
    ) throws(SocketError) -> [KernelSocket] {
        let listing = try read(kinds ?? Set(KernelSocket.Kind.allCases), states: states, port: port)
        return try kinds == nil ? listing.sockets : listing.wholeSockets
    }

    /// The sockets, where every kind could be listed.
    var wholeSockets: [KernelSocket] {
        get throws(SocketError) {
            if let error = firstRefusal { throw error }
            return sockets
        }
    }

    /// Why the first of the kinds that could not be listed could not.
    private var firstRefusal: SocketError? {
        KernelSocket.Kind.allCases.lazy.compactMap { unlisted[$0] }.first
    }

    private mutating func add(
        _ kind: KernelSocket.Kind,
        _ choice: SocketChoice,
        _ socket: borrowing DiagnosisSocket
    ) throws(SocketError) {
        do {
            try SocketQuestion.ask(socket, kind, choice, into: &self)
        } catch {
            guard error.code == .noSuchFile else { throw error }
            guard let listed = SocketText.sockets(kind, choice) else {
                unlisted[kind] = Self.lacking(kind)
                return
            }
            fromText.insert(kind)
            sockets += listed
        }
    }

    private mutating func add(
        unix kinds: Set<KernelSocket.Kind>,
        _ choice: SocketChoice,
        _ socket: borrowing DiagnosisSocket
    ) throws(SocketError) {
        let start = sockets.count
        do {
            try SocketQuestion.ask(socket, unix: kinds, choice, into: &self)
        } catch {
            guard error.code == .noSuchFile else { throw error }
            guard let listed = SocketText.unixSockets(kinds, choice) else {
                for kind in kinds { unlisted[kind] = Self.lacking(kind) }
                return
            }
            fromText.formUnion(kinds)
            sockets += listed
        }
        namePeers(from: start)
    }

    /// The other end of a Unix socket is an inode: its name stands at that socket.
    private mutating func namePeers(from start: Int) {
        var names: [UInt64: SocketAddress] = [:]
        for socket in sockets[start...] {
            if let local = socket.local { names[socket.inode] = local }
        }
        for index in sockets[start...].indices {
            if let peer = sockets[index].peerInode { sockets[index].remote = names[peer] }
        }
    }

    private static func openedForDiagnosis() throws(SocketError) -> DiagnosisSocket {
        do {
            return DiagnosisSocket(socket: try Socket(netlink: .socketDiagnosis))
        } catch {
            // Without NETLINK_SOCK_DIAG at all, /proc/net is what is left.
            guard [.protocolNotSupported, .addressFamilyNotSupported].contains(error.code) else {
                throw error
            }
            return DiagnosisSocket(socket: nil)
        }
    }

    private static func lacking(_ kind: KernelSocket.Kind) -> SocketError {
        SocketError(.inspect, .protocolNotSupported, subject: "\(kind.rawValue) sockets")
    }
}

/// What to list.
struct SocketChoice {
    var states: Set<KernelSocket.State>
    var port: UInt16?
    /// A bit for each state, in the kernel's numbers.
    private let bits: UInt32

    init(states: Set<KernelSocket.State>, port: UInt16?) {
        self.states = states
        self.port = port
        bits = states.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }

    /// What to ask of the kernel for this kind, 0 for nothing.
    func mask(for kind: KernelSocket.Kind) -> UInt32 {
        switch kind {
        case .tcp:
            // The kernel chooses by 12 and answers 3.
            bits & ~(1 << 7)
        case .udp, .udpLite, .raw: bits & (1 << 1 | 1 << 7)
        case .unixStream, .unixDatagram, .sequencedPacket: bits & (1 << 1 | 1 << 7 | 1 << 10)
        }
    }

    /// Whether a socket that came is among those that were asked for.
    func takes(_ socket: borrowing KernelSocket) -> Bool {
        guard bits & 1 << UInt32(socket.state.rawValue) != 0 else { return false }
        guard let port else { return true }
        return socket.local?.port == port || socket.remote?.port == port
    }
}

/// Where to ask; nil: nowhere, every kind is read from /proc/net.
struct DiagnosisSocket: ~Copyable {
    let socket: Socket?
}
