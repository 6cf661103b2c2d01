internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// What the connections of one `Listener.respond` share.
final class RespondService: Sendable {
    enum Report {
        case failed(any Error, of: SocketAddress)
        case evicted(ParleyError, of: SocketAddress)
    }

    let limits: ListenerLimits
    let answering: Answering
    let witnesses: Witnesses
    let visitors: Visitors
    let places: Places
    let budget: MemoryBudget
    let report: @Sendable (Report) -> Void
    private let attendance = Attendance()
    private let hasCancelled = Atomic<Bool>(false)
    private let desks = Mutex<[ObjectIdentifier: RespondDesk]>([:])

    init(
        _ limits: ListenerLimits,
        _ answering: Answering,
        _ witnesses: Witnesses,
        _ visitors: Visitors,
        report: @escaping @Sendable (Report) -> Void
    ) {
        self.limits = limits
        self.answering = answering
        self.witnesses = witnesses
        self.visitors = visitors
        self.report = report
        places = Places(limits.connectionsMax)
        budget = MemoryBudget(bytesMax: limits.unfinishedBytesMax)
    }

    /// Whether connections are to be closed where they are.
    var isCancelled: Bool { hasCancelled.load(ordering: .acquiring) }

    func cancel() {
        hasCancelled.store(true, ordering: .releasing)
        visitors.signal()
    }

    /// Waits until all connections have ended; at once, if accepting has failed.
    func end(at result: Result<Void, ParleyError>) async {
        if case .failure = result { cancel() }
        await attendance.end()
        // Desks hold the service, and its reports the listener: neither outlives the call.
        let desks = desks.withLock { desks in
            defer { desks = [:] }
            return desks
        }
        visitors.settle(desks.values.map(\.counters))
    }

    /// - Parameter ticket: the connection's place among the visitors.
    func responder(
        _ port: any DrivenPort,
        _ peer: PeerPort,
        _ ticket: Visitors.Ticket,
        at network: any Network
    ) -> Responder {
        attendance.enter()
        let limits = limits.connection
        let patience = Patience(limits, since: limits == .none ? .distantFuture : network.now)
        return Responder(port, peer, desk(of: port), ticket, patience)
    }

    func leave(_ desk: RespondDesk) {
        if !desk.isShared { visitors.settle([desk.counters]) }
        places.giveBack()
        attendance.leave()
    }

    /// The desk of a port's thread. Where the network names none, each connection has its own.
    private func desk(of port: any DrivenPort) -> RespondDesk {
        guard let thread = port.executor.map({ ObjectIdentifier($0) }) else {
            let desk = RespondDesk(self, isShared: false)
            visitors.count(by: desk.counters)
            return desk
        }
        return desks.withLock { desks in
            if let desk = desks[thread] { return desk }
            let desk = RespondDesk(self, isShared: true)
            visitors.count(by: desk.counters)
            desks[thread] = desk
            return desk
        }
    }
}

/// What the connections of one thread share: only one of them is in a turn at a time, so what they read into and
/// encode into is there once. A connection that waits for its next request holds neither.
final class RespondDesk: @unchecked Sendable {
    // Sendable by hand: the variables belong to the thread of the network.
    let service: RespondService
    /// Whether it is its thread's, and not one connection's.
    let isShared: Bool
    let counters = Counters()
    private var stream: StreamIntake?
    private var packets: PacketIntake?
    private var burst: Burst?

    init(_ service: RespondService, isShared: Bool) {
        self.service = service
        self.isShared = isShared
    }

    func takeIntake(for port: PeerPort) -> RespondIntake {
        switch port {
        case .messages(let port):
            defer { packets = nil }
            let sizeMaximum = service.answering.sizeMaximum
            return .packets(packets ?? PacketIntake(sizeMaximum: sizeMaximum, of: port), port)
        case .stream(let port):
            defer { stream = nil }
            return .stream(stream ?? StreamIntake(framing: service.answering.inboundFraming), port)
        }
    }

    /// Nothing of what one connection has sent is ever left for the next.
    func giveBack(_ intake: RespondIntake) {
        intake.reset()
        switch intake {
        case .stream(let intake, _): stream = intake
        case .packets(let intake, _): packets = intake
        }
    }

    func takeBurst() -> Burst {
        defer { burst = nil }
        return burst ?? Burst()
    }

    /// A burst that one huge answer has grown is not kept.
    func giveBack(_ burst: Burst) {
        guard unsafe burst.storage.count <= Burst.bytesMax else { return }
        burst.removeAll()
        self.burst = burst
    }
}

/// What a connection reads into, by the kind of its port.
enum RespondIntake {
    case stream(StreamIntake, any StreamPort)
    case packets(PacketIntake, any MessagePort)

    /// Reads once, without waiting.
    func receive() throws(SocketError) -> ReceiveResult {
        switch self {
        case .stream(let intake, let port): try intake.read(from: port)
        case .packets(let intake, let port): try intake.receiveNow(from: port)
        }
    }

    var isAtEnd: Bool {
        switch self {
        case .stream(let intake, _): intake.isAtEnd
        case .packets(let intake, _): intake.isAtEnd
        }
    }

    /// Whether nothing is left of what has come, not even the beginning of a message.
    var isEmpty: Bool {
        switch self {
        case .stream(let intake, _): intake.start == intake.end
        case .packets(let intake, _): intake.index >= intake.batch?.count ?? 0
        }
    }

    /// Keeps what is left in little memory, and says how much that is. Where it is too much the budget closes the
    /// port, and its end is told.
    func park(_ share: MemoryShare) {
        switch self {
        case .stream(let intake, _):
            intake.share = share
            _ = intake.park(share)
        case .packets(let intake, _):
            intake.share = share
            guard let batch = intake.batch else { return }
            var bytes = 0
            for index in 0..<batch.count { bytes += batch.entry(index).byteCount }
            _ = share.read(holding: bytes)
        }
    }

    /// Forgets what is left, so that it may be another connection's.
    func reset() {
        switch self {
        case .stream(let intake, _): intake.reset()
        case .packets(let intake, _): intake.reset()
        }
    }
}
