import ParleyCore
import ParleyHeaders
import ParleyText
import ParleyTypes
import ParleyWire
import Synchronization

/// Prints what comes, counts it, and says when it is enough. Shared by the tasks of all peers.
final class Tally: Sendable {
    let view: MessageView
    let console: Console
    /// How many messages are wanted; nil is no end.
    let countMax: Int?
    private let state: Mutex<State>
    private let progress: Mutex<Progress>
    private let start = NetworkEnvironment.now
    /// How messages are held until their times, if they are.
    let smoothing: Smoothing?

    /// Those who have come, as far as they can be told apart.
    private struct Peers {
        private var names: Set<String> = []
        /// How much came of datagrams' senders without a name: nobody knows how many they are.
        private var nameless = 0

        /// More peers than this are no longer told apart, so that strangers cannot fill our memory.
        private static let countMax = 4096

        mutating func note(_ name: String?) {
            guard let name else { return nameless += 1 }
            if names.count < Self.countMax { names.insert(name) }
        }

        /// `2 peers`
        var sentence: String {
            if nameless > 1 {
                return names.isEmpty
                    ? "senders without a name" : "\(plural(names.count, "peer")) and senders without a name"
            }
            return (names.count >= Self.countMax ? "more than " : "") + plural(names.count + nameless, "peer")
        }
    }

    /// A connection: what tells clients apart who have no name.
    struct Client: Sendable {
        fileprivate let number: Int
    }

    func newClient() -> Client {
        state.withLock { state in
            state.clients += 1
            return Client(number: state.clients)
        }
    }

    private struct State {
        var messages = 0
        var misfits = 0
        /// What the system lost before anybody could look at it.
        var loss = LossWatch()
        /// Those whose messages were printed, and those who sent something that is none.
        var peers = Peers()
        var misfitPeers = Peers()
        var clients = 0
        var lastArrival: MonotonicInstant?
        var throughput = Throughput()
        var numbers: NumberWatch?
        var smoothing: SmoothingReport?
        var refusedTold = 0
        /// Fields that were remarked on: once is enough.
        var remarked: Set<String> = []
    }

    /// - Parameters:
    ///   - number: the field that numbers the messages, if one is to be looked at.
    ///   - smoothing: how messages are held until their times, if they are.
    init(
        view: MessageView,
        console: Console,
        countMax: Int?,
        number: NumberField? = nil,
        smoothing: Smoothing? = nil
    ) {
        self.view = view
        self.console = console
        self.countMax = countMax
        self.smoothing = smoothing
        state = Mutex(State(numbers: number.map { NumberWatch($0) }))
        progress = Mutex(Progress(console: console, total: nil))
    }

    var messages: Int { state.withLock { $0.messages } }
    /// When something came last, fitting or not; the beginning when nothing has come.
    var lastArrival: MonotonicInstant { state.withLock { $0.lastArrival } ?? start }
    var isEnough: Bool { countMax.map { messages >= $0 } ?? false }

    /// Prints one message or reports why it is none.
    ///
    /// - Parameters:
    ///   - arrival: when the kernel took it in, where it was asked to tell.
    ///   - mayAnswer: from the first to the last question that it may be the answer to, where that is not clear.
    ///   - answers: the question that it answers, where that is known.
    ///   - cost: what that question cost, where it may have been repeated.
    ///   - isLate: whether it came after its time, where messages have one (``noteArrival(of:from:)``).
    /// - Returns: false when no more is wanted.
    func take(
        _ parcel: Parcel,
        from sender: SocketAddress,
        arrived arrival: WallTime? = nil,
        mayAnswer: ClosedRange<Int>? = nil,
        answers: Int? = nil,
        cost: QuestionCost? = nil,
        by client: Client? = nil,
        isLate: Bool? = nil
    ) throws(Ending) -> Bool {
        let peer = "\(sender)"
        let whose = sender == .unix(.unnamed) ? client.map { "\(peer) \($0.number)" } : peer
        let time = WallTime.now
        switch parcel.content {
        case .misfit(let error):
            state.withLock { state in
                state.misfits += 1
                state.lastArrival = NetworkEnvironment.now
                state.misfitPeers.note(whose)
            }
            report(error, parcel.bytes, peer, time, arrival)
            return !isEnough
        case .fit(let content):
            let isWanted = state.withLock { state in
                if let countMax, state.messages >= countMax { return false }
                let now = NetworkEnvironment.now
                state.messages += 1
                state.peers.note(whose)
                state.throughput.note(bytes: parcel.bytes.count, at: now)
                guard isLate == nil else { return true }
                state.lastArrival = now
                state.numbers?.note(content, from: whose)
                return true
            }
            guard isWanted else { return false }
            let text = view.render(
                content,
                parcel.bytes,
                from: peer,
                at: time,
                arrival: arrival,
                mayAnswer: mayAnswer,
                answers: answers,
                cost: cost,
                isLate: isLate ?? false
            )
            try view.write(text)
            progress.withLock { $0.update(throughput, of: countMax) }
            if case .message(let message) = content { remark(message, peer) }
            return !isEnough
        }
    }

