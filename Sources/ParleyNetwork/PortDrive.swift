package import ParleyTypes
internal import Synchronization

/// Whoever gives drives their turns: the thread of a network, or what stands for one.
package protocol DriveLoop: Timekeeper {
    /// The time of this turn, for code on the loop's thread.
    var turn: MonotonicInstant { get }
    /// Whether the caller is on that thread.
    var isOnOwnThread: Bool { get }
    /// Calls ``PortDrive/answerSummons()`` in a turn: the next one, if asked for in this. From any thread.
    func summon(_ drive: PortDrive)
}

/// The port of a drive, as the drive knows it: whoever keeps who is told of what.
package protocol DriveWatch: AnyObject, Sendable {
    /// What becomes of a turn that a drive has asked for.
    func begin(turnOf drive: PortDrive) -> PortDrive.Turn
    /// Ends a turn in which the driver was told that something has come: what it has left is told in the next.
    func end(turnOf drive: PortDrive)
    /// Whether this is still the port's drive, and the port open.
    func isGoing(_ drive: PortDrive) -> Bool
}

extension DriveWatch {
    /// For ports that learn from elsewhere what is left.
    package func end(turnOf drive: PortDrive) {}
}

/// A driver in the loop of its port: its one alarm, and its turns. Who is told of what its ``DriveWatch`` knows.
package final class PortDrive: @unchecked Sendable {
    // Sendable by hand: the alarm's variables belong to the loop's thread.
    package let driver: any Driver
    private let watch: any DriveWatch
    private let loop: any DriveLoop
    private let isSignalled = Atomic<Bool>(false)
    private let bell = Bell()
    /// When the driver wants to be called.
    private var alarmTime: MonotonicInstant?
    /// When the loop will look at ``alarmTime``: then, or earlier.
    private var armedAlarm: (time: MonotonicInstant, timer: UInt64)?

    package enum Turn {
        /// The driver is told of room, and of what has come.
        case going(hasRoom: Bool, hasCome: Bool)
        /// The port was closed.
        case ended
        /// The port is driven by it no more.
        case stopped
    }

    package init(_ driver: any Driver, _ watch: any DriveWatch, on loop: any DriveLoop) {
        self.driver = driver
        self.watch = watch
        self.loop = loop
        unsafe bell.drive = self
    }

    // MARK: Turns

    /// Asks for a turn in which the driver is told of it, or of the end.
    package func signal() {
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.summon(self)
    }

    /// Asks for a turn without a signal.
    package func askAgain() { loop.summon(self) }

    package func answerSummons() {
        let isSignalled = isSignalled.exchange(false, ordering: .acquiringAndReleasing)
        switch watch.begin(turnOf: self) {
        case .going(let hasRoom, let hasCome):
            if hasRoom { driver.writable(at: loop.turn) }
            if hasCome, !hasRoom || watch.isGoing(self) { driver.received(at: loop.turn) }
            if isSignalled, !hasRoom && !hasCome || watch.isGoing(self) { driver.signalled(at: loop.turn) }
            if hasCome { watch.end(turnOf: self) }
        case .ended:
            forgetAlarm()
            driver.ended()
        case .stopped: break
        }
    }

    // MARK: The alarm

    /// A later time than the loop looks at is a mere note. On the loop's thread only.
    package func setAlarm(at deadline: MonotonicInstant?) {
        assertOwnThread()
        alarmTime = deadline
        guard let deadline, deadline < armedAlarm?.time ?? .distantFuture else { return }
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        arm(deadline)
    }

    /// On the loop's thread only.
    package func forgetAlarm() {
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

    package func assertOwnThread() {
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
