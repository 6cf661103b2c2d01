internal import ParleyFlow
public import ParleyTypes
package import ParleyWire

/// A message that came to a mailbox, with both addresses on its envelope.
public struct Letter<Message: Sendable>: Sendable {
    public var message: Message
    /// Who sent it: where an answer goes.
    public var sender: SocketAddress
    /// The local address that the sender wrote to, with the mailbox's port, where the system tells: an answer should
    /// leave from there.
    public var recipient: SocketAddress?
    /// When it came in, by the calendar clock of this host's kernel, if the endpoint asked for it
    /// (`timestamps`): before it waited in any queue of this host.
    public var arrival: WallTime?
    /// Whether this may be the late answer to an earlier question, which was given up: a request sets it, see
    /// ``Mailbox/request(_:to:matching:timeout:)-(_,SocketAddress,_,_)``. Letters that a reader takes are answers to
    /// nothing.
    public var mayBeLate: Bool
    /// What its bytes said, where they carry a number.
    @usableFromInline package var mark: MessageMark?

    @inlinable
    public init(
        message: Message,
        sender: SocketAddress,
        recipient: SocketAddress? = nil,
        arrival: WallTime? = nil,
        mayBeLate: Bool = false
    ) {
        self.message = message
        self.sender = sender
        self.recipient = recipient
        self.arrival = arrival
        self.mayBeLate = mayBeLate
    }
}

/// The number that a message's bytes carry, and a digest of them all.
@usableFromInline
package struct MessageMark: Sendable, Hashable {
    package var number: UInt64
    package var digest: UInt64

    /// - Returns: nil where the bytes carry no number.
    package init?(_ bytes: RawSpan, by numbering: MessageNumbering) {
        guard let number = numbering.number(in: bytes) else { return nil }
        self.number = number
        digest = QuestionDigest.of(bytes)
    }
}

extension Letter: Equatable where Message: Equatable {}

/// A datagram that was no message, and what became of it: nothing. A stranger's bad bytes end nobody's loop.
public struct RejectedDatagram: Sendable {
    /// Why it was refused.
    public var error: ParleyError
    public var sender: SocketAddress
    /// Its bytes, as far as they were kept: a truncated datagram keeps what fitted.
    public var bytes: [UInt8]
    /// When it came in, where the endpoint asked for it: see ``Letter/arrival``.
    public var arrival: WallTime?
}
