public import ParleyWire

/// How requests are answered, once for all connections: closures over coders and the user's closure, compiled for
/// their types where ``Listener/respond(limits:_:)`` is called, and crossed once a burst.
@usableFromInline
struct Answering: Sendable {
    /// Answers messages that have come whole, at most so many, into the burst.
    let stream: @Sendable (StreamIntake, Burst, Int) -> Answered
    let packets: @Sendable (PacketIntake, Burst, Int) -> Answered
    let inboundFraming: Framing
    let sizeMaximum: Int?

    /// What has been encoded leaves when it is more than this, before more is answered.
    @usableFromInline static var burstBytesMax: Int { 64 << 10 }

    @usableFromInline
    init(
        inboundFraming: Framing,
        sizeMaximum: Int?,
        stream: @escaping @Sendable (StreamIntake, Burst, Int) -> Answered,
        packets: @escaping @Sendable (PacketIntake, Burst, Int) -> Answered
    ) {
        self.inboundFraming = inboundFraming
        self.sizeMaximum = sizeMaximum
        self.stream = stream
        self.packets = packets
    }
}

/// What became of a burst of requests.
@usableFromInline
struct Answered {
    @usableFromInline var requests = 0
    /// Whether no whole message is left.
    @usableFromInline var isDrained = false
    /// What ends the connection, behind the answers that were given.
    @usableFromInline var failure: (any Error)?

    @usableFromInline
    init() {}
}
