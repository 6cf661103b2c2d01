internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// A driver in the loop of its port: its one alarm, and its turns. What it is told of its descriptor its ``Watch``
/// knows.
final class PortDrive: Alarmed, @unchecked Sendable {
    // Sendable by hand: the alarm's variables belong to the loop's thread.
    let driver: any Driver
    private let watch: Watch
    private let loop: EventLoop
    private let isSignalled = Atomic<Bool>(false)
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
        guard !isPausing else { return }
        isPausing = true
        loop.after(pause) { [self] in
            isPausing = false
            if watch.isGoing(self) { watch.tellOfRoom() }
        }
    }

    // MARK: The alarm

    /// A later time than the loop looks at is a mere note.
    func setAlarm(at deadline: MonotonicInstant?) {
        alarmTime = deadline
        guard let deadline, deadline < armedAlarm?.time ?? .distantFuture else { return }
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        arm(deadline)
    }

    func forgetAlarm() {
        alarmTime = nil
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        armedAlarm = nil
    }

    private func arm(_ deadline: MonotonicInstant) {
        armedAlarm = (deadline, loop.schedule(deadline, .ring(self)))
    }

    func rang() {
        armedAlarm = nil
        guard let alarmTime else { return }
        guard alarmTime <= loop.turn else { return arm(alarmTime) }
        self.alarmTime = nil
        if watch.isGoing(self) { driver.alarm(at: loop.turn) }
    }
}
