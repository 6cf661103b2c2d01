internal import CParleyLinux
internal import Glibc
public import ParleyNetwork
internal import ParleySockets
public import ParleyTypes
internal import Synchronization

/// A thread that waits for many descriptors at once (epoll) and for the next deadline.
///
/// It wakes tasks, passes on bytes that a stream port has taken over, calls the drivers of ports, and runs the
/// tasks that prefer it as their executor, no other code of the user. Loops are independent of each other, so
/// several can share the work.
public final class EventLoop: Timekeeper {
    private let descriptors: LoopDescriptors
    private let state = Mutex(State())
    /// Tasks that want to run on this thread.
    let jobs = Mutex<[UnownedJob]>([])
    /// Drives that asked for a turn.
    let summons = Mutex(Summons())
    let hasSummons = Atomic<Bool>(false)
    /// The last time that was looked at in this turn of the loop's thread; that thread's alone.
    nonisolated(unsafe) private var turnTime: MonotonicInstant?
    /// Memory for the timers that expire in a turn; that thread's alone.
    nonisolated(unsafe) private var expiredTargets: [TimerHeap.Target] = []
    /// The loop's thread, once it runs.
    private let thread = Atomic<UInt>(0)

    private struct State {
        var handlers: [UInt64: any ReadinessHandler] = [:]
        var timers = TimerHeap()
        /// When the loop will wake up by itself.
        var sleepsUntil = MonotonicInstant(nanoseconds: .min)
        var lastRegistration: UInt64 = 0
    }

    /// The most events taken from the kernel at once.
    private static let eventsMax = 256
    fileprivate static let alarmRegistration: UInt64 = 0

    /// Starts a loop on a thread of its own.
    ///
    /// - Throws: ``SocketError`` when descriptors or threads have run out.
    public init(name: String = "parley-loop") throws(SocketError) {
        descriptors = try LoopDescriptors()
        // The thread holds the loop only while it works, so that a loop nobody uses any more can end. It
        // holds the descriptors all the time: whoever lets go of them last, thread or loop, closes them.
        let weakSelf = WeakLoop(self)
        let descriptors = descriptors
        try startThread(named: name) { EventLoop.run(weakSelf, descriptors) }
    }

    deinit {
        descriptors.ring()
    }

    /// The time of CLOCK_MONOTONIC.
    public static var now: MonotonicInstant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    // MARK: Descriptors

    /// Enters a handler and gives it a number that is never used again, so an event for a descriptor that was
    /// closed meanwhile, even if that one's number has come back, reaches nobody.
    func register(_ handler: any ReadinessHandler) -> UInt64 {
        state.withLock { state in
            state.lastRegistration += 1
            state.handlers[state.lastRegistration] = handler
            return state.lastRegistration
        }
    }

    /// What `control` does with a descriptor.
    enum Control {
        case add, modify
    }

    /// Asks the kernel for one event of a descriptor, of these kinds or an error; none at all for 0.
    ///
    /// - Parameter stays: asks for every change to such a state instead of for one event.
    func control(
        _ control: Control,
        _ descriptor: Int32,
        events: UInt32,
        stays: Bool,
        _ registration: UInt64
    ) throws(SocketError) {
        var event = unsafe epoll_event()
        unsafe event.events = events | (stays ? parley_epollet : parley_epolloneshot)
        unsafe event.data.u64 = registration
        let operation = control == .add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        guard unsafe epoll_ctl(descriptors.epoll, operation, descriptor, &event) == 0 else {
            throw SocketError(.wait, ErrorCode(errno), subject: "epoll_ctl")
        }
    }

    /// Has the kernel tell of a descriptor's states in every turn, as long as they last; with none, once of a
    /// failure.
    func control(levels: UInt32, of descriptor: Int32, _ registration: UInt64) throws(SocketError) {
        var event = unsafe epoll_event()
        unsafe event.events = levels == 0 ? parley_epolloneshot : levels
        unsafe event.data.u64 = registration
        guard unsafe epoll_ctl(descriptors.epoll, EPOLL_CTL_MOD, descriptor, &event) == 0 else {
            throw SocketError(.wait, ErrorCode(errno), subject: "epoll_ctl")
        }
    }

    /// Forgets a handler. The kernel forgets the descriptor itself when it is closed.
    func deregister(_ registration: UInt64) {
        let handler = state.withLock { $0.handlers.removeValue(forKey: registration) }
        withExtendedLifetime(handler) {}
    }

    // MARK: Time

