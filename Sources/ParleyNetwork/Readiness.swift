package import ParleyTypes

/// Who waits for a port that has no descriptor, tasks and a driver alike, in one state under the port's own lock: what
/// ``Waiters`` is for one direction.
///
/// The port says what has become so, at the moment when it does; it is asked again whether it is so where a level
/// matters. Waking only hands over to executors and loops, so it may be done under a lock.
package struct Readiness: Sendable {
    package private(set) var drive: PortDrive?
    private var readers = Waiters()
    private var writers = Waiters()
    /// Whether the driver is told of what comes, and of room.
    private var isDriverReading = false
    private var driverWantsRoom = false
    /// Whether the driver has asked for a turn because of what comes, and was not told yet.
    private var isSummoned = false
    private var tellsOfRoom = false
    /// Whether the driver is told of a failure although it does not read.
    private var tellsOfFailure = false
    /// Whether nobody may wait any more.
    package private(set) var isClosed = false
    /// Whether it is over for the driver too.
    private var hasEnded = false

    package init() {}

    // MARK: Tasks

    package mutating func append(reader waiter: Suspension) { readers.append(waiter) }

    package mutating func append(writer waiter: Suspension) { writers.append(waiter) }

    package mutating func remove(_ waiter: Suspension) {
        readers.remove(waiter)
        writers.remove(waiter)
    }

    package var hasReaders: Bool { !readers.isEmpty }

    package var hasWriters: Bool { !writers.isEmpty }

    // MARK: What has become so

    /// Something has come, or an end, or a failure.
    package mutating func becameReadable() {
        if !readers.isEmpty { readers.takeAll().wake(.ready) }
        guard isDriverReading, !isSummoned else { return }
        isSummoned = true
        drive?.askAgain()
    }

    /// The port has failed: a driver is told once even where it does not read, or it would never learn of it.
    package mutating func becameFailed() {
        if drive != nil, !isDriverReading { tellsOfFailure = true }
        becameReadable()
        becameWritable()
        if tellsOfFailure { drive?.askAgain() }
    }

    /// There is room.
    package mutating func becameWritable() {
        if !writers.isEmpty { writers.takeAll().wake(.ready) }
        guard driverWantsRoom, !tellsOfRoom else { return }
        tellsOfRoom = true
        drive?.askAgain()
    }

    /// The port has passed on all that it had taken over: told even to a driver that did not ask.
    package mutating func becameEmpty() {
        if drive != nil { driverWantsRoom = true }
        becameWritable()
    }

    /// The port was closed. Readers look once more and find it over, writers learn it. What it has taken over may still
    /// be on its way out; the driver goes on having its alarm.
    package mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        isDriverReading = false
        readers.takeAll().wake(.ready)
        writers.takeAll().wake(.closed)
    }

    /// Nothing is left of a closed port: the driver is told the end.
    package mutating func end() {
        close()
        guard !hasEnded else { return }
        hasEnded = true
        drive?.askAgain()
    }

    // MARK: The driver

    /// - Throws: `.badDescriptor` as operation `.wait`, when the port is closed.
    package mutating func drive(by drive: PortDrive, isReadable: Bool) throws(SocketError) {
        guard !isClosed else { throw SocketError(.wait, .badDescriptor) }
        precondition(self.drive == nil, "a port has one driver at a time")
        self.drive = drive
        driverWantsRoom = false
        tellsOfRoom = false
        isSummoned = false
        resume(isReadable: isReadable)
    }

    /// - Returns: the drive that was, whose alarm is to be forgotten outside the lock.
    package mutating func stopDriving() -> PortDrive? {
        defer { drive = nil }
        isDriverReading = false
        driverWantsRoom = false
        return drive
    }

    package mutating func pause() { isDriverReading = false }

    package mutating func resume(isReadable: Bool) {
        guard drive != nil, !isClosed else { return }
        isDriverReading = true
        if isReadable, !isSummoned {
            isSummoned = true
            drive?.askAgain()
        }
    }

    package mutating func tellOfRoom(isWritable: Bool) {
        guard drive != nil, !isClosed else { return }
        driverWantsRoom = true
        if isWritable { becameWritable() }
    }

    package mutating func begin(turnOf drive: PortDrive, isReadable: Bool) -> PortDrive.Turn {
        guard self.drive === drive else { return .stopped }
        guard !hasEnded else {
            self.drive = nil
            return .ended
        }
        isSummoned = false
        defer {
            if tellsOfRoom { driverWantsRoom = false }
            tellsOfRoom = false
            tellsOfFailure = false
        }
        guard !isClosed else { return .going(hasRoom: false, hasCome: false) }
        return .going(hasRoom: tellsOfRoom, hasCome: isDriverReading && isReadable || tellsOfFailure)
    }

    /// Asks for another turn where something is left.
    package mutating func end(turnOf drive: PortDrive, isReadable: Bool) {
        guard self.drive === drive, isDriverReading, isReadable, !isSummoned else { return }
        isSummoned = true
        drive.askAgain()
    }

    package func isGoing(_ drive: PortDrive) -> Bool { self.drive === drive && !hasEnded }

    package var hasDriver: Bool { drive != nil }
}
