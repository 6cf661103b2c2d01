import ParleyCore
import ParleyKernel
import ParleyTypes
import ParleyWire

/// Asks so that each question gets its own answer, many at once: `call --parallel`, `--match`, `--number`.
///
/// One task sends, so that questions leave in the order of the input; each that was sent has a task that waits for its
/// answer; one more takes what is nobody's answer, and sees the peer close while no question is open.
struct ParallelCaller: Sendable {
    let asking: Asking
    let rate: SharedRate?
    let endpoint: Endpoint
    /// Of the answers.
    let framing: Framing
    let timeout: Duration
    let tally: Tally
    let console: Console

    private enum Part: Sendable {
        case asked
        /// The peer sends nothing more.
        case heardAll
        case failed
    }

    func run(_ source: MessageSource, on connection: Connection<Parcel, Parcel>) async throws {
        let outcomes = Outcomes(
            tally,
            of: connection.peer,
            match: asking.match,
            isInOrder: asking.match == nil && asking.plan == nil,
            limit: timeout,
            isOne: source.isRepeatable && (asking.plan == nil || tally.countMax ?? 1 == 1),
            isStream: endpoint.transport.isStream
        )
        defer { summarize(outcomes, connection.statistics) }
        let farewell = Farewell()
        await withTaskGroup(of: Part.self) { group in
            group.addTask {
                await ask(source, on: connection, outcomes)
                farewell.senderIsDone()
                return .asked
            }
            group.addTask { await listen(connection, outcomes) }
            if await group.next() == .heardAll { await farewell.wait(for: source) }
            group.cancelAll()
            await group.waitForAll()
        }
        try judge(outcomes, connection)
    }

    // MARK: The parts

    /// Sends the questions one after another, and waits for what becomes of them. Our half of a connection stays open
    /// until then: many servers answer nothing more once it is closed.
    private func ask(
        _ source: MessageSource,
        on connection: Connection<Parcel, Parcel>,
        _ outcomes: Outcomes
    ) async {
        let matching = asking.match?.matching
        await withTaskGroup(of: Void.self) { group in
            do {
                var source = source
                var number = 0
                var running = 0
                while !outcomes.isOver {
                    guard running < asking.parallel else {
                        await group.next()
                        running -= 1
                        continue
                    }
                    guard let question = try await next(of: &source, after: number) else { break }
                    try await rate?.take(bytes: connection.frameBytes(question))
                    // The input, or its time, may have been waited for.
                    guard !outcomes.isOver, !Task.isCancelled else { break }
                    number += 1
                    try check(question, number)
                    outcomes.begin(question)
                    if let plan = asking.plan {
                        running += 1
                        group.addTask { [number] in
                            do throws(ParleyError) {
                                let answer = try await connection.request(question, retrying: plan.retrying)
                                outcomes.end(number, question, answer)
                            } catch {
                                outcomes.end(number, question, .failure(error))
                            }
                        }
                        continue
                    }
                    let posed = try await connection.pose(question, matching: matching, timeout: timeout)
                    running += 1
                    group.addTask { [number] in
                        do throws(ParleyError) {
                            outcomes.end(number, question, .success(try await connection.answer(to: posed)))
                        } catch {
                            outcomes.end(number, question, .failure(error))
                        }
                    }
                }
                if !Task.isCancelled, !outcomes.isOver { outcomes.noteEndOfInput() }
            } catch ParleyError.cancelled {
            } catch {
                outcomes.fail(error)
            }
            await group.waitForAll()
        }
    }

    /// The next question; what arguments say is asked as often as answers are wanted, where numbers tell these apart.
    private func next(of source: inout MessageSource, after asked: Int) async throws(Ending) -> Parcel? {
        guard asking.plan != nil, source.isRepeatable, let count = tally.countMax else {
            return try await source.next()
        }
        return asked < count ? try source.repeated() : nil
    }

    private func check(_ question: Parcel, _ number: Int) throws(Ending) {
        guard let path = asking.match?.question, path.value(in: question) == nil else { return }
        throw Ending(
            .doesNotFit,
            "\(Questions.name(number, Questions.text(of: question))) has no \(path.text), which --match names"
        )
    }

    /// Takes what is nobody's answer.
    private func listen(_ connection: Connection<Parcel, Parcel>, _ outcomes: Outcomes) async -> Part {
        while true {
            do throws(ParleyError) {
                while let message = try await connection.next() { outcomes.takeUnasked(message) }
                return .heardAll
            } catch .ended {
                return .heardAll
            } catch .cancelled {
                return .failed
            } catch {
                // A question that is repeated outlasts it.
                if asking.plan != nil, error.isPassing { continue }
                outcomes.fail(error)
                return .failed
            }
        }
    }

    // MARK: The end

    private func judge(_ outcomes: Outcomes, _ connection: Connection<Parcel, Parcel>) throws(Ending) {
        // Who has said stop has said why.
        if Stop.shared.reason != nil || tally.isEnough { return }
        if let cutOff = outcomes.cutOff { throw cutOff }
        if outcomes.unanswered > 0 {
            if let rest = Caller.unfinished(connection.unfinished, framing) { console.complain(rest) }
            if let cause = SocketError(silenceOf: endpoint, .receive)?.examined() {
                console.complain("\(cause)")
            }
            throw Ending.silent(.nothingCame)
        }
        let isInputOver = outcomes.isInputOver
        guard let count = tally.countMax else {
            if !isInputOver {
                console.remark("the peer closed the connection before the input ended")
            } else if outcomes.counts.questions == 0 {
                console.remark("no question was asked: the input is empty")
            }
            return
        }
        let came = "\(tally.messages) of \(plural(count, "answer"))"
        guard isInputOver else { throw Ending(.failed, "the peer closed the connection after \(came)") }
        throw Ending(.nothingCame, "only \(came) came: the input had no more questions")
    }

    private func summarize(_ outcomes: Outcomes, _ statistics: Statistics) {
        var counts = outcomes.counts
        counts.discarded = statistics.discarded
        counts.doubled = statistics.doubled
        counts.repeated = statistics.repeated
        counts.isNumbered = asking.plan != nil
        tally.note(lostAtLeast: statistics.lostAtLeast, .end)
        guard counts.questions > 0 else { return }
        console.tellRepetitions()
        let isInterrupted = if case .signal? = Stop.shared.reason { true } else { false }
        let level = counts.isRemarkable || asking.plan != nil || isInterrupted ? 0 : 1
        let sentence = counts.sentence + console.droppedWords
        guard console.isJSON else { return console.note(sentence, at: level) }
        if console.verbosity >= level { console.report(counts.json(sentence), sentence) }
    }
}
