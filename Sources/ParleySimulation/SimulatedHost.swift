internal import ParleyCore
public import ParleyNetwork
public import ParleyTypes
internal import Synchronization

/// A machine of a ``SimulatedNetwork``: the network that programs which run on it see.
///
/// Its name resolves to its addresses on every host, and so does `localhost` to itself. A host has an IPv4 and an IPv6
/// address, chosen in the order in which hosts were made: 10.0.0.1 and fd00::1 is the first. It has one network: what
/// an endpoint or a membership says of an interface means nothing, and the number of groups has no limit. What goes to
/// the host itself takes 10 microseconds.
public final class SimulatedHost: TimekeepingNetwork, DriveLoop {
    public let name: String
    let index: Int32
    let loop: SimulationLoop
    private let program: Program
    /// Tells the simulation that a program has failed.
    private let failed: @Sendable (_ program: String, any Error) -> Void
    private let life = Mutex(Life())

    private struct Life {
        /// Programs in the background.
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastTask = 0
    }

    init(
        _ name: String,
        _ index: Int32,
        on loop: SimulationLoop,
        failed: @escaping @Sendable (_ program: String, any Error) -> Void
    ) {
        self.name = name
        self.index = index
        self.failed = failed
        self.loop = loop
        program = Program(name, on: loop)
    }

    /// A number that follows from the simulation's seed and from how many its hosts have drawn before.
    public func random() -> UInt64 { loop.world.withLock { $0.chance.next() } }

    // MARK: Programs

    /// Runs a program on this host: what it opens is this host's, and its code, child tasks included, runs on the
    /// simulation's time.
    ///
    /// - Throws: what `body` throws; ``SimulationError/notRunning`` outside of the simulation's run.
    public func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard loop.isOnOwnThread else { throw SimulationError.notRunning }
        return try await withNetwork(self) { try await body() }
    }

    /// Starts a program on this host in the background: a server, as a rule. It is cancelled when the simulation's own
    /// program has ended. Before the run it waits for it; after it nothing is started.
    ///
    /// - Parameters:
    ///   - name: how failures call it; nil means as the host.
    ///   - body: what it throws, unless it was cancelled, ends the simulation with
    ///     ``SimulationError/programFailed(program:reason:)``.
    public func start(_ name: String? = nil, _ body: @escaping @Sendable () async throws -> Void) {
        if loop.hasEnded { return }
        let program = name.map { Program($0, on: loop) } ?? program
        life.withLock { state in
            state.lastTask += 1
            let number = state.lastTask
            state.tasks[number] = Task(name: program.name, executorPreference: program) { [self] in
                do {
                    try await NetworkEnvironment.$network.withValue(self) { try await body() }
                } catch {
                    if !Task.isCancelled { failed(program.name, error) }
                }
                self.life.withLock { $0.tasks[number] = nil }
            }
        }
    }

    /// Cancels the programs in the background.
    public func stop() {
        let tasks = life.withLock { $0.tasks.sorted { $0.key < $1.key }.map(\.value) }
        for task in tasks { task.cancel() }
    }

    var hasPrograms: Bool { life.withLock { !$0.tasks.isEmpty } }

    /// The host fails, in silence: its sockets are gone, nobody is told, and its background programs are cancelled.
    /// What ``run(_:)`` runs here goes on without sockets. What comes for it is lost until ``restart(_:)``. Its
    /// clock goes on.
    public func crash() {
        loop.world.withLock { $0.crash(index) }
        stop()
    }

    /// The host is there again, at the same addresses, and begins anew.
    ///
    /// - Parameter body: started in the background, as ``start(_:_:)`` does.
    public func restart(_ body: (@Sendable () async throws -> Void)? = nil) {
        loop.world.withLock { $0.hosts[Int(index)].isDown = false }
        if let body { start(nil, body) }
    }

    // MARK: What it is

    /// A host behind a NAT has a private one, of 192.168.0.0/16.
    public var ipv4: IPv4Address { loop.world.withLock { $0.hosts[Int(index)].ipv4.ipv4 } }

    /// Nil behind a NAT.
    public var ipv6: IPv6Address? { loop.world.withLock { $0.hosts[Int(index)].ipv6?.ip } }

    /// The link that all packets of this host leave by, besides the one to their destination: ideal until it is given
    /// conditions. What several peers share.
    public var uplink: SimulatedLink {
        SimulatedLink(loop, [loop.world.withLock { $0.accessLink(of: index, isUp: true) }])
    }

    /// The link that all packets to this host come by, besides the one from their source.
    public var downlink: SimulatedLink {
        SimulatedLink(loop, [loop.world.withLock { $0.accessLink(of: index, isUp: false) }])
    }

    /// This host's clock jumps ahead, as after a pause of a virtual machine: deadlines that have passed are met.
    ///
    /// - Parameter step: not negative; a monotonic clock never goes back.
    public func jumpClock(by step: Duration) {
        precondition(step >= .zero, "a monotonic clock never goes back")
        loop.world.withLock { world in
            world.hosts[Int(index)].clock.jump(by: step, at: world.now)
            world.setTimer(of: index)
        }
    }

    /// This host's clock goes too fast from now on, or too slow.
    ///
    /// - Parameter partsPerMillion: 0 for right; between -500,000 and 500,000. A quartz is off by up to 100.
    public func skewClock(partsPerMillion: Int) {
        precondition((-500_000...500_000).contains(partsPerMillion), "half as fast to one and a half times")
        loop.world.withLock { world in
            world.hosts[Int(index)].clock.setSkew(Int64(partsPerMillion) * 1000, at: world.now)
            world.setTimer(of: index)
        }
    }

    /// Takes note of a caller that has left the simulation's thread.
    func noteCaller() { loop.noteCaller(program) }

    /// A wait of a cancelled task ends at once: who asks again and again lets the others work, and is counted.
    func yieldIfCancelled() async { if Task.isCancelled { await Task.yield() } }

    // MARK: Network

    public var now: MonotonicInstant { loop.world.withLock { $0.time(at: index) } }

    public var executor: (any TaskExecutor)? { program }

    public func resolve(_ endpoint: Endpoint, until deadline: MonotonicInstant) async throws(SocketError)
        -> [SocketAddress]
    {
        try addresses(of: endpoint)
    }

    public func sleep(until deadline: MonotonicInstant) async throws(SocketError) {
        await yieldIfCancelled()
        do throws(SocketError) {
            try await wait(Suspension(), until: deadline) {}
        } catch {
            if error.code != .timedOut { throw error }
        }
    }

    package var timekeeper: (any Timekeeper)? { self }

    // MARK: DriveLoop

    package var turn: MonotonicInstant { now }

    package var isOnOwnThread: Bool { loop.isOnOwnThread }

    package func summon(_ drive: PortDrive) { loop.summon(drive) }

    package func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64 {
        loop.noteCaller(program)
        return schedule(later: deadline, target)
    }

    private func schedule(later deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64 {
        loop.world.withLock { $0.schedule(deadline, target, at: index) }
    }

    package func cancel(_ timer: UInt64) { loop.world.withLock { $0.cancel(timer, at: index) } }
}
