import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire

/// Sends messages to one place, at a pace, and says when nobody was there to take them.
struct Sender: Sendable {
    let endpoint: Endpoint
    let form: Form
    let framing: Framing?
    let timeout: Duration?
    let every: Duration?
    let rate: SendRate?
    let count: Int?
    let console: Console

    /// How long to wait for a connection's peer to have read and closed: usually it does at once.
    private static let farewell = Duration.seconds(1)

    func run(_ source: MessageSource) async throws {
        let coder = ParcelCoder(form: form)
        let connection: Connection<Parcel, Parcel>
        do throws(ParleyError) {
            connection = try await Connection(
                to: endpoint,
                receiving: coder,
                sending: coder,
                framing: framing,
                timeout: timeout
            )
        } catch {
            throw Ending(connecting: error, to: endpoint)
        }
        defer { connection.close() }
        console.note("sending to \(Console.url(endpoint.transport, connection.peer))", at: 1)
        var source = source
        // Values of the arguments go out once, unless a count or a pace says more.
        let isOnce = source.isRepeatable && every == nil && rate == nil
        var turns = Turns(every: every, countMax: count ?? (isOnce ? 1 : nil))
        let sharedRate = rate.map { SharedRate($0) }
        let progress = Progress(console: console, total: nil, beside: .nothing)
        var throughput = Throughput()
        var refusals = Refusals(console)
        // What the first message takes of a rate of bits is not known before it is made.
        var frameBytes = 1
        do {
            while try await turns.next() {
                var parcel: Parcel?
                if !source.isRepeatable {
                    guard let next = try await source.next() else { break }
                    parcel = next
                    frameBytes = connection.frameBytes(next)
                }
                try await sharedRate?.take(bytes: frameBytes)
                // Its time is that of its turn.
                guard let parcel = try parcel ?? source.repeated() else { break }
                frameBytes = connection.frameBytes(parcel)
                do throws(ParleyError) {
                    try await send(parcel, on: connection, &throughput)
                } catch {
                    guard every != nil || rate != nil, isRefusal(error) else { throw error }
                    progress.erase()
                    await refusals.note(error)
                }
                progress.update(throughput, of: count)
            }
        } catch let error as ParleyError where error == .cancelled && Stop.shared.reason != nil {
        }
        progress.erase()
        if endpoint.transport.isConnectionOriented { try await leave(connection) }
        try summarize(connection.statistics, throughput, refusals)
    }

    private func summarize(_ statistics: Statistics, _ throughput: Throughput, _ refusals: Refusals)
        throws(Ending)
    {
        console.tellRepetitions()
        let sent = statistics.sent
        let isAsked = Stop.shared.reason != nil || rate != nil
        var text = "sent " + plural(sent, "message")
        if throughput.messages > 1 { text += " in \(throughput.duration.rounded)" }
        text += throughput.ending
        if refusals.count > 0 { text += ", \(refusals.count) refused" }
        text += console.droppedWords
        let members: [JSONValue.Member] =
            [.init("note", .string(text)), .init("messages", .integer(sent))] + throughput.json
            + [.init("refused", .integer(refusals.count))]
        if console.verbosity >= (isAsked ? 0 : 1) {
            if console.isJSON {
                console.report(JSONLine(schema: "parley.note/1", members), text)
            } else {
                console.note(text)
            }
        }
        if refusals.count > 0, refusals.count >= sent { throw Ending.silent(.unreachable) }
    }

    /// A datagram that nobody takes is reported by the host at once or later: an answer that is there already
    /// is looked at.
    private func send(
        _ parcel: Parcel,
        on connection: Connection<Parcel, Parcel>,
        _ throughput: inout Throughput
    ) async throws(ParleyError) {
        try await connection.send(parcel, timeout: timeout)
        throughput.note(bytes: parcel.bytes.count, at: NetworkEnvironment.now)
        guard !endpoint.transport.isConnectionOriented else { return }
        do throws(ParleyError) {
            _ = try await connection.next(timeout: .zero)
        } catch {
            if case .timedOut = error { return }
            guard case .socket(var refusal) = error else { throw error }
            // It was the sending that failed; only the news of it is received.
            refusal.operation = .send
            throw .socket(refusal)
        }
    }

    private func isRefusal(_ error: ParleyError) -> Bool {
        guard case .socket(let error) = error else { return false }
        return !endpoint.transport.isConnectionOriented && ExitStatus(error) == .unreachable
    }

    /// Flushes, closes our half, and waits a moment for the peer to have read it all.
    private func leave(_ connection: Connection<Parcel, Parcel>) async throws(ParleyError) {
        try await connection.flush(timeout: timeout)
        do throws(ParleyError) {
            try connection.finishSending()
            while try await connection.next(timeout: Self.farewell) != nil {}
        } catch {
            switch error {
            case .timedOut, .cancelled: return
            // The peer had sent something that no message is: what we sent is under way all the same.
            case .framing, .wire: return
            case .socket(let error) where error.code == .notConnected: return
            default: throw error
            }
        }
    }
}

extension Ending {
    /// Connecting that was not answered in time is a peer that cannot be reached.
    init(connecting error: ParleyError, to endpoint: Endpoint) {
        guard case .timedOut(let limit, .connection) = error else {
            self.init(error)
            return
        }
        self.init(
            .unreachable,
            "connect \(endpoint): no answer within \(limit.spelled)",
            remedy: "The host is down, or a firewall on the way drops the packets."
        )
        self.error = SocketError(silenceOf: endpoint, .connect)
    }
}
