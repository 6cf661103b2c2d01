import ParleyCore
import ParleyTypes
import ParleyWire
import Synchronization

/// What becomes of questions that many tasks wait for: prints their answers, says which of them got none, and counts.
///
/// Where the order of answers tells whose they are, they are printed in that order, whichever task runs first.
final class Outcomes: Sendable {
    private let tally: Tally
    private let peer: SocketAddress
    private let client: Tally.Client
    private let match: MatchRule?
    /// How long each question waits for its answer.
    private let limit: Duration
    /// Whether answers come in the order of questions, and are to be printed in it.
    private let isInOrder: Bool
    /// Whether there is only one question, whose number says nothing.
    private let isOne: Bool
    /// Whether messages are told apart by borders.
    private let isStream: Bool
    private let state = Mutex(State())

    private struct Outcome {
        var question: Parcel
        var result: Result<Parcel, ParleyError>
        /// What it cost, of a question that may be repeated.
        var cost: QuestionCost?
    }

    private struct State {
        var counts = AnswerCounts()
        /// Outcomes that wait for those of earlier questions, and the first of these.
        var waiting: [Int: Outcome] = [:]
        var next = 1
        /// How many open questions carry a value.
        var openValues: [MatchPath.Value: Int] = [:]
        var firstAsked: MonotonicInstant?
        var lastEnded: MonotonicInstant?
        /// The first question that the peer did not answer before it closed, and how many those are.
        var cutOff: (name: String, count: Int)?
        var isOver = false
        var isInputOver = false
    }

    /// More questions without an answer than this are counted and not named.
    private static let namedMax = 8

    init(
        _ tally: Tally,
        of peer: SocketAddress,
        match: MatchRule?,
        isInOrder: Bool,
        limit: Duration,
        isOne: Bool,
        isStream: Bool
    ) {
        self.tally = tally
        self.peer = peer
        client = tally.newClient()
        self.match = match
        self.isInOrder = isInOrder
        self.limit = limit
        self.isOne = isOne
        self.isStream = isStream
    }

    /// Whether no more questions are to be asked.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Whether all questions were asked that there are.
    var isInputOver: Bool { state.withLock { $0.isInputOver } }

    func noteEndOfInput() { state.withLock { $0.isInputOver = true } }

    /// How many questions got no answer in time.
    var unanswered: Int { state.withLock { $0.counts.unanswered } }

    /// What became of all of them, but for what the library counts.
    var counts: AnswerCounts {
        state.withLock { state in
            var counts = state.counts
            if let first = state.firstAsked, let last = state.lastEnded {
                counts.duration = first.duration(to: last)
            }
            return counts
        }
    }

    /// The peer closed before all questions had their answers; nil when it did not.
    var cutOff: Ending? {
        guard let (name, count) = state.withLock({ $0.cutOff }) else { return nil }
        let others = count > 1 ? " and \(plural(count - 1, "other"))" : ""
        let what = isOne ? "" : " \(name)\(others)"
        return Ending(
            .unreachable,
            "the peer closed the connection before it answered\(what)",
            remedy: isStream ? Ending.borders : nil
        )
    }

    /// A question is about to be sent.
    func begin(_ question: Parcel) {
        let isDoubled = state.withLock { state in
            state.counts.questions += 1
            state.counts.open += 1
            state.firstAsked = state.firstAsked ?? NetworkEnvironment.now
            guard let value = match?.question.value(in: question) else { return false }
            let count = state.openValues[value, default: 0]
            state.openValues[value] = count + 1
            return count > 0
        }
        if isDoubled, let match {
            tally.console.remark(
                "questions that are open at the same time have the same \(match.question.text): only the order of "
                    + "answers tells whose they are"
            )
        }
    }

    /// A question that may be repeated has its answer.
    func end(_ number: Int, _ question: Parcel, _ answer: Answer<Parcel>) {
        let cost = QuestionCost(tries: answer.tries, elapsed: answer.elapsed)
        end(number, question, .success(answer.message), cost)
    }

