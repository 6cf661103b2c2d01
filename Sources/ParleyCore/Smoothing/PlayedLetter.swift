/// A letter whose time has come.
public struct PlayedLetter<Message: Sendable>: Sendable {
    public var letter: Letter<Message>
    /// It came too late to be played at its time. Only where late ones are played at all.
    public var isLate: Bool

    public var message: Message { letter.message }
}

extension PlayedLetter: Equatable where Message: Equatable {}
