internal import CParleyLinux
internal import Glibc
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// One descriptor's entry in an event loop: who waits for which direction.
///
/// The kernel is asked for an event only while somebody waits for it (level-triggered, one shot): a busy
/// socket that nobody waits for wakes no thread, and since arming reports what holds already, no readiness is
/// lost between an attempt that would have blocked and the wait for the next one.
///
/// A reader that runs on the loop's own thread is always back at its wait before the loop looks for events
/// again. For it the descriptor stays armed (edge-triggered), which saves a system call a wait; an event that
/// finds no reader disarms it. A reader may come to wait only after it has drained the socket: an edge that
/// it has used up does not come again.
final class Watch: Sendable {
    enum Direction {
        case reading, writing
    }

    let loop: EventLoop
    let socket: SharedSocket
    let state = Mutex(State())

    struct State {
        var registration: UInt64 = 0
        var readers = Waiters()
        var writers = Waiters()
        /// Whether the port itself has bytes to pass on.
        var portWrites = false
        var armed: UInt32 = 0
        /// Whether an event leaves the descriptor armed for reading.
        var staysArmed = false
        /// Whether nobody may wait to read any more.
        var isReadingRetired = false
        /// Whether nobody may wait any more, although the port may still pass on bytes.
        var isRetired = false
        var isClosed = false
        /// Who is called, if the port is driven.
        var drive: PortDrive?
        /// Whether it is told of what comes, and of room.
        var isDriverReading = false
        var driverWantsRoom = false
        /// Whether it waits for room by time alone.
        var isPausing = false

        var wanted: UInt32 {
            (readers.isEmpty ? 0 : parley_epollin | parley_epollrdhup)
                | (isDriverReading ? parley_epollin : 0)
                | (writers.isEmpty && !portWrites && !driverWantsRoom ? 0 : parley_epollout)
        }

        fileprivate mutating func retire() -> Ended {
            isRetired = true
            isReadingRetired = true
            isDriverReading = false
            driverWantsRoom = false
            return Ended(readers: readers.takeAll(), writers: writers.takeAll())
        }

        mutating func takeAll() -> Waiters {
            var all = readers.takeAll()
            all.append(writers.takeAll())
            return all
        }
    }

    /// Those whose waits a port's end has ended.
    fileprivate struct Ended {
        var readers: Waiters
        var writers: Waiters

        /// Readers look once more, and an attempt to receive says that it was the end.
        func wake() {
            readers.wake(.ready)
            writers.wake(.closed)
        }
    }

    init(_ socket: SharedSocket, on loop: EventLoop) {
        self.socket = socket
        self.loop = loop
    }

    /// Enters the descriptor into the loop, which tells `handler` of its events from now on.
    func start(_ handler: any ReadinessHandler) throws(SocketError) {
        let registration = loop.register(handler)
        state.withLock { $0.registration = registration }
        try socket.use(.open) { (socket) throws(SocketError) in
            try loop.control(.add, socket.fileDescriptor, events: 0, stays: false, registration)
        }
    }

    /// Suspends until the direction is ready. Reading is ready when it is over on this side: an attempt says so.
    ///
    /// - Throws: `.timedOut`, `.cancelled` or, for writing, `.badDescriptor` as operation `.wait`, and what arming
    ///   throws.
    func wait(for direction: Direction, until deadline: MonotonicInstant) async throws(SocketError) {
        let waiter = Suspension()
        try enlist(waiter, for: direction)
        try await loop.wait(waiter, until: deadline) { forget(waiter) }
    }

    /// Has the waiter woken when the direction is ready; it may be enlisted with several descriptors.
    ///
    /// - Parameter mayStay: whether the waiter comes back only after it has drained this very descriptor, so that
    ///   on the loop's own thread it may stay armed.
    /// - Throws: for writing `.badDescriptor` as operation `.wait`, and what arming throws; the waiter is not
    ///   enlisted then.
    func enlist(
        _ waiter: Suspension,
        for direction: Direction,
        mayStay: Bool = true
    ) throws(SocketError) {
        let stays = mayStay && direction == .reading && loop.isOnOwnThread
        do throws(SocketError) {
            try state.withLock { (state) throws(SocketError) in
                switch direction {
                case .reading:
                    guard !state.isReadingRetired else {
                        waiter.wake(.ready)
                        return
                    }
                    state.readers.append(waiter)
                case .writing:
                    guard !state.isRetired else { throw SocketError(.wait, .badDescriptor) }
                    state.writers.append(waiter)
                }
                try rearm(&state, stays: stays)
            }
        } catch {
            forget(waiter)
            throw error
        }
    }

