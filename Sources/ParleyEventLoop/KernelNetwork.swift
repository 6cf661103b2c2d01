public import ParleyNetwork
internal import ParleySockets
public import ParleyTypes
internal import Synchronization

/// The network of the kernel: real sockets, watched by one or several event loops.
public final class KernelNetwork: TimekeepingNetwork {
    /// The network that everything is opened on unless the task says otherwise: one loop, started when first
    /// needed.
    public static let shared = KernelNetwork()

    private let loops: Mutex<[EventLoop?]>
    private let loopCount: Int
    private let next = Atomic<Int>(0)
    private let lookups = BlockingWork()

    /// - Parameter loopCount: how many loops share the sockets. One is enough until it is busy all the time.
    public init(loopCount: Int = 1) {
        precondition(loopCount > 0, "a network has at least one loop")
        self.loopCount = loopCount
        loops = Mutex(Array(repeating: nil, count: loopCount))
    }

    public var now: MonotonicInstant { EventLoop.now }

    public func random() -> UInt64 { .random(in: .min ... .max) }

    /// The first loop. With one loop, everything that runs there never changes threads between socket and
    /// code.
    public var executor: (any TaskExecutor)? { try? loop(0) }

    public func sleep(until deadline: MonotonicInstant) async throws(SocketError) {
        try await loop().sleep(until: deadline)
    }

    package var timekeeper: (any Timekeeper)? { try? loop(0) }

    /// An endpoint as sockets take it.
    ///
    /// - Throws: `.protocolNotSupported` for a transport of another network, which must not pass for UDP here.
    static func grounded(_ endpoint: Endpoint) throws(SocketError) -> Endpoint {
        guard Transport.known.contains(endpoint.transport) else {
            throw SocketError(.open, .protocolNotSupported, subject: endpoint.transport.rawValue)
        }
        return try endpoint.grounded()
    }

    public func resolve(
        _ endpoint: Endpoint,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> [SocketAddress] {
        let endpoint = try Self.grounded(endpoint)
        guard endpoint.needsLookup else { return try Resolver.addresses(of: endpoint) }
        return try await lookups.run(on: loop(), until: deadline) {
            Result { () throws(SocketError) in try Resolver.addresses(of: endpoint) }
        }
    }

    public func open(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> any MessagePort
    {
        if let inherited = endpoint.inherited { return try adoptDatagrams(inherited) }
        let endpoint = try Self.grounded(endpoint)
        let addresses = try await resolve(endpoint, until: deadline)
        return try Self.firstOfOurs(addresses) { (address) throws(SocketError) -> any MessagePort in
            if let count = Self.shardCount(of: endpoint) {
                return try balancedPort(at: endpoint, bound: address, shards: count)
            }
            return try datagramPort(try Socket.datagram(at: endpoint, bound: address), remote: nil)
        }
    }

    public func listen(
        at endpoint: Endpoint,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> any ListeningPort {
        if let inherited = endpoint.inherited { return try adoptListener(inherited) }
        let endpoint = try Self.grounded(endpoint)
        let addresses = try await resolve(endpoint, until: deadline)
        return try Self.firstOfOurs(addresses) { (address) throws(SocketError) -> any ListeningPort in
            if let count = Self.shardCount(of: endpoint) {
                return try balancedListeningPort(at: endpoint, bound: address, shards: count)
            }
            let socket = try Socket.listener(at: endpoint, bound: address)
            let local = try socket.localAddress
            let file = try Self.file(of: socket)
            let transport = endpoint.transport
            return try KernelListeningPort(
                socket,
                on: loop(),
                of: self,
                over: transport,
                local: local,
                file: file,
                settings: endpoint.options.settings
            )
        }
    }

    /// Opens at the first of a name's addresses that this host has; `localhost` may name an IPv6 one where
    /// there is no IPv6. What else goes wrong at an address is told, not evaded.
    private static func firstOfOurs<Result>(
        _ addresses: [SocketAddress],
        _ open: (SocketAddress?) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        for address in addresses.dropLast() {
            do throws(SocketError) {
                return try open(address)
            } catch {
                guard error.code == .addressNotAvailable || error.code == .addressFamilyNotSupported else {
                    throw error
                }
            }
        }
        return try open(addresses.last)
    }

    // MARK: Ports

    /// The loop whose turn it is.
    func loop() throws(SocketError) -> EventLoop {
        try loop(next.add(1, ordering: .relaxed).oldValue & Int.max)
    }

    private func loop(_ index: Int) throws(SocketError) -> EventLoop {
        try loop(numbered: index % loopCount)
    }

    /// A loop of its own number; those beyond the usual ones are there for ports that are spread.
    func loop(numbered turn: Int) throws(SocketError) -> EventLoop {
        try loops.withLock { (loops) throws(SocketError) in
            while turn >= loops.count { loops.append(nil) }
            if let loop = loops[turn] { return loop }
            let loop = try EventLoop(name: "parley-loop-\(turn)")
            loops[turn] = loop
            return loop
        }
    }

    /// A loop that was chosen, or the one whose turn it is.
    private func loop(_ chosen: EventLoop?) throws(SocketError) -> EventLoop {
        if let chosen { return chosen }
        return try loop()
    }

    func streamPort(
        _ socket: consuming Socket,
        remote: SocketAddress,
        on loop: EventLoop? = nil
    ) throws(SocketError) -> KernelStreamPort {
        let local = try socket.localAddress
        let loop = try self.loop(loop)
        return try KernelStreamPort(socket, on: loop, local: local, remote: remote)
    }

    func packetPort(_ socket: consuming Socket, remote: SocketAddress) throws(SocketError) -> KernelPacketPort
    {
        try socket.setTellsEnd(true)
        let local = try socket.localAddress
        return try KernelPacketPort(socket, on: loop(), local: local, remote: remote)
    }

    func datagramPort(
        _ socket: consuming Socket,
        remote: SocketAddress?,
        on loop: EventLoop? = nil
    ) throws(SocketError) -> KernelDatagramPort {
        let local = try socket.localAddress
        let file = try Self.file(of: socket)
        let loop = try self.loop(loop)
        let port = try KernelDatagramPort(socket, on: loop, local: local, remote: remote, file: file)
        port.joinDatagrams()
        return port
    }

    private static func file(of socket: borrowing Socket) throws(SocketError) -> UnixSocketFile? {
        guard socket.family == .unix, let path = try UnixPathGuard(of: socket) else { return nil }
        return UnixSocketFile(path)
    }
}
