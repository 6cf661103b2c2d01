import ParleyCore
import ParleyText
import ParleyTypes
import Synchronization

/// What became of datagrams that were served.
struct DatagramCounts: Sendable, Hashable {
    var datagrams = 0
    var answered = 0
    /// Answers that found no room: their peer's queue was full, or ours.
    var dropped = 0
    /// Datagrams that were not answered because their sender answers everything itself, or is ourselves.
    var damped = 0
    /// Answers that the system refused for another reason.
    var failed = 0

    /// `served 3 datagrams`, and what became of those that were not answered.
    var sentence: String {
        var text = "served " + plural(datagrams, "datagram")
        if dropped > 0 { text += ", dropped \(plural(dropped, "answer")) that had no room" }
        if damped > 0 { text += ", did not answer \(damped) of services and loops" }
        if failed > 0 { text += ", could not send \(plural(failed, "answer"))" }
        return text
    }

    /// `parley.note/1` with a number for each.
    var json: JSONLine {
        JSONLine(
            schema: "parley.note/1",
            [
                .init("note", .string(sentence)), .init("datagrams", .integer(datagrams)),
                .init("answered", .integer(answered)), .init("dropped", .integer(dropped)),
                .init("damped", .integer(damped)), .init("failed", .integer(failed)),
            ]
        )
    }
}

/// Answers the datagrams of one mailbox, without letting one sender's trouble be another's.
struct DatagramServing: ~Copyable {
    let server: Server
    let mailbox: Mailbox<[UInt8], [UInt8]>
    private var own: OwnAddresses
    /// Where peers that repeat themselves are tried from: opened for the first of them.
    private var trials: Mailbox<[UInt8], [UInt8]>?
    /// What recipients have not read, where it takes our room.
    private var unread: UnreadAnswers?
    /// Whether the last wait for room was in vain: then nobody waits until there is some.
    private var hasWaitedInVain = false
    private var remarks = 0
    private var tellsOfDrops = true
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
        let judge = LoopJudge()
        while let letter = try await mailbox.next() {
            server.count { $0.datagrams += 1 }
            let peer = TerminalText.escape("\(letter.sender)")
            server.console.note("\(peer): \(plural(letter.message.count, "byte"))", at: 1)
            guard let answer = server.answer(to: letter.message, from: peer) else { continue }
            let now = NetworkEnvironment.now
            if own.include(letter.sender, at: now) {
                damp("\(peer): not answered, it is this service's own address", isNews: true)
                continue
            }
            if let port = letter.sender.port, Service.answeringPorts.contains(port) {
                damp("\(peer): not answered, a service there might answer the answer", isNews: false)
                continue
            }
            let verdict = judge.verdict(on: answer, to: letter, at: now)
            if case .leaveOut(let isNews) = verdict {
                damp(
                    "\(peer): answers whatever comes, as this does: what it repeats is not answered",
                    isNews: isNews
                )
                continue
            }
            try await send(answer, to: letter, peer)
            if verdict == .answerAndTry { await attempt(answer, on: letter, judge) }
        }
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

    private mutating func damp(_ text: String, isNews: Bool) {
        server.count { $0.damped += 1 }
        guard isNews, remarks < Self.remarksMax else { return server.console.note(text, at: 1) }
        remarks += 1
        server.console.remark(text)
    }

    // MARK: Trials

    /// Sends an answer once more, from a port that the peer never wrote to.
    private mutating func attempt(
        _ answer: [UInt8],
        on letter: Letter<[UInt8]>,
        _ judge: LoopJudge
    ) async {
        if trials == nil {
            trials = try? await Mailbox([UInt8].self, at: trialEndpoint)
            if let trials { judge.listen(at: trials) }
        }
        try? await trials?.send(answer, to: letter.sender, from: letter.recipient, timeout: .zero)
    }

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

/// The guard against loops, told by a task of its own what comes to the port of trials.
private final class LoopJudge: Sendable {
    private let state = Mutex(AnswerGuard())
    private let listening = Mutex<Task<Void, Never>?>(nil)

    deinit { listening.withLock { $0?.cancel() } }

    func verdict(
        on answer: [UInt8],
        to letter: Letter<[UInt8]>,
        at now: MonotonicInstant
    ) -> AnswerGuard.Verdict {
        state.withLock { $0.judge(answer, to: letter.message, from: letter.sender, at: now) }
    }

    func listen(at trials: Mailbox<[UInt8], [UInt8]>) {
        let task = Task { [weak self] in
            while let letter = try? await trials.next() {
                self?.state.withLock { $0.noteAnswer(from: letter.sender, at: NetworkEnvironment.now) }
            }
        }
        listening.withLock { $0 = task }
    }
}
