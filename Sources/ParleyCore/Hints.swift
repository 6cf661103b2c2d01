public import ParleyTypes
internal import ParleyWire

// Guesses that the compiler answers with the right name.

extension Mailbox {
    @available(*, unavailable, renamed: "next(timeout:)")
    public func receive() async throws(ParleyError) -> Letter<Inbound>? { fatalError() }

    @available(*, unavailable, message: "a mailbox is the sequence itself: for try await letter in mailbox")
    public var messages: Bursts { fatalError() }
}

extension Connection {
    @available(*, unavailable, renamed: "next(timeout:)")
    public func receive() async throws(ParleyError) -> Inbound? { fatalError() }

    @available(*, unavailable, renamed: "peer")
    public var remoteAddress: SocketAddress { fatalError() }
}