    /// A question has its answer, or will have none.
    func end(
        _ number: Int,
        _ question: Parcel,
        _ result: Result<Parcel, ParleyError>,
        _ cost: QuestionCost? = nil
    ) {
        state.withLock { state in
            state.lastEnded = NetworkEnvironment.now
            if let value = match?.question.value(in: question), let count = state.openValues[value] {
                state.openValues[value] = count > 1 ? count - 1 : nil
            }
            let outcome = Outcome(question: question, result: result, cost: cost)
            guard isInOrder else { return tell(outcome, number, &state) }
            state.waiting[number] = outcome
            while let outcome = state.waiting.removeValue(forKey: state.next) {
                tell(outcome, state.next, &state)
                state.next += 1
            }
        }
    }

    /// Something came that no question was waiting for.
    func takeUnasked(_ message: Parcel) {
        if case .misfit = message.content {
            state.withLock { $0.counts.misfits += 1 }
            return take(message, nil)
        }
        state.withLock { $0.counts.unasked += 1 }
        guard let match else {
            tally.console.remark(
                "this came although no question was waiting: answers from here on may belong to other questions",
                isAboutNext: true
            )
            return take(message, nil)
        }
        tally.console.remark(
            "a message was left out because no question waits for its \(match.answer.text): an answer that was sent "
                + "twice or very late, or something nobody asked for"
        )
    }

    /// Ends the work by an error.
    func fail(_ error: any Error) {
        state.withLock { $0.isOver = true }
        Stop.shared.request(.failed(Ending(error)))
    }

    // MARK: Under the lock

    private func tell(_ outcome: Outcome, _ number: Int, _ state: inout State) {
        switch outcome.result {
        case .success(let answer):
            // What comes when enough have come is not printed.
            guard !tally.isEnough else { return }
            state.counts.open -= 1
            if case .misfit = answer.content { state.counts.misfits += 1 } else { state.counts.answers += 1 }
            if let cost = outcome.cost { state.counts.note(cost) }
            if !take(answer, number, outcome.cost) { state.isOver = true }
        case .failure(.timedOut):
            state.counts.open -= 1
            state.counts.unanswered += 1
            tally.console.complain(remark(on: number, outcome.question, state.counts.unanswered))
        case .failure(.unanswered(let end)):
            state.counts.open -= 1
            state.counts.unanswered += 1
            tally.console.complain(remark(on: number, outcome.question, state.counts.unanswered, end))
        case .failure(.cancelled): break
        case .failure(.ended):
            state.isOver = true
            let name = Questions.name(number, Questions.text(of: outcome.question))
            state.cutOff = (state.cutOff?.name ?? name, (state.cutOff?.count ?? 0) + 1)
        case .failure(let error):
            state.isOver = true
            Stop.shared.request(.failed(Ending(error)))
        }
    }

    private func remark(
        on number: Int,
        _ question: Parcel,
        _ unanswered: Int,
        _ end: Unanswered? = nil
    ) -> String {
        var limit = "within \(limit.spelled)"
        if let end {
            let times = end.tries == 1 ? "once" : "\(end.tries) times"
            limit = "in \(end.elapsed.rounded), in which it was sent \(times)"
            limit += end.limit == .tries ? ", as often as --retry lets it" : ": --timeout was over"
            if let reason = end.reason { limit += "; the network said: \(reason.code)" }
        }
        if isOne { return "no answer \(limit)" }
        guard unanswered <= Self.namedMax || tally.console.verbosity > 0 else {
            return "another question got no answer \(limit)"
        }
        return "\(Questions.name(number, Questions.text(of: question))) got no answer \(limit)"
    }

    private func take(_ message: Parcel, _ number: Int?) {
        _ = take(message, number) as Bool
    }

    /// Prints a message; false when no more is wanted.
    private func take(_ message: Parcel, _ number: Int?, _ cost: QuestionCost? = nil) -> Bool {
        do throws(Ending) {
            if try tally.take(message, from: peer, answers: number, cost: cost, by: client) { return true }
            Stop.shared.request(.enough)
        } catch {
            // Why standard output takes no more, the console has told already.
        }
        return false
    }
}
