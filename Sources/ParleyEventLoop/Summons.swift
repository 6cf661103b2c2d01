internal import Synchronization

/// Drives that wait for a turn of the loop's thread.
struct Summons {
    private var waiting: [PortDrive] = []
    /// Memory for the next ones, so that none is taken a turn.
    private var spare: [PortDrive] = []

    /// - Returns: whether it is the first.
    mutating func append(_ drive: PortDrive) -> Bool {
        waiting.append(drive)
        return waiting.count == 1
    }

    mutating func takeAll() -> [PortDrive] {
        defer {
            waiting = spare
            spare = []
        }
        return waiting
    }

    mutating func giveBack(_ drives: consuming [PortDrive]) {
        drives.removeAll(keepingCapacity: true)
        spare = drives
    }
}

extension EventLoop {
    /// Gives the drive a turn: the next one, if it asks in this.
    func summon(_ drive: PortDrive) {
        let isFirst = summons.withLock { $0.append(drive) }
        guard isFirst else { return }
        hasSummons.store(true, ordering: .releasing)
        // The loop's own thread looks before it sleeps.
        if !isOnOwnThread { wake() }
    }

    /// Answers those that are there, not those that they bring about: sockets get their turn in between.
    func answerSummons() {
        guard hasSummons.exchange(false, ordering: .acquiring) else { return }
        let drives = summons.withLock { $0.takeAll() }
        for drive in drives { drive.answerSummons() }
        summons.withLock { $0.giveBack(drives) }
    }
}
