internal import ParleyFlow
internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire
internal import Synchronization

/// The ``RememberedAnswers`` of the letters of one socket, or of all of a mailbox.
@usableFromInline
final class AnsweringMemory: Sendable {
    private let memory: Mutex<RememberedAnswers>
    private let answers: MessageNumbering
    private let network: any Network
    private let counters: Counters

    init(
        _ limits: AnswerLimits,
        _ numbering: Numbering.Pair,
        on network: any Network,
        _ counters: Counters
    ) {
        memory = Mutex(RememberedAnswers(limits, answers: numbering.outbound))
        answers = numbering.outbound
        self.network = network
        self.counters = counters
    }

    /// What to do with a letter.
    @usableFromInline
    enum Screening {
        /// Run it, and keep its answer by this; nil where it carries no number.
        case run(RunningQuestion?)
        /// Send this once more.
        case answer([UInt8])
        case drop
    }

    @usableFromInline
    func screen(_ mark: MessageMark?, from sender: SocketAddress, to recipient: SocketAddress?) -> Screening {
        guard let mark else { return .run(nil) }
        let asker = AskerPlace(sender: sender, recipient: recipient)
        let now = network.now
        switch memory.withLock({ $0.screen(mark, of: asker, at: now) }) {
        case .run(let question): return .run(question)
        case .refuse:
            counters.countRefused()
            return .drop
        case .again(let answer):
            counters.countRemembered()
            return answer.map { .answer($0) } ?? .drop
        }
    }

    /// A question has no answer: a repeated one has none either.
    @usableFromInline
    func keepNothing(for question: RunningQuestion?) {
        guard let question else { return }
        let now = network.now
        memory.withLock { $0.keep(nil, for: question, at: now) }
    }

    /// Writes the question's number into the answer that was added last, and keeps a copy.
    @usableFromInline
    func keepLast(of burst: Burst, for question: RunningQuestion?) throws(ParleyError) {
        guard let question else { return }
        guard let answer = burst.numberLast(question.number, by: answers) else {
            burst.removeLast()
            throw .unnumbered(.kind)
        }
        let now = network.now
        memory.withLock { $0.keep(answer, for: question, at: now) }
    }

    /// As ``keepLast(of:for:)``, of bytes.
    func keep(_ answer: [UInt8], for question: RunningQuestion?) throws(ParleyError) -> [UInt8] {
        guard let question else { return answer }
        let now = network.now
        let result = memory.withLock { $0.keepNumbered(answer, for: question, at: now) }
        guard let result else { throw .unnumbered(.kind) }
        return result
    }
}
