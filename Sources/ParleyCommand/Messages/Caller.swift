import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire

/// Sends what is given and prints what is answered.
struct Caller: Sendable {
    let endpoint: Endpoint
    let form: Form
    let framing: Framing?
    let timeout: Duration?
    let tally: Tally
    let console: Console

    /// How long a datagram's answer is waited for unless the user says otherwise: the resolver's own
    /// patience.
    static let answerTimeout = Duration.seconds(5)

    func run(_ source: MessageSource) async throws {
        if endpoint.reachesMany { return try await askMany(source) }
        let connection: Connection<Parcel, Parcel>
        do throws(ParleyError) {
            connection = try await Connection(
                to: endpoint,
                receiving: ParcelCoder(form: form),
                sending: ParcelCoder(form: form.forSending),
                framing: framing,
                timeout: timeout
            )
        } catch {
            throw Ending(connecting: error, to: endpoint)
        }
        defer { connection.close() }
        console.note(
            "connected to \(Console.url(endpoint.transport, connection.peer))\(connection.introduction)",
            at: 1
        )
        if endpoint.transport.isConnectionOriented {
            try await converse(connection, source)
        } else {
            try await ask(
                source,
                by: { try await connection.send($0, timeout: timeout ?? Self.answerTimeout) }
            ) {
                try await connection.next(timeout: $0).map { ($0, connection.peer) }
            }
        }
    }

    // MARK: Connections

    private func converse(_ connection: Connection<Parcel, Parcel>, _ source: MessageSource) async throws {
        let failure = await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await send(source, on: connection) }
            var failure: Ending?
            do {
                try await listen(connection)
            } catch {
                failure = Ending(error)
            }
            group.cancelAll()
            // What could not be sent explains more than an answer that did not come.
            for await ending in group where ending != nil { failure = ending }
            return failure
        }
        if let failure { throw failure }
    }

    /// Sends all messages and closes our half; why that failed, if it did.
    private func send(_ source: MessageSource, on connection: Connection<Parcel, Parcel>) async -> Ending? {
        var source = source
        do {
            while let parcel = try await source.next() { try await connection.send(parcel) }
            if Task.isCancelled { return nil }
            try connection.finishSending()
            return nil
        } catch {
            switch error as? ParleyError {
            // The peer needed nothing (more) from us: its answers are what counts.
            case .cancelled?, .closed?: return nil
            case .socket(let error)? where ExitStatus(error) == .unreachable: return nil
            default: return Ending(error)
            }
        }
    }

    private func listen(_ connection: Connection<Parcel, Parcel>) async throws {
        while let parcel = try await answer({ try await connection.next(timeout: timeout) }) {
            guard try tally.take(parcel, from: connection.peer) else { return }
        }
        if let count = tally.countMax, tally.messages < count {
            let came =
                tally.messages == 0
                ? "before it answered" : "after \(tally.messages) of \(plural(count, "answer"))"
            throw Ending(.failed, "the peer closed the connection \(came)")
        }
    }

    /// The next answer; nil when enough have come before the time was up.
    private func answer<Answer>(_ next: () async throws -> Answer?) async throws -> Answer? {
        do {
            return try await next()
        } catch let error as ParleyError {
            guard case .timedOut(let limit) = error else { throw error }
            guard tally.messages > 0 else { throw Ending(.nothingCame, "no answer within \(limit.spelled)") }
            guard let count = tally.countMax else { throw Ending.silent(.done) }
            throw Ending(
                .nothingCame,
                "only \(tally.messages) of \(plural(count, "answer")) came, then none within \(limit.spelled)"
            )
        }
    }

    // MARK: Datagrams

    private func askMany(_ source: MessageSource) async throws {
        var place = endpoint
        place.host = .any
        place.port = 0
        place.options.allowsBroadcast = endpoint.isBroadcast ? true : nil
        let mailbox = try await Mailbox<Parcel, Parcel>(
            receiving: ParcelCoder(form: form),
            sending: ParcelCoder(form: form.forSending),
            at: place
        )
        defer { mailbox.close() }
        let group = try await mailbox.resolve(endpoint)
        try await ask(source, isMany: true, by: { try await mailbox.send($0, to: group) }) {
            try await mailbox.next(timeout: $0).map { ($0.message, $0.sender) }
        }
    }

    /// One message, one answer; of many, all that answer in time.
    private func ask(
        _ source: MessageSource,
        isMany: Bool = false,
        by send: (Parcel) async throws -> Void,
        _ next: (Duration) async throws -> (Parcel, SocketAddress)?
    ) async throws {
        let limit = timeout ?? Self.answerTimeout
        var source = source
        var asked = 0
        var unanswered = 0
        while true {
            var question = try await source.next()
            if question == nil, asked == 0, Stop.shared.reason == nil {
                // Services such as time (RFC 868) are asked by an empty datagram.
                question = Parcel(bytes: [])
            }
            guard let question else { break }
            asked += 1
            // A late answer is no answer to the next question.
            while unanswered > 0, !isMany, let late = try? await next(.zero) {
                console.remark("left out an answer of \(late.1) that came too late")
            }
            try await send(question)
            var isAnswered = false
            do {
                while let (parcel, peer) = try await next(limit) {
                    isAnswered = true
                    guard try tally.take(parcel, from: peer) else { return }
                    // More answers than questions are wanted: they are waited for after the last question.
                    if !isMany { break }
                }
            } catch let error as ParleyError {
                guard case .timedOut = error else { throw error }
                if !isAnswered {
                    unanswered += 1
                    console.remark("no answer within \(limit.spelled)")
                }
            }
        }
        while tally.countMax != nil, let (parcel, peer) = try await answer({ try await next(limit) }) {
            guard try tally.take(parcel, from: peer) else { return }
        }
        if unanswered > 0 { throw Ending.silent(.nothingCame) }
    }
}