    func forget(_ waiter: Suspension) {
        state.withLock { state in
            state.readers.remove(waiter)
            state.writers.remove(waiter)
        }
    }

    /// Has the handler told when there is room for what the port must pass on.
    func waitToPassOn() throws(SocketError) {
        try state.withLock { (state) throws(SocketError) in
            guard !state.isClosed else { throw SocketError(.wait, .badDescriptor) }
            state.portWrites = true
            if state.drive != nil { rearmOrAskAgain(&state) } else { try rearm(&state) }
        }
    }

    private func rearm(_ state: inout State, stays: Bool = false) throws(SocketError) {
        if state.drive != nil { return try rearmLevels(&state) }
        let wanted = state.wanted
        // An event that fires for nobody disarms itself, so less than what is armed needs no call.
        // Over a descriptor that stays armed, an edge may have been used up: then the state itself is asked for.
        guard wanted & ~state.armed != 0 || (state.staysArmed && !stays) else { return }
        try control(&state, events: wanted, stays: stays && wanted & parley_epollout == 0)
    }

    func control(_ state: inout State, events: UInt32, stays: Bool) throws(SocketError) {
        let registration = state.registration
        try socket.use(.wait) { (socket) throws(SocketError) in
            try loop.control(.modify, socket.fileDescriptor, events: events, stays: stays, registration)
        }
        state.armed = events
        state.staysArmed = stays
    }

    /// Takes note of an event, which has disarmed the descriptor unless it stays armed.
    ///
    /// - Parameter passOn: passes on what the port has; false when there was no room for all of it.
    func fired(_ events: UInt32, passOn: () -> Bool) {
        let (drive, isDriversAlone) = state.withLock { state in
            (state.drive, events == parley_epollin && state.isDriverReading && state.readers.isEmpty)
        }
        if let drive {
            if isDriversAlone { return drive.driver.received(at: loop.turn) }
            return fired(events, on: drive, passOn: passOn)
        }
        let failed = events & (parley_epollerr | parley_epollhup) != 0
        let isReadable = failed || events & (parley_epollin | parley_epollrdhup) != 0
        let isWritable = failed || events & parley_epollout != 0
        let readers = state.withLock { state -> Waiters? in
            if state.staysArmed, isReadable, !isWritable, !state.readers.isEmpty {
                return state.readers.takeAll()
            }
            if !state.staysArmed { state.armed = 0 }
            if isWritable { state.portWrites = false }
            return nil
        }
        // A reader that was cancelled meanwhile takes no edge: then it is as if nobody had waited.
        if let readers, readers.wake(.ready) { return }
        // Outside the lock: passing on may close the port, which takes it. What is taken over meanwhile arms
        // anew.
        let isDrained = !isWritable || passOn()
        let waiters = state.withLock { state -> Waiters in
            var waiters = isReadable ? state.readers.takeAll() : Waiters()
            if isWritable {
                if isDrained {
                    waiters.append(state.writers.takeAll())
                } else {
                    state.portWrites = true
                }
            }
            guard !state.isClosed else { return waiters }
            do throws(SocketError) {
                if state.staysArmed {
                    try control(&state, events: state.wanted, stays: false)
                } else {
                    try rearm(&state)
                }
            } catch {
                // Whoever waits will try again and meet the reason.
                waiters.append(state.takeAll())
            }
            return waiters
        }
        waiters.wake(.ready)
    }

    /// Ends the waits of readers, now and from now on; writers go on.
    func retireReading() {
        let readers = state.withLock { state in
            state.isReadingRetired = true
            return state.readers.takeAll()
        }
        readers.wake(.ready)
    }

    /// Ends all waits, now and from now on; the port still passes on what it has. A driver is told the end alone.
    func retire() {
        state.withLock { state in
            let ended = state.retire()
            if state.drive != nil { try? rearmLevels(&state) }
            return ended
        }.wake()
    }

    /// Ends all waits and leaves the loop.
    func close() {
        let (registration, ended) = state.withLock { state in
            state.isClosed = true
            return (state.registration, state.retire())
        }
        loop.deregister(registration)
        ended.wake()
    }
}
