internal import ParleyCore
internal import ParleyEventLoop
@_exported public import ParleyLinks
internal import ParleyTypes
internal import Synchronization

/// A network in this process's memory, with hosts, links that lose, and a time of its own: programs run on it
/// unchanged, in microseconds instead of minutes, and the same seed brings the same run.
///
///     try await SimulatedNetwork(seed: 7) { network in
///         network.conditions.loss = .random(0.1)
///         network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
///         try await network.host("client").run {
///             let outbox = try await Mailbox(Score.self, at: .udp)
///             try await outbox.send(Score(name: "Trans", math: 83, chinese: 86), to: "server:8089")
///         }
///     }
///
/// `Mailbox`, `Connection`, `Listener`, `respond` and every engine that stands on them find the network by themselves,
/// because the task that opens them runs on a host. Time goes on when all tasks of the simulation wait, to the next
/// arrival or deadline, at once. Nothing sleeps and nothing polls.
///
/// What runs is repeatable as long as it asks the simulation alone: ``NetworkEnvironment/sleep(for:)`` instead of
/// `Task.sleep`, ``random()`` instead of `Int.random`, child tasks instead of `Task { }`, and no order that comes
/// out of a `Set` or `Dictionary`. Actors are fine unless they have an executor of their own. What comes back from
/// outside ends the run with ``SimulationError/escaped(program:)``.
///
/// Datagrams are simulated packet by packet. Streams are ideal pipes over the same links: bytes arrive in order and
/// each once, a lost piece comes a time-out later, full receivers hold the sender back; TCP's own windows and
/// congestion control are not simulated.
public final class SimulatedNetwork: Sendable {
    /// What the random parts of a run follow from.
    public let seed: UInt64
    /// When a run ends that does not end by itself.
    public let timeLimit: Duration
    let loop: SimulationLoop
    private let state: Mutex<State>

    private struct State {
        var hosts: [String: SimulatedHost] = [:]
        var order: [SimulatedHost] = []
        var random: SeededGenerator
        var hasRun = false
        /// The first program in the background that failed.
        var failure: SimulationError?
        /// Cancels the simulation's own program.
        var cancelBody: (@Sendable () -> Void)?
    }

    /// - Parameters:
    ///   - seed: equal ones bring equal runs.
    ///   - timeLimit: of the simulation's own time; a day unless told otherwise.
    public init(seed: UInt64, timeLimit: Duration = .seconds(86_400)) {
        self.seed = seed
        self.timeLimit = timeLimit
        loop = SimulationLoop(seed: seed)
        state = Mutex(State(random: SeededGenerator(seed: SeededGenerator.mixed(seed))))
    }

    // MARK: Hosts and links

    /// The host of that name, made when first asked for.
    public func host(_ name: String) -> SimulatedHost { host(name, behind: -1) }

    func host(_ name: String, behind gateway: Int32) -> SimulatedHost {
        state.withLock { state in
            if let host = state.hosts[name] { return host }
            return add(name, loop.world.withLock { $0.addHost(name, behind: gateway) }, &state)
        }
    }

    func translator(_ name: String, timeout: Duration) -> SimulatedHost {
        state.withLock { state in
            precondition(state.hosts[name] == nil, "a NAT has a name of its own")
            return add(name, loop.world.withLock { $0.addTranslator(name, timeout: timeout) }, &state)
        }
    }

    private func add(_ name: String, _ index: Int32, _ state: inout State) -> SimulatedHost {
        let host = SimulatedHost(name, index, on: loop) { [weak self] in self?.programFailed($0, $1) }
        state.hosts[name] = host
        state.order.append(host)
        return host
    }

    /// All hosts, in the order in which they were made.
    public var hosts: [SimulatedHost] { state.withLock(\.order) }

    /// What the way between any two hosts is like, unless a link was given its own conditions: each direction of each
    /// pair has its own queue and its own rate. At first 100 microseconds of delay, no loss, no limit of rate.
    ///
    /// May be changed at any time, as all conditions: what they mean for packets on the way,
    /// ``ParleyLinks/Link/conditions`` says.
    public var conditions: LinkConditions {
        get { loop.world.withLock { $0.conditions } }
        set { loop.world.withLock { $0.setConditions(newValue) } }
    }

    /// The way from one host to another, one direction.
    ///
    /// - Precondition: both are hosts of this network.
    public func link(from: SimulatedHost, to: SimulatedHost) -> SimulatedLink {
        precondition(from.loop === loop && to.loop === loop, "a link is between two hosts of its own network")
        return SimulatedLink(loop, [loop.world.withLock { $0.way(from: from.index, to: to.index) }])
    }

    /// The ways between two hosts, both directions.
    ///
    /// - Precondition: both are hosts of this network.
    public func link(_ one: SimulatedHost, _ other: SimulatedHost) -> SimulatedLink {
        precondition(
            one.loop === loop && other.loop === loop,
            "a link is between two hosts of its own network"
        )
        return SimulatedLink(
            loop,
            loop.world.withLock { world in
                [world.way(from: one.index, to: other.index), world.way(from: other.index, to: one.index)]
            }
        )
    }

    // MARK: Time and chance

    /// The simulation's own time, since its beginning.
    public var time: Duration { .nanoseconds(loop.world.withLock { $0.now.nanoseconds }) }

    /// A number that follows from the seed and from how many were drawn before.
    public func random() -> UInt64 { state.withLock { $0.random.next() } }

    /// The same numbers, for `shuffled(using:)` and its like.
    ///
    ///     var numbers = network.randomNumbers
    ///     let port = UInt16.random(in: 1024...2048, using: &numbers)
    public var randomNumbers: some RandomNumberGenerator & Sendable { RandomNumbers(network: self) }

