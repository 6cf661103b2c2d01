public import ParleyWire

/// How requests are answered, once for all connections: closures over coders and the user's closure, compiled for
/// their types where `Listener.respond` is called, and crossed once a burst.
@usableFromInline
struct Answering: Sendable {
    /// Answers messages of a peer that have come whole into the burst: at most so many, and until it has so many
    /// bytes.
    let stream: @Sendable (StreamIntake, Burst, Int, Int, Peer?) -> Answered
    let packets: @Sendable (PacketIntake, Burst, Int, Int, Peer?) -> Answered
    let inboundFraming: Framing
    let sizeMaximum: Int?
    /// Whether the closures want to know who asks; otherwise they are given nil.
    let namesPeers: Bool

    /// So many bytes of answers, and one answer more, are there before they have left.
    static var waitingBytesMax: Int { 64 << 10 }

    @usableFromInline
    init(
        inboundFraming: Framing,
        sizeMaximum: Int?,
        namesPeers: Bool,
        stream: @escaping @Sendable (StreamIntake, Burst, Int, Int, Peer?) -> Answered,
        packets: @escaping @Sendable (PacketIntake, Burst, Int, Int, Peer?) -> Answered
    ) {
        self.inboundFraming = inboundFraming
        self.sizeMaximum = sizeMaximum
        self.namesPeers = namesPeers
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
