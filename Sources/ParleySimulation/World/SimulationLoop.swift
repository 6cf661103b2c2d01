internal import Glibc
internal import ParleyEventLoop
internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// The one thread of a simulation: runs its tasks and drivers until all of them wait, and then has the time go on to
/// the next event.
final class SimulationLoop: Sendable {
    let world: WorldLock
    private let work = Mutex(Work())
    private let thread = Atomic<UInt>(0)
    /// Counts what other threads hand in while nothing is left to do here.
    private let bell = ThreadBell()

    private struct Work {
        var jobs: [Job] = []
        var summons = Summons()
        /// Whose task came back from outside, once one has.
        var escaped: String?
        /// Whether other threads may hand in tasks: at the beginning, and where the simulation is cancelled.
        var expectsOthers = true
        var isCancelled = false
        var hasEnded = false
    }

    private struct Job {
        var job: UnownedJob
        var program: Program
    }

    init(seed: UInt64) {
        world = WorldLock(World(seed: seed))
    }

    var isOnOwnThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    // MARK: Handing in

    func enqueue(_ job: UnownedJob, of program: Program) {
        let isOwn = isOnOwnThread
        work.withLock { work in
            work.jobs.append(Job(job: job, program: program))
            if !isOwn, !work.expectsOthers, work.escaped == nil { work.escaped = program.name }
        }
        if !isOwn { bell.ring() }
    }

    func summon(_ drive: PortDrive) {
        _ = work.withLock { $0.summons.append(drive) }
        if !isOnOwnThread { bell.ring() }
    }

    /// The caller has given the run up.
    func cancel() {
        work.withLock { $0.isCancelled = true }
        expectOthers()
    }

    /// Takes note of who asks for something that belongs on the simulation's thread.
    func noteCaller(_ program: Program) {
        if isOnOwnThread { return }
        work.withLock { work in
            if !work.expectsOthers, work.escaped == nil { work.escaped = program.name }
        }
    }

    var hasEnded: Bool { work.withLock(\.hasEnded) }

    /// The run is over: everything that is open is closed, and drivers are told.
    func end() {
        let remains = world.withLock { $0.end() }
        withExtendedLifetime(remains) {}
        // What drivers do at their end may bring about more ends.
        for _ in 0..<64 {
            let drives = work.withLock { $0.summons.isEmpty ? nil : $0.summons.takeAll() }
            guard let drives else { break }
            for drive in drives { drive.answerSummons() }
        }
        work.withLock { work in
            work.summons = Summons()
            work.hasEnded = true
            work.expectsOthers = true
        }
    }

    /// From now on tasks may come back from other threads, because somebody there cancels.
    func expectOthers() {
        work.withLock { work in
            work.expectsOthers = true
            work.escaped = nil
        }
    }

    // MARK: The run

    enum Stop {
        case finished
        case stalled, tooLong
        case spinning(String)
        case escaped(String)
    }

    /// More jobs and turns than a simulation has use for in one instant.
    private static let instantMax = 1_000_000

    /// Claims the calling thread, and with it the first tasks, which others have handed in.
    func begin() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        work.withLock { $0.expectsOthers = $0.isCancelled }
    }

    /// Runs until the condition holds, or nothing goes on.
    func run(until limit: MonotonicInstant, isFinished: () -> Bool) -> Stop {
        var countNow = 0
        var lastProgram = "a driver"
        while true {
            if let escaped = work.withLock({ $0.escaped }), !isFinished() { return .escaped(escaped) }
            let (jobs, drives) = work.withLock { work in
                defer { work.jobs = [] }
                return (work.jobs, work.summons.isEmpty ? nil : work.summons.takeAll())
            }
            if let drives {
                for drive in drives { drive.answerSummons() }
                countNow += drives.count
                work.withLock { $0.summons.giveBack(drives) }
            }
            for job in jobs { unsafe job.job.runSynchronously(on: job.program.asUnownedTaskExecutor()) }
            countNow += jobs.count
            if let name = jobs.last?.program.name { lastProgram = name }
            if countNow > Self.instantMax { return .spinning(lastProgram) }
            if !jobs.isEmpty || drives != nil { continue }
            if isFinished() { return .finished }
            let (hasMoved, isLater, isEmpty, expired) = world.withLock { world in
                let before = world.now
                let hasMoved = world.advance(until: limit)
                return (hasMoved, world.now > before, world.agenda.next == nil, world.takeExpired())
            }
            guard hasMoved else {
                if work.withLock({ !$0.jobs.isEmpty }) { continue }
                return isEmpty ? .stalled : .tooLong
            }
            countNow = isLater ? 0 : countNow + 1
            if expired.isEmpty { continue }
            for target in expired {
                switch target {
                case .wake(let waiter): waiter.wake(.timedOut)
                case .call(let action): action()
                case .ring(let alarmed): alarmed.rang()
                }
            }
            world.withLock { $0.giveBack(expired) }
        }
    }

    /// Waits, in real time, until another thread has handed something in.
    ///
    /// - Returns: false when none has for five seconds.
    func waitForOthers() -> Bool {
        if work.withLock({ !$0.jobs.isEmpty }) { return true }
        return bell.wait(secondsMax: 5)
    }
}

/// A program of a host: where its tasks run, and the name by which failures call it.
final class Program: TaskExecutor {
    let name: String
    private let loop: SimulationLoop

    init(_ name: String, on loop: SimulationLoop) {
        self.name = name
        self.loop = loop
    }

    /// Never runs the job at once: the loop does.
    func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job), of: self) }
}
