import ParleyCore
import ParleyKernel
import ParleyText
import ParleyTypes
import ParleyWire

/// Sends what is given and prints what is answered.
struct Caller: Sendable {
    let endpoint: Endpoint
    let form: Form
    /// What the answers are.
    let answers: Form
    /// Of both directions, nil where each layout decides.
    let framing: Framing?
    let timeout: Duration?
    /// Nil where answers are printed as they come, whosever they are.
    let asking: Asking?
    /// How fast questions leave.
    let rate: SharedRate?
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
                receiving: ParcelCoder(form: answers, numbering: asking?.plan?.answer.numbering),
                sending: ParcelCoder(form: form.forSending, numbering: asking?.plan?.question.numbering),
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
        if let asking {
            let caller = ParallelCaller(
                asking: asking,
                rate: rate,
                endpoint: endpoint,
                framing: framing ?? answers.framing,
                timeout: timeout ?? Self.answerTimeout,
                tally: tally,
                console: console
            )
            return try await caller.run(source, on: connection)
        }
        if endpoint.transport.isConnectionOriented {
            try await converse(connection, source)
        } else {
            defer { tally.note(lostAtLeast: connection.statistics.lostAtLeast, .end) }
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
        let farewell = Farewell()
        let failure = await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await send(source, on: connection, farewell) }
            var failure: Ending?
            do {
                try await listen(connection)
                if !tally.isEnough { await farewell.wait(for: source) }
            } catch {
                failure = Ending(error)
            }
            group.cancelAll()
            for await ending in group {
                guard let ending else { continue }
                if ending.error?.code == .brokenPipe || ending == .untaken {
                    failure = judge(ending, beside: failure)
                } else {
                    // What could not be sent explains more than an answer that did not come.
                    failure = ending
                }
            }
            return failure
        }
        // One that was cut by the signal is usual where others came whole.
        if case .signal? = Stop.shared.reason, tally.messages == 0, let rest = unfinished(of: connection) {
            console.remark(rest)
        }
        if let failure { throw failure.askingForBorders(endpoint) }
    }

    /// Sends all messages and closes our half; why that failed, if it did.
    private func send(
        _ source: MessageSource,
        on connection: Connection<Parcel, Parcel>,
        _ farewell: Farewell
    ) async -> Ending? {
        defer { farewell.senderIsDone() }
        var source = source
        do {
            var isFlowing = false
            while let parcel = try await source.next() {
                try await rate?.take(bytes: connection.frameBytes(parcel))
                try await connection.send(parcel)
                isFlowing = farewell.hasPeerClosed
            }
            if Task.isCancelled {
                if isFlowing { return .untaken }
                if farewell.hasPeerClosed, tally.messages == 0, Stop.shared.reason == nil {
                    console.remark("the peer closed the connection unanswered, before the input ended")
                }
                return nil
            }
            // Here the kernel tells of a peer that closed and took nothing.
            try connection.finishSending()
            return nil
        } catch {
            switch error as? ParleyError {
            case .cancelled?: return farewell.hasPeerClosed ? .untaken : nil
            case .closed?: return nil
            // Enough answers end the conversation, however the peer leaves it.
            case .socket(let error)? where ExitStatus(error) == .unreachable && tally.isEnough: return nil
            default:
                await giveUp(connection)
                return Ending(error)
            }
        }
    }

    /// Nothing more is sent, because something could not be: what was asked before may be answered for a moment yet.
    private func giveUp(_ connection: Connection<Parcel, Parcel>) async {
        if connection.statistics.sent > 0 {
            try? connection.finishSending()
            try? await NetworkEnvironment.sleep(for: .seconds(1))
        }
        connection.close()
    }

    /// What a peer that closed while there was more to send means: it may have needed nothing more, and then its
    /// answers are what counts.
    private func judge(_ untaken: Ending, beside failure: Ending?) -> Ending? {
        if let failure { return failure }
        guard tally.messages > 0 else { return untaken }
        console.remark(
            "the peer closed while there was more to send: how much of it the peer took is not known"
        )
        return nil
    }

    private func listen(_ connection: Connection<Parcel, Parcel>) async throws {
        let client = tally.newClient()
        while let parcel = try await answer(
            unfinished: { unfinished(of: connection) },
            {
                try await connection.next(timeout: timeout)
            }
        ) {
            guard try tally.take(parcel, from: connection.peer, by: client) else { return }
        }
        if let count = tally.countMax, tally.messages < count {
            let came =
                tally.messages == 0
                ? "before it answered" : "after \(tally.messages) of \(plural(count, "answer"))"
            throw Ending(
                .failed,
                "the peer closed the connection \(came)",
                remedy: tally.messages == 0 && endpoint.transport.isStream ? Ending.borders : nil
            )
        }
    }

    /// The next answer; nil when enough have come before the time was up.
    ///
    /// - Parameter unfinished: what has come of one whose end has not.
    private func answer<Answer>(
        unfinished: () -> String? = { nil },
        _ next: () async throws -> Answer?
    ) async throws -> Answer? {
        do {
            return try await next()
        } catch let error as ParleyError {
            guard case .timedOut(let limit, .message) = error else { throw error }
            guard tally.messages > 0 else {
                var ending = Ending(
                    .nothingCame,
                    "no answer within \(limit.spelled)",
                    remedy: unfinished()
                )
                ending.error = SocketError(silenceOf: endpoint, .receive)
                throw ending
            }
            guard let count = tally.countMax else {
                if let rest = unfinished() { console.remark(rest) }
                throw Ending.silent(.done)
            }
            throw Ending(
                .nothingCame,
                "only \(tally.messages) of \(plural(count, "answer")) came, then none within \(limit.spelled)",
                remedy: unfinished()
            )
        }
    }

    /// What has come of an answer whose end has not: the two sides may not agree on where that is.
    private func unfinished(of connection: Connection<Parcel, Parcel>) -> String? {
        Self.unfinished(connection.unfinished, framing ?? answers.framing)
    }

    static func unfinished(_ rest: (bytes: Int, beginning: [UInt8])?, _ framing: Framing) -> String? {
        guard let rest else { return nil }
        let end =
            framing.terminator.map { "no terminator (\(Hex.text($0, separator: " ")))" }
            ?? "no end of a message"
        return
            "\(plural(rest.bytes, "byte")) came, and \(end) among them: do both sides agree on the framing? They begin "
            + "with \(Hex.text(rest.beginning, separator: " "))"
    }

    // MARK: Datagrams

    private func askMany(_ source: MessageSource) async throws {
        var place = endpoint
        place.host = .any
        place.port = 0
        place.options.allowsBroadcast = endpoint.isBroadcast ? true : nil
        let mailbox = try await Mailbox<Parcel, Parcel>(
            receiving: ParcelCoder(form: answers),
            sending: ParcelCoder(form: form.forSending),
            at: place
        )
        defer {
            tally.note(lostAtLeast: mailbox.statistics.lostAtLeast, .end)
            mailbox.close()
        }
        let group = try await mailbox.resolve(endpoint)
        try await ask(source, isMany: true, by: { try await mailbox.send($0, to: group) }) {
            try await mailbox.next(timeout: $0).map { ($0.message, $0.sender) }
        }
    }

    /// One message, one answer; of many, all that answer in time.
    ///
    /// Nothing that comes says which question it answers. So nothing is left out, and what may belong to another
    /// question than the last one is printed with a remark that names those.
    private func ask(
        _ source: MessageSource,
        isMany: Bool = false,
        by send: (Parcel) async throws -> Void,
        _ next: (Duration) async throws -> (Parcel, SocketAddress)?
    ) async throws {
        let limit = timeout ?? Self.answerTimeout
        var source = source
        var questions = Questions(limit: limit, isOne: source.isRepeatable, isMany: isMany)
        while true {
            var question = try await source.next()
            if question == nil, questions.count == 0, Stop.shared.reason == nil {
                // Services such as time (RFC 868) are asked by an empty datagram.
                question = Parcel(bytes: [])
            }
            guard let question else { break }
            try await rate?.take(bytes: question.bytes.count)
            guard try await takeEarlier(&questions, next) else { return }
            try await send(question)
            questions.ask(question)
            var isAnswered = false
            do {
                while let (parcel, peer) = try await next(limit) {
                    isAnswered = true
                    guard try take(parcel, from: peer, &questions) else { return }
                    // More answers than questions are wanted: they are waited for after the last question.
                    if !isMany { break }
                }
            } catch let error as ParleyError {
                guard case .timedOut(_, .message) = error else { throw error }
                if let remark = questions.end(isAnswered: isAnswered) { console.complain(remark) }
            }
        }
        if questions.count > 1 {
            guard try await takeEarlier(&questions, next) else { return }
        }
        while tally.countMax != nil, let (parcel, peer) = try await answer({ try await next(limit) }) {
            guard try take(parcel, from: peer, &questions) else { return }
        }
        if questions.failures > 0 {
            if let cause = SocketError(silenceOf: endpoint, .receive)?.examined() {
                console.complain("\(cause)")
            }
            throw Ending.silent(.nothingCame)
        }
    }

    private static let earlierMax = 1024

    /// Takes what has come while no question was waiting; false when no more is wanted.
    private func takeEarlier(
        _ questions: inout Questions,
        _ next: (Duration) async throws -> (Parcel, SocketAddress)?
    ) async throws -> Bool {
        guard questions.count > 0 else { return true }
        do {
            // A flood must not keep a question from being asked.
            for _ in 0..<Self.earlierMax {
                guard let (parcel, peer) = try await next(.zero) else { break }
                guard try take(parcel, from: peer, &questions, isAsked: false) else { return false }
            }
        } catch let error as ParleyError {
            guard case .timedOut(_, .message) = error else { throw error }
        }
        return true
    }

    /// Prints an answer, and says which questions it may belong to where that is not clear.
    private func take(
        _ parcel: Parcel,
        from peer: SocketAddress,
        _ questions: inout Questions,
        isAsked: Bool = true
    ) throws -> Bool {
        let doubt = questions.doubt(isAsked: isAsked)
        if let remark = doubt?.remark {
            console.remark("\(SafeText.line("\(peer)")): \(remark)", isAboutNext: true)
        }
        return try tally.take(parcel, from: peer, mayAnswer: doubt?.questions)
    }
}
