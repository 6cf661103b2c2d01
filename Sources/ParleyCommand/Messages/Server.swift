import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire
import Synchronization

/// Serves one service at one place, to everyone at once.
final class Server: Sendable {
    let service: Service
    /// Whoever answers when the service is `reply`.
    let replier: Replier?
    let endpoint: Endpoint
    let limits: ListenerLimits
    /// How fast answers leave, all of them together.
    let rate: SharedRate?
    /// Answers questions once, by their numbers.
    let answering: NumberedAnswering?
    /// Which share of datagrams is lost on purpose, each way.
    let lose: Double?
    /// What the messages are whose numbers are looked at, and how they are told apart on a stream.
    private let form: Form?
    private let framing: Framing
    let console: Console
    private let served = Atomic<Int>(0)
    /// Connections that ended by an error.
    private let broken = Atomic<Int>(0)
    private let datagrams: Mutex<DatagramCounts>
    /// What came over connections.
    private let arrived: Mutex<(throughput: Throughput, numbers: NumberWatch?)>
    /// Nil where nobody would see it: what is served meets no lock for it.
    private let progress: Mutex<Progress>?

    init(
        service: Service,
        replier: Replier? = nil,
        endpoint: Endpoint,
        limits: ListenerLimits,
        rate: SharedRate? = nil,
        answering: NumberedAnswering? = nil,
        lose: Double? = nil,
        number: (field: NumberField, form: Form, framing: Framing?)? = nil,
        console: Console
    ) {
        self.service = service
        self.replier = replier
        self.endpoint = endpoint
        self.limits = limits
        self.rate = rate
        self.answering = answering
        self.lose = lose
        self.console = console
        form = number?.form
        framing = number.map { $0.framing ?? $0.form.framing } ?? .chunks
        let numbers = number.map { NumberWatch($0.field) }
        var counts = DatagramCounts()
        counts.numbers = numbers
        datagrams = Mutex(counts)
        arrived = Mutex((Throughput(), numbers))
        let line = Progress(console: console, total: nil, beside: .nothing)
        progress = line.isShown ? Mutex(line) : nil
    }

    func run() async throws {
        if endpoint.transport.isConnectionOriented {
            try await serveConnections()
        } else {
            try await serveDatagrams()
        }
    }

    func summarize() {
        progress?.withLock { $0.erase() }
        console.tellRepetitions()
        guard endpoint.transport.isConnectionOriented else {
            let counts = datagrams.withLock { $0 }
            for line in counts.numbers?.lines ?? [] { console.note(line, at: 1) }
            return summarize((counts.sentence, counts.json))
        }
        let (throughput, numbers) = arrived.withLock { $0 }
        let (served, broken) = (served.load(ordering: .relaxed), broken.load(ordering: .relaxed))
        let sentence = connectionsSentence(broken: broken) + (numbers?.ending ?? "")
        for line in numbers?.lines ?? [] { console.note(line, at: 1) }
        let members: [JSONValue.Member] =
            [
                .init("note", .string(sentence)), .init("connections", .integer(served)),
                .init("broken", .integer(broken)), .init("messages", .integer(throughput.messages)),
            ] + throughput.json + (numbers.map { [$0.json] } ?? [])
        summarize((sentence, JSONLine(schema: "parley.note/1", members)))
    }

    /// `served 2 connections, 30 messages, 10 messages/s, 300 B`
    ///
    /// - Parameter broken: of which so many ended by an error.
    private func connectionsSentence(broken: Int = 0) -> String {
        var sentence = "served " + plural(served.load(ordering: .relaxed), "connection")
        if broken > 0 { sentence += ", \(broken) of them ended by an error" }
        let throughput = arrived.withLock { $0.throughput }
        guard throughput.messages > 0 else { return sentence }
        let isOfMessages = replier != nil || form != nil
        if isOfMessages { sentence += ", \(plural(throughput.messages, "message"))" }
        return sentence + throughput.ending(isOfMessages: isOfMessages)
    }

    /// Says how far it is, while somebody watches.
    private func showProgress() {
        progress?.withLock { line in
            line.update(
                served: endpoint.transport.isConnectionOriented
                    ? connectionsSentence() : datagrams.withLock { $0.served }
            )
        }
    }

    private func summarize(_ summary: (sentence: String, json: JSONLine)) {
        let sentence = summary.sentence + console.droppedWords
        if console.isJSON { console.report(summary.json, sentence) } else { console.note(sentence) }
    }

    // MARK: Datagrams

    private func serveDatagrams() async throws {
        var endpoint = endpoint
        if endpoint.transport == .unixgram, endpoint.inherited == nil, endpoint.options.sendBufferBytes == nil
        {
            endpoint.options.sendBufferBytes = UnreadAnswers.queueBytes
        }
        let mailbox = try await Mailbox([UInt8].self, at: endpoint)
        defer { mailbox.close() }
        console.announce("serving \(service.rawValue) at", endpoint, mailbox.localAddress)
        defer {
            let statistics = mailbox.statistics
            count {
                $0.answered = statistics.sent
                _ = $0.loss.note(statistics.lostAtLeast, at: NetworkEnvironment.now, .beforeSummary)
            }
        }
        do {
            try await DatagramServing(self, mailbox).run()
        } catch let error as ParleyError where error == .cancelled {
            await LastLook.take { [self] in
                guard (try? await mailbox.next(timeout: .zero)) != nil else { return false }
                count { $0.unread += 1 }
                return true
            }
            throw error
        }
    }

