internal import CParleyLinux
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

// A port that is driven. The registration stands and is level-triggered: a driver that goes on reading costs no call
// a turn, and what it leaves is told again. Only a change of mind is a call. Tasks that wait for room meanwhile, as
// those who send do, are woken by the same events.

extension Watch: DriveWatch {
    var drive: PortDrive? { state.withLock(\.drive) }

    /// - Throws: `.badDescriptor` as operation `.wait` when the port is closed, and what arming throws; the driver is
    ///   not called then.
    func drive(by drive: PortDrive) throws(SocketError) {
        try state.withLock { (state) throws(SocketError) in
            guard !state.isClosed else { throw SocketError(.wait, .badDescriptor) }
            precondition(state.drive == nil, "a port has one driver at a time")
            state.drive = drive
            state.isDriverReading = !state.isRetired
            do throws(SocketError) {
                // Whatever was armed for tasks: an edge of it may have been used up.
                try controlLevels(&state)
            } catch {
                state.drive = nil
                state.isDriverReading = false
                throw error
            }
        }
    }

    /// Leaves the descriptor to tasks.
    func stopDriving() {
        let (drive, waiters) = state.withLock { state -> (PortDrive?, Waiters) in
            guard let drive = state.drive else { return (nil, Waiters()) }
            state.drive = nil
            state.isDriverReading = false
            state.driverWantsRoom = false
            guard !state.isClosed else { return (drive, Waiters()) }
            do throws(SocketError) {
                try control(&state, events: state.wanted, stays: false)
                return (drive, Waiters())
            } catch {
                // Whoever waits will try again and meet the reason.
                return (drive, state.takeAll())
            }
        }
        drive?.forgetAlarm()
        waiters.wake(.ready)
    }

    func tell(ofReading isReading: Bool) {
        state.withLock { state in
            guard state.drive != nil, !state.isRetired else { return }
            state.isDriverReading = isReading
            rearmOrAskAgain(&state)
        }
    }

    func tellOfRoom() {
        state.withLock { state in
            guard state.drive != nil, !state.isRetired else { return }
            state.driverWantsRoom = true
            rearmOrAskAgain(&state)
        }
    }

    /// Asks for room after a pause, where the kernel says that there is room although there is none. On the loop's
    /// thread only.
    func tellOfRoom(after pause: Duration) {
        let isFirst = state.withLock { state in
            guard state.drive != nil, !state.isPausing else { return false }
            state.isPausing = true
            return true
        }
        guard isFirst else { return }
        loop.after(pause) { [self] in
            state.withLock { $0.isPausing = false }
            // Whoever drives the port by then.
            tellOfRoom()
        }
    }

    func isGoing(_ drive: PortDrive) -> Bool { state.withLock { $0.drive === drive && !$0.isClosed } }

    /// What comes, and room, are told by events.
    func begin(turnOf drive: PortDrive) -> PortDrive.Turn {
        state.withLock { state in
            guard state.drive === drive else { return .stopped }
            guard !state.isClosed else {
                state.drive = nil
                return .ended
            }
            rearmOrAskAgain(&state)
            return .going(hasRoom: false, hasCome: false)
        }
    }

    // MARK: Arming

    /// What the kernel refuses is asked for again in the next turn: nobody else would.
    func rearmOrAskAgain(_ state: inout State) {
        do throws(SocketError) {
            try rearmLevels(&state)
        } catch {
            if !state.isClosed { state.drive?.askAgain() }
        }
    }

    func rearmLevels(_ state: inout State) throws(SocketError) {
        if !state.isClosed, state.wanted != state.armed { try controlLevels(&state) }
    }

    private func controlLevels(_ state: inout State) throws(SocketError) {
        let wanted = state.wanted
        let registration = state.registration
        try socket.use(.wait) { (socket) throws(SocketError) in
            try loop.control(levels: wanted, of: socket.fileDescriptor, registration)
        }
        state.armed = wanted
        state.staysArmed = false
    }

    // MARK: Events

    /// Tells a driver of an event.
    func fired(_ events: UInt32, on drive: PortDrive, passOn: () -> Bool) {
        let failed = events & (parley_epollerr | parley_epollhup) != 0
        let isReadable = failed || events & (parley_epollin | parley_epollrdhup) != 0
        let isWritable = failed || events & parley_epollout != 0
        var hasPassedOn = false
        var isDrained = true
        if isWritable, takePortWrites() {
            // Outside the lock: passing on may close the port.
            isDrained = passOn()
            hasPassedOn = isDrained
        }
        let (waiters, tellsOfRoom, tellsOfReading) = state.withLock { state -> (Waiters, Bool, Bool) in
            guard state.drive === drive, !state.isClosed else { return (Waiters(), false, false) }
            var waiters = isReadable ? state.readers.takeAll() : Waiters()
            var tellsOfRoom = false
            if !isDrained {
                state.portWrites = true
            } else if isWritable {
                waiters.append(state.writers.takeAll())
                tellsOfRoom = hasPassedOn || state.driverWantsRoom
                state.driverWantsRoom = false
            }
            // A failure is told once even to who does not read, or nobody would learn of it.
            let tellsOfReading = isReadable && (state.isDriverReading || failed && state.armed == 0)
            rearmOrAskAgain(&state)
            return (waiters, tellsOfRoom, tellsOfReading && !state.isRetired)
        }
        waiters.wake(.ready)
        if tellsOfRoom { drive.driver.writable(at: loop.turn) }
        if tellsOfReading, !tellsOfRoom || isGoing(drive) { drive.driver.received(at: loop.turn) }
    }

    private func takePortWrites() -> Bool {
        state.withLock { state in
            defer { state.portWrites = false }
            return state.portWrites
        }
    }
}
