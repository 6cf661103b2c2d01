public import ParleyWire

/// How requests are answered, once for all connections: closures over coders and the user's closure, compiled for
/// their types where ``Listener/respond(limits:_:)`` is called, and crossed once a burst.
@usableFromInline
struct Answering: Sendable {
    /// Answers messages that have come whole into the burst: at most so many, and until it has so many bytes.
    let stream: @Sendable (StreamIntake, Burst, Int, Int) -> Answered
    let packets: @Sendable (PacketIntake, Burst, Int, Int) -> Answered
    let inboundFraming: Framing
    let sizeMaximum: Int?

    /// So many bytes of answers, and one answer more, are there before they have left.
    static var waitingBytesMax: Int { 64 << 10 }

    @usableFromInline
    init(
        inboundFraming: Framing,
        sizeMaximum: Int?,
        stream: @escaping @Sendable (StreamIntake, Burst, Int, Int) -> Answered,
        packets: @escaping @Sendable (PacketIntake, Burst, Int, Int) -> Answered
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

/// The reading side of a connection that is answered.
@usableFromInline
protocol RequestIntake: AnyObject {
    /// The next message that has come whole, nil when there is none.
    func next<Coder: MessageCoder>(by coder: Coder) throws(ParleyError) -> Coder.Message?
}

extension StreamIntake: RequestIntake {}

extension PacketIntake: RequestIntake {}
