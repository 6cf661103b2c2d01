internal import Synchronization

/// The right to read: one task's at a time, given back when the last copy of the claim is gone.
@usableFromInline
final class ReadClaim: Sendable {
    private let desk: ReadingDesk

    fileprivate init(_ desk: ReadingDesk) {
        self.desk = desk
    }

    deinit {
        desk.giveBack()
    }
}

/// Where readers queue up: nowhere. The second one is told that there is a first.
@usableFromInline
final class ReadingDesk: Sendable {
    private let isTaken = Atomic<Bool>(false)

    init() {}

    @usableFromInline
    func claim() throws(ParleyError) -> ReadClaim {
        try take()
        return ReadClaim(self)
    }

    /// The claim of a call, which gives it back itself: nothing is allocated for a single message.
    @usableFromInline
    func take() throws(ParleyError) {
        guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else { throw .alreadyReading }
    }

    @usableFromInline
    func giveBack() { isTaken.store(false, ordering: .releasing) }
}
