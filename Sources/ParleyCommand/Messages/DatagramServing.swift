import ParleyCore
import ParleyText
import ParleyTypes
import Synchronization

/// Answers the datagrams of one mailbox, without letting one sender's trouble be another's.
struct DatagramServing: ~Copyable {
    let server: Server
    let mailbox: Mailbox<[UInt8], [UInt8]>
    private var own: OwnAddresses
    /// What recipients have not read, where it takes our room.
    private var unread: UnreadAnswers?
    /// Whether the last wait for room was in vain: then nobody waits until there is some.
    private var hasWaitedInVain = false
    private var remarks = 0
    /// What has been said of senders that are nobody: once a kind, or strangers would silence all other remarks.
    private var reasonsTold: Set<OwnAddresses.Reason> = []
    private var tellsOfDrops = true
    /// How many there were tells the summary.
    private var tellsOfNameless = true
    private static let nameless =
        "a sender is not answered: its socket has no name that an answer could be sent to. It must bind one: "
        + "parley call does, socat by bind=PATH"
    private var loss = LossWatch()
    private var looksAt = NetworkEnvironment.now.advanced(by: LossWatch.lookInterval)
    private var tellsOfGrowth: Bool

    /// How long an answer waits for room in our own queue, which is everybody's. Over `unixgram` the full queue is
    /// its recipient's, and nobody waits for it.
    private static let roomWait = Duration.milliseconds(10)
    /// Of IPv4 and UDP, on questions and answers alike.
    private static let headerBytes = 28
    /// More peers than this are not remarked on one by one.
    private static let remarksMax = 64

    init(_ server: Server, _ mailbox: Mailbox<[UInt8], [UInt8]>) {
        self.server = server
        self.mailbox = mailbox
        own = OwnAddresses(mailbox.localAddress)
        if mailbox.endpoint.transport.isLocal {
            let asked = mailbox.endpoint.options.sendBufferBytes.map { 2 * Int($0) }
            unread = UnreadAnswers(mailbox.localAddress, queueBytes: asked ?? Int(UnreadAnswers.queueBytes))
        }
        tellsOfGrowth = server.service == .reply && mailbox.endpoint.transport == .udp
    }

    mutating func run() async throws {
        let judge = LoopJudge(isLocal: mailbox.endpoint.transport.isLocal)
        let trialEndpoint = trialEndpoint
        // Trials are children of this task: they run where it runs, and end with it.
        try await withThrowingDiscardingTaskGroup { trials in
            defer { trials.cancelAll() }
            while let letter = try await mailbox.next() {
                look()
                guard let answer = try await serve(letter, judge), judge.beginTrial() else { continue }
                trials.addTask { await judge.attempt(answer, on: letter, at: trialEndpoint) }
            }
        }
    }

    /// Remarks on losses now and then: asking the kernel is a system call.
    private mutating func look() {
        let now = NetworkEnvironment.now
        guard now >= looksAt else { return }
        looksAt = now.advanced(by: LossWatch.lookInterval)
        let remark = loss.note(mailbox.statistics.lostAtLeast, at: now, .between)
        if let remark { server.console.remark(remark) }
    }

    /// Answers one datagram, or does not.
    ///
    /// - Returns: the answer if its peer is to be tried by it.
    private mutating func serve(_ letter: Letter<[UInt8]>, _ judge: LoopJudge) async throws -> [UInt8]? {
        server.count { $0.datagrams += 1 }
        let peer = SafeText.line("\(letter.sender)")
        server.console.note("\(peer): \(plural(letter.message.count, "byte"))", at: 1)
        let answer: [UInt8]
        switch server.answer(to: letter.message, from: peer) {
        case .answer(let bytes): answer = bytes
        case .nothing: return nil
        case .misfit:
            server.count {
                $0.datagrams -= 1
                $0.misfits += 1
            }
            return nil
        }
        guard letter.sender != .unix(.unnamed) else {
            server.count {
                $0.datagrams -= 1
                $0.nameless += 1
            }
            if tellsOfNameless { server.console.remark(Self.nameless) }
            tellsOfNameless = false
            return nil
        }
        let now = NetworkEnvironment.now
        if let reason = own.reason(against: letter.sender, at: now) {
            let isNews = reasonsTold.insert(reason).inserted
            damp("\(peer): not answered, \(reason.sentence)", isNews: isNews)
            return nil
        }
        if let port = letter.sender.port, Service.answeringPorts.contains(port) {
            damp("\(peer): not answered, a service there might answer the answer", isNews: false)
            return nil
        }
        let verdict = judge.verdict(on: answer, to: letter, at: now)
        switch verdict {
        case .leaveOut(let isNews):
            let isTold = isNews && remarks < Self.remarksMax
            if isTold { remarks += 1 }
            damp(
                "\(peer): answers whatever comes, as this does: what it says at once is not answered",
                isNews: isTold
            )
            return nil
        case .leaveOutOne:
            damp("\(peer): one answer left out, in case it is a loop", isNews: false)
            return nil
        case .answer, .answerAndTry: break
        }
        try await send(answer, to: letter, peer)
        return verdict == .answerAndTry ? answer : nil
    }

