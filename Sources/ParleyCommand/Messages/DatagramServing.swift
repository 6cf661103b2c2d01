import ParleyCore
import ParleyText
import ParleyTypes
import Synchronization

/// Answers the datagrams of one mailbox, without letting one sender's trouble be another's.
final class DatagramServing: Sendable {
    private let server: Server
    private let mailbox: Mailbox<[UInt8], [UInt8]>
    private let state: Mutex<State>
    /// Peers to be tried, by tasks: whoever answers does not wait.
    private let (trials, trialsWanted) = AsyncStream.makeStream(of: Trial.self)

    private struct State {
        var own: OwnAddresses
        /// The guard against loops.
        var guardian: AnswerGuard
        /// Trials under way.
        var trialsCount = 0
        /// What recipients have not read, where it takes our room.
        var unread: UnreadAnswers?
        var remarks = 0
        /// What has been said of senders that are nobody: once a kind, or strangers would silence all other remarks.
        var reasonsTold: Set<OwnAddresses.Reason> = []
        var tellsOfDrops = true
        /// How many there were tells the summary.
        var tellsOfNameless = true
        var loss = LossWatch()
        var looksAt = NetworkEnvironment.now.advanced(by: LossWatch.lookInterval)
        var tellsOfGrowth: Bool
        /// How many there were tells the summary.
        var tellsOfUnnumbered = true
        var answering: NumberedAnswering?
        /// Draws what is lost on purpose: the same each time.
        var chance = SeededGenerator(seed: 1)

        mutating func loses(_ share: Double?) -> Bool {
            guard let share else { return false }
            return Double(chance.next() >> 11) < share * 0x1p53
        }
    }

    private struct Trial {
        var answer: [UInt8]
        var letter: Letter<[UInt8]>
    }

    private static let nameless =
        "a sender is not answered: its socket has no name that an answer could be sent to. It must bind one: "
        + "parley call does, socat by bind=PATH"
    private static let unnumbered =
        "an answer is of a kind that carries no number: it is not sent, because its asker could not tell what it "
        + "answers. Name the number of that kind too: --number KIND.FIELD"
    /// How long an answer waits for room in our own queue, which is everybody's. Over `unixgram` the full queue is
    /// its recipient's, and nobody waits for it.
    private static let roomWait = Duration.milliseconds(10)
    /// Of IPv4 and UDP, on questions and answers alike.
    private static let headerBytes = 28
    /// More peers than this are not remarked on one by one.
    private static let remarksMax = 64
    /// Sockets for trials at once. Who is not tried for want of one is tried later.
    private static let trialsMax = 64

    init(_ server: Server, _ mailbox: Mailbox<[UInt8], [UInt8]>) {
        self.server = server
        self.mailbox = mailbox
        let isLocal = mailbox.endpoint.transport.isLocal
        var state = State(
            own: OwnAddresses(mailbox.localAddress),
            // On one host nobody can forge a sender, and whoever reads without looking who writes is right.
            guardian: AnswerGuard(countsOnlyRepetitions: isLocal),
            tellsOfGrowth: server.service == .reply && mailbox.endpoint.transport == .udp
        )
        if isLocal {
            let asked = mailbox.endpoint.options.sendBufferBytes.map { 2 * Int($0) }
            state.unread = UnreadAnswers(
                mailbox.localAddress,
                queueBytes: asked ?? Int(UnreadAnswers.queueBytes)
            )
        }
        state.answering = server.answering
        self.state = Mutex(state)
    }

    func run() async throws {
        // Ends with this call.
        async let _: Void = makeTrials()
        guard mailbox.endpoint.transport.isLocal || server.rate != nil else {
            return try await mailbox.respond(timeout: Self.roomWait, onUnanswered: noteUnanswered) {
                [self] letter in answer(to: letter)
            }
        }
        // One after another, in a task: whether there is room for an answer the kernel's account of those before it
        // says, so they must have left. Where answers have a rate, what comes waits in the system's queue.
        let isLocal = mailbox.endpoint.transport.isLocal
        try await mailbox.run { [self] letter in
            guard let answer = answer(to: letter) else { return }
            try await server.rate?.take(bytes: answer.count)
            do throws(ParleyError) {
                try await mailbox.reply(answer, to: letter, timeout: isLocal ? .zero : Self.roomWait)
                state.withLock { $0.unread?.note(answer.count, to: letter.sender) }
            } catch {
                guard error != .cancelled else { throw error }
                noteUnanswered(letter.sender, error)
            }
        }
    }

