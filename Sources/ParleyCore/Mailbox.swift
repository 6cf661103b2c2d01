public import ParleyNetwork
public import ParleyTypes
public import ParleyWire
internal import Synchronization

/// A place that takes letters from anyone and sends letters to anyone: datagrams, without connections.
///
///     let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
///     for try await letter in inbox {
///         print(letter.sender, letter.message.name, letter.message.math)
///     }
///
/// What the network does with datagrams it does with letters: they may be lost, doubled or reordered. A
/// datagram that is no message is counted, shown to `onRejected` and dropped; it ends nothing.
///
/// Many tasks may send and ask at once; one reads at a time. Cancelling a task ends its call and leaves the mailbox
/// as it was. ``close()``, the end of `withMailbox` or the last reference's going closes it.
public final class Mailbox<Inbound: Message, Outbound: Message>: Sendable {
    /// Where the mailbox was asked to be.
    public let endpoint: Endpoint
    @usableFromInline let port: any MessagePort
    @usableFromInline let network: any Network
    @usableFromInline let inboundCoder: Inbound.Coder
    @usableFromInline let outboundCoder: Outbound.Coder
    @usableFromInline let desk: ReadingDesk<Inbound>
    @usableFromInline let intake: DatagramIntake<Inbound>
    @usableFromInline let counters: Counters
    @usableFromInline let burstPool = BurstPool()
    @usableFromInline let pacing = Pacing()
    let closing = Closing()
    let numbering = Numbering()
    /// The reading sides of ``run(_:)`` when the mailbox is spread over several loops.
    let spread = Mutex<[DatagramIntake<Inbound>]>([])

    /// Opens a mailbox with coders of one's own: for messages whose layout is known only at run time.
    ///
    /// - Parameters:
    ///   - endpoint: where letters reach it: `.udp(port: 8089)`, `.udp(group: "239.1.2.3", port: 8089)`;
    ///     `.udp` alone is a mailbox to send from, at a port that the system chooses.
    ///   - onRejected: told of every datagram that was no message, on the reading task; under
    ///     `respond` on the network's thread, which it must not hold up.
    /// - Throws: ``ParleyError/socket(_:)`` with operation, address and remedy;
    ///   ``ParleyError/unusable(_:_:)`` for an endpoint of connections.
    public init(
        receiving inboundCoder: Inbound.Coder,
        sending outboundCoder: Outbound.Coder,
        at endpoint: Endpoint,
        onRejected: (@Sendable (RejectedDatagram) -> Void)? = nil
    ) async throws(ParleyError) {
        let network = NetworkEnvironment.current
        let endpoint = try network.settle(endpoint)
        guard !endpoint.transport.isConnectionOriented else { throw .unusable(endpoint, .streamForMailbox) }
        try endpoint.mustObey(.mailbox)
        do {
            port = try await network.open(endpoint, until: .distantFuture)
        } catch {
            throw ParleyError(error)
        }
        self.network = network
        self.endpoint = endpoint
        self.inboundCoder = inboundCoder
        self.outboundCoder = outboundCoder
        let counters = Counters()
        self.counters = counters
        intake = DatagramIntake(
            sizeMaximum: inboundCoder.sizeMaximum,
            of: port,
            numbering: inboundCoder.numbering,
            counters: counters,
            onRejected: onRejected
        )
        desk = ReadingDesk(.datagrams(intake, port), on: network, counters)
    }

    deinit {
        port.close()
    }

    /// Where the mailbox is: the bound address with the port that the system chose.
    public var localAddress: SocketAddress { port.localAddress }

    /// How fast letters leave, at most, of all tasks that send and ask here, in the order of their calls; nil, as at
    /// first, for no limit. A new rate begins with a full burst. A call with a rate of its own obeys that one alone.
    /// A `respond` that is called while there is a rate obeys it. Repeated questions leave at their time, and what they
    /// take is missing for what follows, at most 250 ms of the rate.
    public var sendRate: SendRate? {
        get { pacing.rate }
        set { pacing.rate = newValue }
    }

    /// What it has done so far.
    public var statistics: Statistics { counters.statistics(of: port) }

    /// How much has come and was not received yet, in bytes of the system's memory (its records included), nil
    /// where the system does not tell: it does for UDP.
    public var queuedBytes: Int? { port.queuedBytes }

    /// Ends reading: what has come is still handed out (a flood's share of it: 64 bursts), then the reader's
    /// loop ends. Sending goes on, so letters can still be answered.
    public func finishReceiving() {
        closing.begin()
        port.finishReceiving()
    }

    /// Closes the mailbox. A reader's loop ends; later calls throw ``ParleyError/closed``.
    public func close() {
        port.close()
        pacing.close()
    }
}

extension Mailbox {
    /// Opens a mailbox that receives one type of message and sends another.
    public convenience init(
        receiving inbound: Inbound.Type,
        sending outbound: Outbound.Type,
        at endpoint: Endpoint,
        onRejected: (@Sendable (RejectedDatagram) -> Void)? = nil
    ) async throws(ParleyError) where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
        try await self.init(
            receiving: Inbound.Coder(),
            sending: Outbound.Coder(),
            at: endpoint,
            onRejected: onRejected
        )
    }

    /// Opens a mailbox for one type of message, both ways.
    public convenience init(
        _ message: Inbound.Type,
        at endpoint: Endpoint,
        onRejected: (@Sendable (RejectedDatagram) -> Void)? = nil
    ) async throws(ParleyError) where Inbound == Outbound, Inbound.Coder: PlainMessageCoder {
        try await self.init(receiving: message, sending: message, at: endpoint, onRejected: onRejected)
    }

    /// Opens a mailbox with one coder for both ways.
    public convenience init(
        coder: Inbound.Coder,
        at endpoint: Endpoint,
        onRejected: (@Sendable (RejectedDatagram) -> Void)? = nil
    ) async throws(ParleyError) where Inbound == Outbound {
        try await self.init(receiving: coder, sending: coder, at: endpoint, onRejected: onRejected)
    }
}