    /// Calls `action` on the loop's thread after a while. It must not block.
    func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
        _ = schedule(EventLoop.now.advanced(by: delay), .call(action))
    }

    package func schedule(_ deadline: MonotonicInstant, _ target: TimerHeap.Target) -> UInt64 {
        let (timer, isEarlier) = state.withLock { state in
            (state.timers.insert(deadline, target), deadline < state.sleepsUntil)
        }
        // The loop's own thread looks at the timers before it sleeps.
        if isEarlier, !isOnOwnThread { descriptors.ring() }
        return timer
    }

    package func cancel(_ timer: UInt64) { state.withLock { $0.timers.cancel(timer) } }

    // MARK: The thread

    /// The time of this turn, for code on the loop's thread: the clock is read once, once more where deadlines are
    /// looked at, and not at all by turns that nobody asks.
    package var turn: MonotonicInstant {
        if let time = unsafe turnTime { return time }
        let now = EventLoop.now
        unsafe turnTime = now
        return now
    }

    package var isOnOwnThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func wake() { descriptors.ring() }

    private static func run(_ loop: WeakLoop, _ descriptors: LoopDescriptors) {
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsMax)
        defer { unsafe events.deallocate() }
        loop.target?.thread.store(UInt(pthread_self()), ordering: .relaxed)
        // Engines pace by tens of microseconds; usually a wait may be 50 late.
        parley_set_timer_slack(1)
        while let limit = loop.target?.prepareToSleep() {
            let count = unsafe descriptors.wait(into: events, Int32(eventsMax), nanosecondsMax: limit)
            // Interrupted, as when the process was stopped for a while: nobody has looked yet, and what came in time
            // goes before deadlines that have passed.
            guard count >= 0 else { continue }
            guard let target = loop.target else { return }
            unsafe target.turnTime = nil
            for index in 0..<Int(count) {
                let event = unsafe events[index]
                let registration = unsafe event.data.u64
                if registration == alarmRegistration {
                    descriptors.silence()
                } else {
                    unsafe target.dispatch(event.events, to: registration)
                }
            }
            target.expireTimers()
            target.answerSummons()
            target.runJobs()
        }
    }

    /// Nanoseconds until the next deadline; -1 when there is none, 0 when there is work.
    private func prepareToSleep() -> Int64 {
        guard jobs.withLock({ $0.isEmpty }), !hasSummons.load(ordering: .relaxed) else { return 0 }
        return state.withLock { state in
            guard let first = state.timers.next() else {
                state.sleepsUntil = .distantFuture
                return -1
            }
            state.sleepsUntil = first
            return max(0, EventLoop.now.duration(to: first).saturatedNanoseconds)
        }
    }

    private func dispatch(_ events: UInt32, to registration: UInt64) {
        state.withLock { $0.handlers[registration] }?.becameReady(events)
    }

    private func expireTimers() {
        var targets: [TimerHeap.Target] = []
        unsafe swap(&targets, &expiredTargets)
        state.withLock { state in
            guard state.timers.next() != nil else { return }
            let now = EventLoop.now
            unsafe turnTime = now
            state.timers.expire(at: now, into: &targets)
        }
        for index in targets.indices {
            switch targets[index] {
            case .wake(let waiter): waiter.wake(.timedOut)
            case .call(let action): action()
            case .ring(let alarmed): alarmed.rang()
            }
        }
        targets.removeAll(keepingCapacity: true)
        unsafe swap(&targets, &expiredTargets)
    }
}

/// What a loop tells about a descriptor, on the loop's thread. Must not block.
protocol ReadinessHandler: AnyObject, Sendable {
    func becameReady(_ events: UInt32)
}

/// The descriptors of a loop, held by its thread and by the loop itself: closed when both have let go, so
/// that neither ever uses a number that has become another file.
private final class LoopDescriptors: Sendable {
    let epoll: Int32
    private let alarm: Int32
    private let waitsFinely = Atomic<Bool>(true)

    init() throws(SocketError) {
        epoll = StandardStreams.avoid(epoll_create1(Int32(EPOLL_CLOEXEC)))
        let epollCode = errno
        alarm = epoll < 0 ? -1 : StandardStreams.avoid(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))
        let alarmCode = errno
        // From here on `deinit` closes what was opened, also when the initialiser throws.
        guard epoll >= 0 else { throw SocketError(.open, ErrorCode(epollCode), subject: "epoll") }
        guard alarm >= 0 else { throw SocketError(.open, ErrorCode(alarmCode), subject: "eventfd") }
        var event = unsafe epoll_event()
        unsafe event.events = parley_epollin | parley_epollet
        unsafe event.data.u64 = EventLoop.alarmRegistration
        guard unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &event) == 0 else {
            throw SocketError(.open, ErrorCode(errno), subject: "epoll_ctl")
        }
    }

    deinit {
        if alarm >= 0 { _ = Glibc.close(alarm) }
        if epoll >= 0 { _ = Glibc.close(epoll) }
    }

    /// Waits for events: at most so long, without a limit below zero. Rounded up to milliseconds where the kernel
    /// knows nothing finer, or a filter of system calls does not.
    func wait(
        into events: UnsafeMutablePointer<epoll_event>,
        _ countMax: Int32,
        nanosecondsMax limit: Int64
    ) -> Int32 {
        if limit > 0, waitsFinely.load(ordering: .relaxed) {
            let count = unsafe parley_epoll_pwait2(epoll, events, countMax, limit)
            guard count < 0, errno == ENOSYS || errno == EPERM else { return count }
            waitsFinely.store(false, ordering: .relaxed)
        }
        let milliseconds = limit < 0 ? -1 : limit / 1_000_000 + (limit % 1_000_000 > 0 ? 1 : 0)
        return unsafe epoll_wait(epoll, events, countMax, Int32(clamping: milliseconds))
    }

    /// Wakes the loop's thread.
    func ring() {
        var one: UInt64 = 1
        unsafe write(alarm, &one, 8)
    }

    func silence() {
        var ignored: UInt64 = 0
        unsafe read(alarm, &ignored, 8)
    }
}

private final class WeakLoop: Sendable {
    weak let target: EventLoop?

    init(_ target: EventLoop) {
        self.target = target
    }
}