    /// The answer to a datagram, nil for none.
    private func answer(to letter: Letter<[UInt8]>) -> [UInt8]? {
        let now = NetworkEnvironment.now
        var peer: String { SafeText.line("\(letter.sender)") }
        if server.lose != nil, state.withLock({ $0.loses(server.lose) }) {
            server.count { $0.thrownAway += 1 }
            return nil
        }
        let content = server.content(of: letter.message)
        server.count { counts in
            counts.datagrams += 1
            counts.throughput.note(bytes: letter.message.count, at: now)
            if let content { counts.numbers?.note(content, from: "\(letter.sender)") }
        }
        server.console.note("\(peer): \(plural(letter.message.count, "byte"))", at: 1)
        let verdict = verdict(on: letter, at: now)
        return state.withLock { state in
            look(&state, at: now)
            switch verdict {
            case .answer(let answer):
                guard isAnswered(letter, answer, &state, at: now) else { return nil }
                guard !state.loses(server.lose) else {
                    server.count { $0.thrownAway += 1 }
                    return nil
                }
                return answer
            case .nothing: return nil
            case .unnumbered:
                server.count { $0.failed += 1 }
                if state.tellsOfUnnumbered { server.console.remark(Self.unnumbered) }
                state.tellsOfUnnumbered = false
                return nil
            case .misfit:
                server.count {
                    $0.datagrams -= 1
                    $0.misfits += 1
                    $0.throughput.withdraw(bytes: letter.message.count)
                }
                return nil
            }
        }
    }

    /// What a datagram is answered, once where it has a number.
    private func verdict(on letter: Letter<[UInt8]>, at now: MonotonicInstant) -> Replier.Verdict {
        let asker = AskerPlace(sender: letter.sender, recipient: letter.recipient)
        let screening = state.withLock { $0.answering?.screen(letter.message, of: asker, at: now) }
        switch screening {
        case nil: return server.answer(to: letter.message, from: letter.sender)
        case .run(let question)?:
            let verdict = server.answer(to: letter.message, from: letter.sender)
            return state.withLock { $0.answering?.keep(verdict, for: question, at: now) ?? verdict }
        case .again(let answer)?:
            server.count { $0.remembered += 1 }
            return answer.map { .answer($0) } ?? .nothing
        case .refuse?:
            server.count { $0.refused += 1 }
            return .nothing
        }
    }

    /// Remarks on losses now and then: asking the kernel is a system call.
    private func look(_ state: inout State, at now: MonotonicInstant) {
        guard now >= state.looksAt else { return }
        state.looksAt = now.advanced(by: LossWatch.lookInterval)
        let remark = state.loss.note(mailbox.statistics.lostAtLeast, at: now, .between)
        if let remark { server.console.remark(remark) }
    }

    /// Whether a datagram is answered; its sender may be tried.
    private func isAnswered(
        _ letter: Letter<[UInt8]>,
        _ answer: [UInt8],
        _ state: inout State,
        at now: MonotonicInstant
    ) -> Bool {
        var peer: String { SafeText.line("\(letter.sender)") }
        guard letter.sender != .unix(.unnamed) else {
            server.count {
                $0.datagrams -= 1
                $0.nameless += 1
                $0.throughput.withdraw(bytes: letter.message.count)
            }
            if state.tellsOfNameless { server.console.remark(Self.nameless) }
            state.tellsOfNameless = false
            return false
        }
        if let reason = state.own.reason(against: letter.sender, at: now) {
            let isNews = state.reasonsTold.insert(reason).inserted
            return damp("\(peer): not answered, \(reason.sentence)", isNews: isNews)
        }
        if let port = letter.sender.port, Service.answeringPorts.contains(port) {
            return damp("\(peer): not answered, a service there might answer the answer", isNews: false)
        }
        switch state.guardian.judge(answer, to: letter.message, from: letter.sender, at: now) {
        case .leaveOut(let isNews):
            let isTold = isNews && state.remarks < Self.remarksMax
            if isTold { state.remarks += 1 }
            return damp(
                "\(peer): answers whatever comes, as this does: what it says at once is not answered",
                isNews: isTold
            )
        case .leaveOutOne:
            return damp("\(peer): one answer left out, in case it is a loop", isNews: false)
        case .answer: break
        case .answerAndTry where state.trialsCount < Self.trialsMax:
            state.trialsCount += 1
            trialsWanted.yield(Trial(answer: answer, letter: letter))
        case .answerAndTry: break
        }
        if let hasRoom = state.unread?.hasRoom(for: answer.count, to: letter.sender), !hasRoom {
            drop(letter.sender, &state)
            return false
        }
        if state.tellsOfGrowth, answer.count > 2 * letter.message.count + Self.headerBytes {
            state.tellsOfGrowth = false
            server.console.remark(
                "answers are much larger than questions (\(answer.count) bytes to "
                    + "\(letter.message.count)): whoever forges a sender has so much more "
                    + "sent there; let questions be as large as answers"
            )
        }
        return true
    }

