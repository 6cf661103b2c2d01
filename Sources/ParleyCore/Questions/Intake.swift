public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// What has come and was not handed out, and the port that more comes from.
@usableFromInline
enum Intake<Inbound: Message>: Sendable {
    case stream(StreamIntake, any StreamPort)
    case packets(PacketIntake, any MessagePort)
    case datagrams(DatagramIntake<Inbound>, any MessagePort)

    /// The port, where messages keep their borders on it.
    @usableFromInline
    var messagePort: (any MessagePort)? {
        switch self {
        case .stream: nil
        case .packets(_, let port), .datagrams(_, let port): port
        }
    }

    /// The next message that has come already, or nil when more must be received. Never suspends.
    @inlinable
    func next(by coder: Inbound.Coder, _ counters: Counters) throws(ParleyError) -> Inbound? {
        let message: Inbound?
        switch self {
        case .stream(let intake, _): message = try intake.next(by: coder)
        case .packets(let intake, _): message = try intake.next(by: coder)
        // Counted when they came, as those of a mailbox are.
        case .datagrams(let intake, _): return intake.next(by: coder)?.message
        }
        if message != nil { counters.countReceived() }
        return message
    }

    /// As ``next(by:_:)``, on its envelope and not counted, without what was kept for the reader. The sender is told
    /// over datagrams alone.
    @inlinable
    func next(by coder: Inbound.Coder) throws(ParleyError) -> Letter<Inbound>? {
        let message: Inbound?
        switch self {
        case .stream(let intake, _): message = try intake.next(by: coder)
        case .packets(let intake, _): message = try intake.next(by: coder)
        case .datagrams(let intake, _): return intake.nextFresh(by: coder)
        }
        return message.map { Letter(message: $0, sender: .unix(.unnamed)) }
    }

    /// Passes over a message without a look at what it says.
    ///
    /// - Returns: false when more must be received.
    @usableFromInline
    func skip() throws(ParleyError) -> Bool {
        switch self {
        case .stream(let intake, _):
            do throws(FramingError) { return try intake.skip() } catch { throw .framing(error) }
        case .packets(let intake, let port):
            guard let isLast = intake.skip() else { return false }
            // What an answer has brought that nobody is handed is closed with it.
            if isLast { _ = port.descriptors?.takeDescriptors() }
            return true
        case .datagrams: return false
        }
    }

    /// Receives, and waits for it; false at the end.
    func fill(until deadline: MonotonicInstant) async throws(SocketError) -> Bool {
        switch self {
        case .stream(let intake, let port): try await intake.fill(from: port, until: deadline)
        case .packets(let intake, let port): try await intake.fill(from: port, until: deadline)
        case .datagrams(let intake, let port): try await intake.fill(from: port, until: deadline)
        }
    }

    /// Whether the end of each message can be seen.
    var hasBorders: Bool {
        guard case .stream(let intake, _) = self else { return true }
        return intake.framing.hasBorders
    }

    /// Whether messages are counted when they come.
    var isCounted: Bool {
        guard case .datagrams = self else { return false }
        return true
    }

    /// Closes the descriptors that came with the last message, which nobody is handed.
    func dropDescriptors() {
        if case .packets(_, let port) = self { _ = port.descriptors?.takeDescriptors() }
    }

    // MARK: Two intakes of one port

    /// Another one for the same port.
    func sibling() -> Intake {
        switch self {
        case .stream(let intake, let port): .stream(intake.sibling(), port)
        case .packets(let intake, let port): .packets(intake.sibling(), port)
        case .datagrams(let intake, let port): .datagrams(intake.sibling(), port)
        }
    }

    /// Takes over what another one has received, in place of its own, of which nothing whole is left.
    ///
    /// - Returns: whether that is anything.
    func takeOver(_ other: Intake) -> Bool {
        switch (self, other) {
        case (.stream(let own, _), .stream(let other, _)): own.takeOver(other)
        case (.packets(let own, _), .packets(let other, _)): own.takeOver(other)
        case (.datagrams(let own, _), .datagrams(let other, _)): own.takeOver(other)
        default: false
        }
    }

    /// Notes that all that lies here is its reader's from now on, and that others go on behind it.
    func markRest() {
        if case .stream(let intake, _) = self { intake.markRest() }
    }

    /// Goes on behind the whole messages that another one has received; nothing lies here. The other's reader may be
    /// taking them at this moment.
    func takeRest(of other: Intake) {
        if case .stream(let own, _) = self, case .stream(let other, _) = other { own.takeRest(of: other) }
    }
}