    func count(_ change: (inout DatagramCounts) -> Void) {
        datagrams.withLock { change(&$0) }
        showProgress()
    }

    // MARK: Connections

    private func serveConnections() async throws(ParleyError) {
        let listener = try await Listener<ServedBytes, ServedBytes>(
            receiving: ServedCoder(framing: replier?.questionFraming ?? framing),
            sending: ServedCoder(framing: replier?.answerFraming ?? framing),
            at: endpoint
        )
        defer { listener.close() }
        console.announce("serving \(service.rawValue) at", endpoint, listener.localAddress)
        defer { Self.tell(listener.statistics, on: console) }
        if service.answer(at: .now) != nil {
            // These speak unasked, and then end the connection: nothing that is an answer.
            try await listener.run(limits: limits) { [self] connection in
                noteBeginning(of: connection.peer, connection.introduction)
                do throws(ParleyError) {
                    if var words = service.answer(at: .now) {
                        if let rate {
                            try await rate.take(bytes: words.count)
                            // What was asked for is the time at which it leaves.
                            words = service.answer(at: .now) ?? words
                        }
                        try await connection.send(ServedBytes(bytes: words))
                    }
                    try connection.finishSending()
                    noteEnd(of: connection.peer, nil)
                } catch {
                    noteEnd(of: connection.peer, error)
                }
            }
        } else if let rate {
            try await listener.run(limits: limits) { [self] connection in
                noteBeginning(of: connection.peer, connection.introduction)
                do throws(ParleyError) {
                    try await answer(connection, at: rate)
                    noteEnd(of: connection.peer, nil)
                } catch {
                    noteEnd(of: connection.peer, error)
                }
            }
        } else {
            // A client that says or takes nothing gives its place to another: the limits see to it.
            try await listener.respond(
                limits: limits,
                onConnected: { [self] in noteBeginning(of: $0.address, $0.introduction) },
                onEnded: { [self] in noteEnd(of: $0.address, $1) }
            ) { [self] question, peer in
                noteArrival(of: question.bytes, from: peer.address)
                guard case .answer(let answer) = answer(to: question.bytes, from: peer.address) else {
                    return nil
                }
                return ServedBytes(bytes: answer)
            }
        }
    }

    /// Answers one client, each message when its turn has come among those of all: meanwhile nothing more is read.
    private func answer(
        _ connection: Connection<ServedBytes, ServedBytes>,
        at rate: SharedRate
    ) async throws(ParleyError) {
        while let question = try await connection.next() {
            noteArrival(of: question.bytes, from: connection.peer)
            guard case .answer(let answer) = answer(to: question.bytes, from: connection.peer) else {
                continue
            }
            let message = ServedBytes(bytes: answer)
            try await rate.take(bytes: connection.frameBytes(message))
            try await connection.send(message)
        }
    }

    /// What came over a connection, for the summary.
    private func noteArrival(of bytes: [UInt8], from sender: SocketAddress) {
        let now = NetworkEnvironment.now
        let content = content(of: bytes)
        arrived.withLock { arrived in
            arrived.throughput.note(bytes: bytes.count, at: now)
            if let content { arrived.numbers?.note(content, from: "\(sender)") }
        }
        showProgress()
    }

    /// What a message says, where its number is looked at.
    func content(of bytes: [UInt8]) -> JSONLine.Content? {
        guard let form, case .fit(let content) = ParcelCoder(form: form).content(bytes) else { return nil }
        return content
    }

    private func noteBeginning(of peer: SocketAddress, _ introduction: @autoclosure () -> String) {
        served.add(1, ordering: .relaxed)
        showProgress()
        console.note("\(SafeText.line("\(peer)")) connected\(introduction())", at: 1)
    }

    private func noteEnd(of peer: SocketAddress, _ error: (any Error)?) {
        guard let error = error as? ParleyError else {
            return console.note("\(SafeText.line("\(peer)")) closed", at: 1)
        }
        guard error != .cancelled else { return }
        if case .socket = error { broken.add(1, ordering: .relaxed) }
        if case .framing(let error) = error {
            return console.complain("\(SafeText.line("\(peer)")): \(error)")
        }
        console.note("\(SafeText.line("\(peer)")): \(Ending(error).message ?? "")", at: 1)
    }

    /// Says what the limits have done, where they did something.
    static func tell(_ statistics: ListenerStatistics, on console: Console) {
        if statistics.refused > 0 { console.remark("refused \(plural(statistics.refused, "connection"))") }
        if statistics.cutOff > 0 {
            console.note("let go \(plural(statistics.cutOff, "silent client"))", at: 1)
        }
        if statistics.evicted > 0 {
            console.remark(
                "reset \(plural(statistics.evicted, "client")) whose unfinished messages held too much"
            )
        }
    }

    func answer(to bytes: [UInt8], from sender: SocketAddress) -> Replier.Verdict {
        if let replier { return replier.answer(to: bytes, from: sender) }
        return service.answer(to: bytes, at: .now).map { .answer($0) } ?? .nothing
    }
}