    private func damp(_ text: @autoclosure () -> String, isNews: Bool) -> Bool {
        server.count { $0.damped += 1 }
        if isNews { server.console.remark(text()) } else { server.console.note(text(), at: 1) }
        return false
    }

    /// One peer's trouble is nobody else's.
    private func noteUnanswered(_ sender: SocketAddress, _ error: any Error) {
        switch error as? ParleyError {
        case .cancelled, nil: break
        case .timedOut: state.withLock { drop(sender, &$0) }
        case let error?:
            server.count { $0.failed += 1 }
            server.console.note("\(SafeText.line("\(sender)")): \(Ending(error).message ?? "")", at: 1)
        }
    }

    private func drop(_ sender: SocketAddress, _ state: inout State) {
        server.count { $0.dropped += 1 }
        let isPeersQueue = mailbox.endpoint.transport.isLocal
        let cause = isPeersQueue ? "it does not read what it was sent" : "our queue is full (?sndbuf=)"
        var text: String { "\(SafeText.line("\(sender)")): answer dropped, \(cause)" }
        if state.tellsOfDrops { server.console.remark(text) } else { server.console.note(text, at: 1) }
        state.tellsOfDrops = false
    }

    // MARK: Trials

    private func makeTrials() async {
        await withDiscardingTaskGroup { group in
            for await trial in trials {
                group.addTask { [self] in
                    let isService = await Self.isAnswered(trial, at: trialEndpoint)
                    state.withLock { state in
                        state.trialsCount -= 1
                        guard isService else { return }
                        state.guardian.noteAnswer(from: trial.letter.sender, at: NetworkEnvironment.now)
                    }
                }
            }
        }
    }

    /// Sends an answer once more, from a port that nobody ever wrote to and nobody else hears of, and listens there
    /// for whoever answers it.
    private static func isAnswered(_ trial: Trial, at endpoint: Endpoint) async -> Bool {
        guard let port = try? await Mailbox([UInt8].self, at: endpoint) else { return false }
        defer { port.close() }
        let deadline = NetworkEnvironment.now.advanced(by: AnswerGuard.trialMax)
        let (sender, source) = (trial.letter.sender, trial.letter.recipient)
        try? await port.send(trial.answer, to: sender, from: source, timeout: .zero)
        // Whatever else comes there is nobody's answer.
        while true {
            let patience = NetworkEnvironment.now.duration(to: deadline)
            guard patience > .zero, let heard = try? await port.next(timeout: patience) else { return false }
            if heard.sender == sender { return true }
        }
    }

    /// Where peers are tried from, each time at another port.
    private var trialEndpoint: Endpoint {
        let address = mailbox.localAddress
        guard !mailbox.endpoint.transport.isLocal else { return .unixgram }
        var host = mailbox.endpoint.isGroup ? .any : mailbox.endpoint.host ?? .any
        if !address.isWildcard, !address.isMulticast, !address.isLinkLocal, let ip = address.ip {
            host = Endpoint.Host("\(ip)")
        }
        var endpoint = Endpoint(.udp, host: host, port: 0)
        endpoint.options.checksumCoverage = mailbox.endpoint.options.checksumCoverage
        return endpoint
    }
}
