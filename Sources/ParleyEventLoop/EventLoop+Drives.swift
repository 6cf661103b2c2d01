package import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

extension EventLoop: DriveLoop {
    /// Gives the drive a turn: the next one, if it asks in this.
    package func summon(_ drive: PortDrive) {
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
