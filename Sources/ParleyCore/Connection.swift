public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// Two ends that exchange messages; over a stream they arrive in order, each once, with their borders.
///
///     let time = try await Connection(to: .tcp("server.example", 8086), receiving: Line<Int64>.self)
///     let stamp = try await time.next()?.value
///
/// Over `udp` and `unixgram` a connection is a conversation with one peer: datagrams of others do not arrive,
/// and a refused port is an error instead of silence. Over `seqpacket` messages need no framing: each is one
/// packet, taken whole.
///
/// Many tasks may send and ask at once; one reads at a time. Cancelling a task ends its call and leaves the
/// connection as it was: a message is sent whole or not at all. ``close()``, the end of `withConnection` or the
/// last reference's going closes it.
public final class Connection<Inbound: Message, Outbound: Message>: Sendable {
    @usableFromInline let port: any Port
    @usableFromInline let network: any Network
    @usableFromInline let inboundCoder: Inbound.Coder
    @usableFromInline let outboundCoder: Outbound.Coder
    @usableFromInline let desk: ReadingDesk<Inbound>
    let numbering = Numbering()
    @usableFromInline let intake: Intake<Inbound>
    @usableFromInline let outboundFraming: Framing?
    @usableFromInline let counters: Counters
    @usableFromInline let burstPool = BurstPool()
    @usableFromInline let pacing = Pacing()
    let patience: Patience?
    /// What it holds of its listener's budget, where one serves it.
    let share: MemoryShare?

    init(
        port: PeerPort,
        network: any Network,
        inboundCoder: Inbound.Coder,
        outboundCoder: Outbound.Coder,
        framing: Framing?,
        limits: ConnectionLimits = .none,
        share: MemoryShare? = nil
    ) {
        self.share = share
        patience = Patience(limits, since: limits == .none ? .distantFuture : network.now)
        self.port = port.port
        self.network = network
        self.inboundCoder = inboundCoder
        self.outboundCoder = outboundCoder
        let counters = Counters()
        self.counters = counters
        switch port {
        case .stream(let port):
            outboundFraming = framing ?? outboundCoder.framing
            intake = .stream(StreamIntake(framing: framing ?? inboundCoder.framing, share: share), port)
        case .messages(let port) where port.isConnection:
            outboundFraming = nil
            let intake = PacketIntake(sizeMaximum: inboundCoder.sizeMaximum, of: port, share: share)
            self.intake = .packets(intake, port)
        case .messages(let port):
            outboundFraming = nil
            let intake = DatagramIntake<Inbound>(
                sizeMaximum: inboundCoder.sizeMaximum,
                of: port,
                numbering: inboundCoder.numbering,
                counters: counters,
                onRejected: nil
            )
            self.intake = .datagrams(intake, port)
        }
        desk = ReadingDesk(intake, on: network, counters)
    }

    deinit {
        port.close()
    }

    /// Opens a connection with coders of one's own.
    ///
    /// Every address of the name is tried, IPv6 and IPv4 in a race (RFC 8305).
    ///
    /// - Parameters:
    ///   - framing: how borders are found on a stream, both ways; nil takes each coder's own.
    ///   - timeout: how long name resolution and connecting may take together; nil leaves it to the system.
    /// - Throws: ``ParleyError/socket(_:)``, ``ParleyError/timedOut(_:_:)``, ``ParleyError/cancelled``,
    ///   ``ParleyError/unusable(_:_:)`` without a host and for port 0, which reach nobody; ``ParleyError/endpoint(_:)``
    ///   for an option that means nothing to a connection, such as `backlog`.
    public convenience init(
        to endpoint: Endpoint,
        receiving inboundCoder: Inbound.Coder,
        sending outboundCoder: Outbound.Coder,
        framing: Framing? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        let network = NetworkEnvironment.current
        if let misuse = endpoint.reachesNobody { throw .unusable(endpoint, misuse) }
        try endpoint.mustObey(.connection)
        let port: PeerPort
        do throws(SocketError) {
            port = try await network.connect(to: endpoint, until: network.deadline(after: timeout))
        } catch {
            // Until the name has an address, an error has none either.
            let isNamed = if case .name? = endpoint.host { error.remote == nil } else { false }
            throw ParleyError(error, timeout: timeout, for: isNamed ? .name : .connection)
        }
        self.init(
            port: port,
            network: network,
            inboundCoder: inboundCoder,
            outboundCoder: outboundCoder,
            framing: framing
        )
    }

