internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// A driver in the loop of its port: its one alarm, and its turns. What it is told of its descriptor its ``Watch``
/// knows.
final class PortDrive: @unchecked Sendable {
    // Sendable by hand: the alarm's variables belong to the loop's thread.
    let driver: any Driver
    private let watch: Watch
    private let loop: EventLoop
    private let isSignalled = Atomic<Bool>(false)
    private let bell = Bell()
    /// Whether the driver waits for room by time alone.
    private var isPausing = false
    /// When the driver wants to be called.
    private var alarmTime: MonotonicInstant?
    /// When the loop will look at ``alarmTime``: then, or earlier.
    private var armedAlarm: (time: MonotonicInstant, timer: UInt64)?

    init(_ driver: any Driver, _ watch: Watch, on loop: EventLoop) {
        self.driver = driver
        self.watch = watch
        self.loop = loop
        unsafe bell.drive = self
    }

    // MARK: Turns

    /// Asks for a turn in which the driver is told of it, or of the end.
    func signal() {
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.summon(self)
    }

    /// Asks for a turn that the driver knows nothing of.
    func askAgain() { loop.summon(self) }

    func answerSummons() {
        let isSignalled = isSignalled.exchange(false, ordering: .acquiringAndReleasing)
        switch watch.begin(turnOf: self) {
        case .going: if isSignalled { driver.signalled(at: loop.turn) }
        case .ended:
            forgetAlarm()
            driver.ended()
        case .stopped: break
        }
    }

    // MARK: Room

    /// Asks for room after a pause, where the kernel says that there is room although there is none. On the loop's
    /// thread only.
    func tellOfRoom(after pause: Duration) {
        assertOwnThread()
        guard !isPausing else { return }
        isPausing = true
        loop.after(pause) { [self] in
            isPausing = false
            if watch.isGoing(self) { watch.tellOfRoom() }
        }
    }

    // MARK: The alarm

    /// A later time than the loop looks at is a mere note. On the loop's thread only.
    func setAlarm(at deadline: MonotonicInstant?) {
        assertOwnThread()
        alarmTime = deadline
        guard let deadline, deadline < armedAlarm?.time ?? .distantFuture else { return }
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        arm(deadline)
    }

    /// On the loop's thread only.
    func forgetAlarm() {
        assertOwnThread()
        alarmTime = nil
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        armedAlarm = nil
    }

    private func arm(_ deadline: MonotonicInstant) {
        armedAlarm = (deadline, loop.schedule(deadline, .ring(bell)))
    }

    fileprivate func rang() {
        armedAlarm = nil
        guard let alarmTime else { return }
        guard alarmTime <= loop.turn else { return arm(alarmTime) }
        self.alarmTime = nil
        if watch.isGoing(self) { driver.alarm(at: loop.turn) }
    }

    private func assertOwnThread() {
        assert(loop.isOnOwnThread, "a driver's operations but drive(by:) and signal() are for its own calls")
    }
}

/// What a loop's timers hold of a drive. A timer that was cancelled stays among them until its time comes or many are
/// swept out: meanwhile it keeps neither the drive alive, nor the driver, nor the loop itself.
private final class Bell: Alarmed {
    // Sendable by hand: set once, before anybody else has it.
    nonisolated(unsafe) weak var drive: PortDrive?

    func rang() { unsafe drive?.rang() }
}