    /// A message came that is held until its time, or is dropped. What is printed of it is taken as well, late or not.
    func noteArrival(of parcel: Parcel, from sender: SocketAddress) {
        guard case .fit(let content) = parcel.content else { return }
        state.withLock { state in
            state.lastArrival = NetworkEnvironment.now
            state.numbers?.note(content, from: "\(sender)")
        }
    }

    /// Takes note of what became of messages that are held until their times, and remarks on those that were refused.
    func note(_ report: SmoothingReport, _ moment: LossWatch.Moment = .between) {
        let refused = state.withLock { state in
            state.smoothing = report
            guard moment != .beforeSummary else { return 0 }
            defer { state.refusedTold = report.refused }
            return report.refused - state.refusedTold
        }
        guard refused > 0 else { return }
        console.remark(
            "\(plural(refused, "message")) refused: at most \(Smoothing.messagesMax) are held, of "
                + "\(Smoothing.sendersMax) senders, and no more bytes than --memory says"
        )
    }

    /// Datagrams that the system lost to a full queue: at least so many, see `Statistics`.
    var lostAtLeast: Int { state.withLock { $0.loss.lostAtLeast } }

    /// Takes note of how many datagrams the system has lost so far, and remarks on it when that is due.
    func note(lostAtLeast: Int, _ moment: LossWatch.Moment = .between) {
        let now = NetworkEnvironment.now
        let remark = state.withLock { $0.loss.note(lostAtLeast, at: now, moment) }
        if let remark { console.remark(remark) }
    }

    /// What has passed so far.
    var throughput: Throughput { state.withLock { $0.throughput } }

    /// Whether numbers or times are looked at, which only the summary tells of.
    var watchesMessages: Bool { state.withLock { $0.numbers != nil } || smoothing != nil }

    /// Says what happened, where the count alone does not.
    func summarize() {
        let (messages, misfits, peers, misfitPeers, loss) = state.withLock {
            ($0.messages, $0.misfits, $0.peers, $0.misfitPeers, $0.loss)
        }
        progress.withLock { $0.erase() }
        let (throughput, numbers, report) = state.withLock { ($0.throughput, $0.numbers, $0.smoothing) }
        let smoothed = smoothing.flatMap { smoothing in
            report.map {
                SmoothingSummary(
                    report: $0,
                    knowsNumbers: smoothing.knowsNumbers,
                    playsLate: smoothing.playsLate
                )
            }
        }
        guard messages > 0 || misfits > 0 || loss.lostAtLeast > 0 || Stop.shared.reason != nil else { return }
        let duration = start.duration(to: NetworkEnvironment.now)
        var text = plural(messages, "message")
        if messages > 0 { text += " from " + peers.sentence }
        text += " in \(duration.rounded)"
        text += throughput.ending
        if misfits > 0 { text += ", \(misfits) more did not fit (from \(misfitPeers.sentence))" }
        text += (numbers?.ending ?? "") + (smoothed?.ending ?? "") + loss.ending
        console.tellRepetitions()
        for line in numbers?.lines ?? [] { console.note(line, at: 1) }
        text += console.droppedWords
        guard console.isJSON else { return console.note(text) }
        let members: [JSONValue.Member] =
            [.init("note", .string(text)), .init("messages", .integer(messages))] + throughput.json
            + [.init("misfits", .integer(misfits)), .init("lostAtLeast", .integer(loss.lostAtLeast))]
            + (numbers.map { [$0.json] } ?? []) + (smoothed.map { [$0.json] } ?? [])
        console.report(JSONLine(schema: "parley.note/1", members), text)
    }

    private func report(
        _ error: WireError,
        _ bytes: [UInt8],
        _ peer: String,
        _ time: WallTime,
        _ arrival: WallTime?
    ) {
        let name = SafeText.line(peer)
        console.report(
            .misfit(error, bytes, from: peer, at: time, arrival: arrival),
            "\(name): no such message: \(error)",
            isComplaint: true
        )
        if case .layout(let compiled, _) = view.form, let remark = error.remark(in: compiled.layout) {
            console.remark("\(name): \(remark)")
        }
    }

    private func remark(_ message: DynamicMessage, _ peer: String) {
        guard console.verbosity >= 0 else { return }
        for remark in message.remarks {
            let field = String(remark.field.filter { !$0.isNumber })
            let isFirst = state.withLock { $0.remarked.count < 256 && $0.remarked.insert(field).inserted }
            if isFirst || console.verbosity > 0 { console.remark("\(SafeText.line(peer)): \(remark)") }
        }
    }
}

/// `1 message`, `2 messages`.
func plural(_ count: Int, _ noun: String) -> String { Phrase.count(count, noun) }