    /// Our end.
    public var localAddress: SocketAddress { port.localAddress }
    /// The other end.
    public var peer: SocketAddress { port.remoteAddress ?? .unix(.unnamed) }
    /// Who the process at the other end is, as the kernel vouches for it: over `unix` and `seqpacket`. Nil for every
    /// other transport.
    public var peerCredentials: PeerCredentials? { port.peerCredentials }
    /// How fast messages leave, at most, of all tasks that send and ask here, in the order of their calls; nil, as at
    /// first, for no limit. A new rate begins with a full burst. A call with a rate of its own obeys that one alone,
    /// and answers of `respond` are not held back. Repeated questions leave at their time, and what they take is
    /// missing for what follows, at most 250 ms of the rate.
    public var sendRate: SendRate? {
        get { pacing.rate }
        set { pacing.rate = newValue }
    }

    /// What the connection has done so far.
    public var statistics: Statistics { counters.statistics(of: port) }

    /// Says that nothing more will be sent; the peer sees the end of the stream and may go on sending
    /// (half-close).
    public func finishSending() throws(ParleyError) {
        do throws(SocketError) { try port.finishSending() } catch { throw ParleyError(error) }
    }

    /// Waits until the system has taken over everything that was sent. Its arrival is another matter.
    ///
    /// - Throws: ``ParleyError/timedOut(_:_:)``, ``ParleyError/slowReader(_:)`` where ``limits`` say so, and what
    ///   sending throws.
    public func flush(timeout: Duration? = nil) async throws(ParleyError) {
        try await whileRoomMayCome(timeout: timeout, for: .flush) { (deadline) async throws(SocketError) in
            try await port.flush(until: deadline)
            return true
        }
    }

    /// Closes the connection. A reader's loop ends. What was sent before still leaves as long as the process
    /// lives, for a minute at most: a program that is about to exit calls ``flush(timeout:)`` first.
    public func close() {
        port.close()
        pacing.close()
    }

    /// Closes the connection at once and throws away what the peer has not taken; over TCP it sees a reset.
    public func abort() {
        port.abort()
        pacing.close()
    }
}

extension Connection {
    /// Connects to send one type of message and receive another.
    public convenience init(
        to endpoint: Endpoint,
        receiving inbound: Inbound.Type,
        sending outbound: Outbound.Type,
        framing: Framing? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
        try await self.init(
            to: endpoint,
            receiving: Inbound.Coder(),
            sending: Outbound.Coder(),
            framing: framing,
            timeout: timeout
        )
    }

    /// Connects for one type of message, both ways.
    public convenience init(
        _ message: Inbound.Type,
        to endpoint: Endpoint,
        framing: Framing? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) where Inbound == Outbound, Inbound.Coder: PlainMessageCoder {
        try await self.init(
            to: endpoint,
            receiving: message,
            sending: message,
            framing: framing,
            timeout: timeout
        )
    }

    /// Connects to receive one type of message, and to send the same if anything.
    public convenience init(
        to endpoint: Endpoint,
        receiving message: Inbound.Type,
        framing: Framing? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) where Inbound == Outbound, Inbound.Coder: PlainMessageCoder {
        try await self.init(
            to: endpoint,
            receiving: message,
            sending: message,
            framing: framing,
            timeout: timeout
        )
    }
}
