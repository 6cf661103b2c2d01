internal import Synchronization

/// The right to read: one task's at a time, given back when the last copy of the claim is gone.
@usableFromInline
final class ReadClaim: Sendable {
    private let desk: ReadingDesk

    fileprivate init(_ desk: ReadingDesk) {
        self.desk = desk
    }

    deinit {
        desk.isTaken.store(false, ordering: .releasing)
    }
}

/// Where readers queue up: nowhere. The second one is told that there is a first.
@usableFromInline
final class ReadingDesk: Sendable {
    fileprivate let isTaken = Atomic<Bool>(false)

    init() {}

    @usableFromInline
    func claim() throws(ParleyError) -> ReadClaim {
        guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else { throw .alreadyReading }
        return ReadClaim(self)
    }
}
