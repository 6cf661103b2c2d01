internal import CParleyLinux
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// What stands between a port and its driver: which events of the descriptor the driver is told of, its one alarm,
/// and its turns.
///
/// The registration stands and is level-triggered: a driver that goes on reading costs no call a turn, and what it
/// leaves is told again. Only a change of mind is a call.
final class PortDrive: @unchecked Sendable {
    // Sendable by hand: the alarm's variables belong to the loop's thread.
    private let loop: EventLoop
    private let socket: SharedSocket
    private let registration: UInt64
    private let state: Mutex<State>
    private let isSummoned = Atomic<Bool>(false)
    /// When the driver wants to be called.
    private var alarmTime: MonotonicInstant?
    /// When the loop will look at ``alarmTime``: then, or earlier.
    private var armedAlarm: (time: MonotonicInstant, timer: UInt64)?
    /// Made once, however often the alarm is set.
    private var ring: (@Sendable () -> Void)?

    private struct State {
        /// Nil once it has been told of its end, or is called no more.
        var driver: (any Driver)?
        var isReading = true
        var wantsRoom = false
        /// Whether the port itself has bytes to pass on.
        var portWrites = false
        var armed: UInt32 = 0
        var isClosed = false

        var wanted: UInt32 {
            (isReading ? parley_epollin : 0) | (wantsRoom || portWrites ? parley_epollout : 0)
        }
    }

    init(_ driver: any Driver, _ socket: SharedSocket, on loop: EventLoop, _ registration: UInt64) {
        self.loop = loop
        self.socket = socket
        self.registration = registration
        state = Mutex(State(driver: driver))
    }

    func start() throws(SocketError) {
        try state.withLock { (state) throws(SocketError) in try rearm(&state) }
    }

    /// Leaves the descriptor as it is while nobody waits for it.
    ///
    /// - Returns: whether the port still has bytes to pass on.
    func stop() -> Bool {
        alarmTime = nil
        return state.withLock { state in
            defer { state.portWrites = false }
            state.driver = nil
            state.isReading = false
            state.wantsRoom = false
            try? rearm(&state)
            return state.portWrites
        }
    }

    private func rearm(_ state: inout State) throws(SocketError) {
        let wanted = state.wanted
        guard wanted != state.armed else { return }
        try socket.use(.wait) { (socket) throws(SocketError) in
            try loop.control(levels: wanted, of: socket.fileDescriptor, registration)
        }
        state.armed = wanted
    }

    // MARK: What the driver asks for

    /// A closed port has nothing to arm; its end is told anyway.
    func change(isReading: Bool) {
        state.withLock { state in
            state.isReading = isReading
            try? rearm(&state)
        }
    }

    func tellOfRoom() {
        state.withLock { state in
            state.wantsRoom = true
            try? rearm(&state)
        }
    }

    func waitToPassOn() throws(SocketError) {
        try state.withLock { (state) throws(SocketError) in
            state.portWrites = true
            try rearm(&state)
        }
    }

    func setAlarm(at deadline: MonotonicInstant?) {
        alarmTime = deadline
        guard let deadline, deadline < armedAlarm?.time ?? .distantFuture else { return }
        if let armedAlarm { loop.cancel(armedAlarm.timer) }
        arm(deadline)
    }

    private func arm(_ deadline: MonotonicInstant) {
        let ring = ring ?? { [weak self] in self?.rang() }
        self.ring = ring
        armedAlarm = (deadline, loop.schedule(deadline, .call(ring)))
    }

    func signal() {
        guard !isSummoned.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.summon(self)
    }

    /// The port was closed, on whatever thread.
    func close() {
        state.withLock { $0.isClosed = true }
        signal()
    }

    // MARK: What the loop's thread tells

    /// - Parameter passOn: passes on what the port has; false when there was no room for all of it.
    func fired(_ events: UInt32, passOn: () -> Bool) {
        let failed = events & (parley_epollerr | parley_epollhup) != 0
        if failed || events & parley_epollout != 0 { becameWritable(passOn) }
        guard failed || events & parley_epollin != 0 else { return }
        let driver = state.withLock { state -> (any Driver)? in
            guard !state.isClosed else { return nil }
            // A failure meets those who read, or nobody else would be told of it.
            return state.isReading || (failed && state.armed == 0) ? state.driver : nil
        }
        driver?.received(at: loop.turn)
    }

    private func becameWritable(_ passOn: () -> Bool) {
        let portWrites = state.withLock { state in
            defer { state.portWrites = false }
            return state.portWrites
        }
        // Outside the lock: passing on may close the port.
        if portWrites, !passOn() {
            state.withLock { $0.portWrites = true }
            return
        }
        let driver = state.withLock { state -> (any Driver)? in
            guard !state.isClosed else { return nil }
            let isTold = portWrites || state.wantsRoom
            state.wantsRoom = false
            try? rearm(&state)
            return isTold ? state.driver : nil
        }
        driver?.writable(at: loop.turn)
    }

    func answerSummons() {
        isSummoned.store(false, ordering: .releasing)
        let (driver, isClosed) = state.withLock { state in
            defer { if state.isClosed { state.driver = nil } }
            return (state.driver, state.isClosed)
        }
        if isClosed { driver?.ended() } else { driver?.signalled(at: loop.turn) }
    }

    private func rang() {
        armedAlarm = nil
        guard let alarmTime else { return }
        // Alarms are late, and the turn may have begun before the one that rings.
        let now = EventLoop.now
        guard alarmTime <= now else { return arm(alarmTime) }
        self.alarmTime = nil
        let driver = state.withLock { $0.isClosed ? nil : $0.driver }
        driver?.alarm(at: now)
    }
}
