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
        connection.sendRate = rate
        let began = NetworkEnvironment.now
        console.note("sending to \(Console.url(endpoint.transport, connection.peer))", at: 1)
        var source = source
        let fixed = source.fixed
        // Values of the arguments go out once, unless a count or a pace says more.
        let isOnce = fixed != nil && every == nil && rate == nil
        var turns = Turns(every: every, countMax: count ?? (isOnce ? 1 : nil))
        var refusals = 0
        var told: [String: String] = [:]
        do {
            while try await turns.next() {
                guard let parcel = fixed != nil ? fixed : try await source.next() else { break }
                do throws(ParleyError) {
                    try await send(parcel, on: connection)
                } catch {
                    guard every != nil || rate != nil, isRefusal(error) else { throw error }
                    refusals += 1
                    let message = Ending(error).message ?? ""
                    // The cause is looked for once: what is repeated shall be the same, word by word.
                    if told[message] == nil { told[message] = await Ending(error).diagnosed().sentence }
                    console.remark(told[message] ?? message)
                }
            }
        } catch let error as ParleyError where error == .cancelled && Stop.shared.reason != nil {
        }
        let time = began.duration(to: NetworkEnvironment.now)
        if endpoint.transport.isConnectionOriented { try await leave(connection) }
        let sent = connection.statistics.sent
        let isInterrupted = Stop.shared.reason != nil
        console.tellRepetitions()
        let pace = rate == nil ? "" : reached(sent, in: time)
        let isAsked = isInterrupted || rate != nil
        console.note("sent " + plural(sent, "message") + pace + console.droppedWords, at: isAsked ? 0 : 1)
        if refusals > 0, refusals >= sent { throw Ending.silent(.unreachable) }
    }

    /// ` in 3.0s, 1000/s`: what became of a rate.
    private func reached(_ sent: Int, in time: Duration) -> String {
        let seconds = time / .seconds(1)
        let rate = sent > 1 && seconds > 0 ? ", \(Progress.rate(Double(sent - 1) / seconds))" : ""
        return " in \(time.rounded)\(rate)"
    }

    /// A datagram that nobody takes is reported by the host at once or later: an answer that is there already
    /// is looked at.
    private func send(_ parcel: Parcel, on connection: Connection<Parcel, Parcel>) async throws(ParleyError) {
        if rate == nil {
            try await connection.send(parcel, timeout: timeout)
        } else {
            // Its time at the rate is no time that the other side takes.
            try await connection.send(contentsOf: CollectionOfOne(parcel), timeout: timeout)
        }
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

/// When the next message may leave, and how many there are.
struct Turns {
    let every: Duration?
    let countMax: Int?
    private var number = 0

    init(every: Duration?, countMax: Int?) {
        self.every = every
        self.countMax = countMax
    }

    /// Waits for the next message's turn; false when there is no more.
    mutating func next() async throws -> Bool {
        if let countMax, number >= countMax { return false }
        if Stop.shared.reason != nil { return false }
        if number > 0, let every { try await NetworkEnvironment.sleep(for: every) }
        number += 1
        return true
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
