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
    private let state = Mutex(State())
    private let start = NetworkEnvironment.now

    /// More peers than this are no longer told apart, so that strangers cannot fill our memory.
    private static let peersMax = 4096
    /// Losses are remarked on once in so long, with what has come together.
    private static let lossInterval = Duration.seconds(10)

    private struct State {
        var messages = 0
        var misfits = 0
        /// What the system lost at least before anybody could look at it, and how much of it has been remarked on.
        var lostAtLeast = 0
        var lostToldOf = 0
        var tellsOfLossAt = MonotonicInstant(nanoseconds: .min)
        var peers: Set<String> = []
        var lastArrival: MonotonicInstant?
        /// Fields that were remarked on: once is enough.
        var remarked: Set<String> = []
    }

    init(view: MessageView, console: Console, countMax: Int?) {
        self.view = view
        self.console = console
        self.countMax = countMax
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
    /// - Returns: false when no more is wanted.
    func take(
        _ parcel: Parcel,
        from sender: SocketAddress,
        arrived arrival: WallTime? = nil,
        mayAnswer: ClosedRange<Int>? = nil
    ) throws(Ending) -> Bool {
        let peer = "\(sender)"
        let time = WallTime.now
        switch parcel.content {
        case .misfit(let error):
            state.withLock { state in
                state.misfits += 1
                state.lastArrival = NetworkEnvironment.now
                Self.note(peer, in: &state)
            }
            report(error, parcel.bytes, peer, time, arrival)
            return !isEnough
        case .fit(let content):
            let isWanted = state.withLock { state in
                if let countMax, state.messages >= countMax { return false }
                state.messages += 1
                state.lastArrival = NetworkEnvironment.now
                Self.note(peer, in: &state)
                return true
            }
            guard isWanted else { return false }
            let text = view.render(
                content,
                parcel.bytes,
                from: peer,
                at: time,
                arrival: arrival,
                mayAnswer: mayAnswer
            )
            try view.write(text)
            if case .message(let message) = content { remark(message, peer) }
            return !isEnough
        }
    }

    /// Datagrams that the system lost to a full queue: at least so many, see `Statistics`.
    var lostAtLeast: Int { state.withLock { $0.lostAtLeast } }

    /// Takes note of how many datagrams the system has lost so far, and remarks on it when it was silent for a
    /// while.
    ///
    /// - Parameter isOver: no remark, the summary follows.
    func note(lostAtLeast: Int, isOver: Bool = false) {
        let now = NetworkEnvironment.now
        let news = state.withLock { state in
            state.lostAtLeast = max(state.lostAtLeast, lostAtLeast)
            guard !isOver, state.lostAtLeast > state.lostToldOf, now >= state.tellsOfLossAt else { return 0 }
            defer { state.lostToldOf = state.lostAtLeast }
            state.tellsOfLossAt = now.advanced(by: Self.lossInterval)
            return state.lostAtLeast - state.lostToldOf
        }
        guard news > 0 else { return }
        console.remark(
            "at least \(plural(news, "datagram")) lost to a full receive queue: they come faster "
                + "than they are printed; ?rcvbuf=4M makes the queue longer"
        )
    }

    /// Says what happened, where the count alone does not.
    func summarize() {
        let (messages, misfits, peers, lost) = state.withLock {
            ($0.messages, $0.misfits, $0.peers.count, $0.lostAtLeast)
        }
        guard messages > 0 || misfits > 0 || lost > 0 || Stop.shared.reason != nil else { return }
        let duration = start.duration(to: NetworkEnvironment.now)
        var text = plural(messages, "message")
        if messages > 0 || misfits > 0 {
            text += " from \(peers >= Self.peersMax ? "more than " : "")" + plural(peers, "peer")
        }
        text += " in \(duration.rounded)"
        if misfits > 0 { text += ", \(misfits) more did not fit" }
        if lost > 0 { text += ", at least \(plural(lost, "datagram")) lost to a full queue" }
        console.note(text + console.droppedWords)
    }

    private static func note(_ peer: String, in state: inout State) {
        if state.peers.count < peersMax { state.peers.insert(peer) }
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
            "\(name): no such message: \(error)"
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