    private mutating func send(_ answer: [UInt8], to letter: Letter<[UInt8]>, _ peer: String) async throws {
        let isPeersQueue = mailbox.endpoint.transport.isLocal
        let wait = isPeersQueue || hasWaitedInVain ? .zero : Self.roomWait
        do throws(ParleyError) {
            guard unread?.hasRoom(for: answer.count, to: letter.sender) ?? true else {
                throw ParleyError.timedOut(.zero, .room)
            }
            try await mailbox.reply(answer, to: letter, timeout: wait)
            unread?.note(answer.count, to: letter.sender)
            hasWaitedInVain = false
            server.count { $0.answered += 1 }
            if tellsOfGrowth, answer.count > 2 * letter.message.count + Self.headerBytes {
                tellsOfGrowth = false
                server.console.remark(
                    "answers are much larger than questions (\(answer.count) bytes to "
                        + "\(letter.message.count)): whoever forges a sender has so much more "
                        + "sent there; let questions be as large as answers"
                )
            }
        } catch {
            switch error {
            case .cancelled: throw error
            case .timedOut:
                hasWaitedInVain = !isPeersQueue
                server.count { $0.dropped += 1 }
                let cause =
                    isPeersQueue ? "it does not read what it was sent" : "our queue is full (?sndbuf=)"
                let text = "\(peer): answer dropped, \(cause)"
                if tellsOfDrops { server.console.remark(text) } else { server.console.note(text, at: 1) }
                tellsOfDrops = false
            default:
                // One peer's trouble is nobody else's.
                server.count { $0.failed += 1 }
                server.console.note("\(peer): \(Ending(error).message ?? "")", at: 1)
            }
        }
    }

    private func damp(_ text: String, isNews: Bool) {
        server.count { $0.damped += 1 }
        if isNews { server.console.remark(text) } else { server.console.note(text, at: 1) }
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

/// The guard against loops, and the trials that it wants.
private final class LoopJudge: Sendable {
    private struct State {
        var guardian: AnswerGuard
        /// Trials under way.
        var trials = 0
    }

    private let state: Mutex<State>
    /// Sockets for trials at once. Who is not tried for want of one is tried later.
    private static let trialsMax = 64

    /// `isLocal`: nobody can forge a sender, and whoever reads without looking who writes is right.
    init(isLocal: Bool) {
        state = Mutex(State(guardian: AnswerGuard(countsOnlyRepetitions: isLocal)))
    }

    func verdict(
        on answer: [UInt8],
        to letter: Letter<[UInt8]>,
        at now: MonotonicInstant
    ) -> AnswerGuard.Verdict {
        state.withLock { $0.guardian.judge(answer, to: letter.message, from: letter.sender, at: now) }
    }

    /// Whether there is room for one trial more; ``attempt(_:on:at:)`` has to follow.
    func beginTrial() -> Bool {
        state.withLock { state in
            guard state.trials < Self.trialsMax else { return false }
            state.trials += 1
            return true
        }
    }

    /// Sends an answer once more, from a port that nobody ever wrote to and nobody else hears of, and listens there
    /// for whoever answers it.
    func attempt(_ answer: [UInt8], on letter: Letter<[UInt8]>, at endpoint: Endpoint) async {
        defer { state.withLock { $0.trials -= 1 } }
        guard let port = try? await Mailbox([UInt8].self, at: endpoint) else { return }
        defer { port.close() }
        let deadline = NetworkEnvironment.now.advanced(by: AnswerGuard.trialMax)
        try? await port.send(answer, to: letter.sender, from: letter.recipient, timeout: .zero)
        // Whatever else comes there is nobody's answer.
        while true {
            let patience = NetworkEnvironment.now.duration(to: deadline)
            guard patience > .zero, let heard = try? await port.next(timeout: patience) else { return }
            guard heard.sender == letter.sender else { continue }
            return state.withLock { $0.guardian.noteAnswer(from: letter.sender, at: NetworkEnvironment.now) }
        }
    }
}
