public import ParleyWire

/// The right to read: one task's at a time, given back when the last copy of the claim is gone.
@usableFromInline
final class ReadClaim<Inbound: Message>: Sendable {
    private let desk: ReadingDesk<Inbound>

    init(_ desk: ReadingDesk<Inbound>) {
        self.desk = desk
    }

    deinit {
        desk.giveBack()
    }
}