    // MARK: What happened

    /// What became of the packets so far.
    public var counts: SimulationCounts { loop.world.withLock { $0.counts } }

    /// Everything that happened so far, in one number: where two runs differ, so do their numbers.
    public var traceHash: UInt64 { loop.world.withLock { $0.trace.hash } }

    /// Whether events are kept from now on, for ``events``: some 150 bytes each.
    public var keepsEvents: Bool {
        get { loop.world.withLock { $0.trace.events != nil } }
        set { loop.world.withLock { $0.trace.events = newValue ? $0.trace.events ?? [] : nil } }
    }

    /// What happened while ``keepsEvents`` was set.
    public var events: [SimulationEvent] { loop.world.withLock { $0.trace.events ?? [] } }

    // MARK: The run

    /// Runs the simulation: `body` on a host of its own, named `test`.
    ///
    /// It ends when `body` does. Programs in the background are cancelled then, and ended. If the run throws, its
    /// seed and its time are told on standard error, and its last packets are in a file that is named there
    /// (``keepsPackets``), in the directory that the environment's PARLEY_SIMULATION_CAPTURES names, else in TMPDIR
    /// or /tmp. With PARLEY_SIMULATION_KEEP every run leaves such a file: for a test that failed without a throw.
    ///
    /// - Throws: what `body` throws, ``SimulationError``.
    public func callAsFunction<Result: Sendable>(
        _ body: @escaping @Sendable (SimulatedNetwork) async throws -> Result
    ) async throws -> Result {
        if NetworkEnvironment.network is SimulatedHost { throw SimulationError.nested }
        try claim()
        let host = host("test")
        let outcome = Outcome<Result>()
        let task = Task(name: host.name, executorPreference: host.executor) { [self] in
            do {
                outcome.set(.success(try await host.run { try await body(self) }))
            } catch {
                outcome.set(.failure(error))
            }
        }
        state.withLock { $0.cancelBody = { task.cancel() } }
        let stop = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation {
                (continuation: UnsafeContinuation<SimulationError?, Never>) in
                startThread { [self] in
                    let failure = runAll { outcome.isSet }
                    // What is open refers to the network, which refers to what is open.
                    loop.end()
                    unsafe continuation.resume(returning: failure)
                }
            }
        } onCancel: {
            loop.cancel()
            task.cancel()
        }
        do {
            if let stop {
                // What the program itself has thrown says more than that others did not end.
                guard case .unending = stop, outcome.isFailure else { throw stop }
                Self.tell("\(stop)\n")
            }
            let result = try outcome.get()
            keepCaptureIfAsked()
            return result
        } catch {
            if !Task.isCancelled { report(error) }
            throw error
        }
    }

    private func claim() throws(SimulationError) {
        let hadRun = state.withLock { state in
            defer { state.hasRun = true }
            return state.hasRun
        }
        if hadRun { throw .usedTwice }
    }

    private func startThread(_ body: @escaping @Sendable () -> Void) {
        do throws(SocketError) {
            try ParleyEventLoop.startThread(named: "parley-sim", body)
        } catch {
            // The caller's own thread does: it is held up meanwhile.
            body()
        }
    }

    func programFailed(_ program: String, _ error: any Error) {
        let cancel = state.withLock { state in
            state.failure = state.failure ?? .programFailed(program: program, reason: "\(error)")
            return state.cancelBody
        }
        cancel?()
    }

    /// The whole run on this thread, and its tasks' end.
    ///
    /// - Returns: what ended it, if not its program.
    private func runAll(_ isFinished: @escaping () -> Bool) -> SimulationError? {
        loop.begin()
        let limit = MonotonicInstant(nanoseconds: 0).advanced(by: timeLimit)
        let stop = loop.run(until: limit, isFinished: isFinished)
        var failure = state.withLock(\.failure)
        if case .finished = stop {} else { failure = failure ?? error(of: stop) }
        loop.expectOthers()
        if !isFinished() { state.withLock(\.cancelBody)?() }
        for host in hosts { host.stop() }
        let late = limit.advanced(by: .seconds(3600))
        while true {
            let stop = loop.run(until: late) { [self] in isFinished() && !hosts.contains(where: \.hasPrograms)
            }
            switch stop {
            case .finished:
                return failure ?? state.withLock(\.failure)
            case .escaped: continue
            case .stalled where loop.waitForOthers(): continue
            case .stalled, .tooLong, .spinning:
                var names = hosts.filter(\.hasPrograms).map(\.name)
                if !isFinished() { names.insert("the simulation's own program", at: 0) }
                return failure ?? .unending(programs: names)
            }
        }
    }

    private func error(of stop: SimulationLoop.Stop) -> SimulationError? {
        switch stop {
        case .finished: nil
        case .stalled: .stalled(waits: waits())
        case .tooLong: .tooLong(limit: timeLimit, waits: waits())
        case .spinning(let program): .spinning(program: program)
        case .escaped(let program): .escaped(program: program)
        }
    }

    /// Who waits for which port, as failures tell it.
    private func waits() -> [String] {
        loop.world.withLock { $0.waits() }
    }
}

/// How the simulation's own program ended.
private final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    var isSet: Bool { result.withLock { $0 != nil } }

    func set(_ result: Result<Value, any Error>) { self.result.withLock { $0 = result } }

    var isFailure: Bool {
        result.withLock { if case .failure = $0 { true } else { false } }
    }

    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}

/// A generator whose state is the network's: copies draw from the same sequence.
private struct RandomNumbers: RandomNumberGenerator, Sendable {
    let network: SimulatedNetwork

    func next() -> UInt64 { network.random() }
}
