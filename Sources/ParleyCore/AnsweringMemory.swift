internal import ParleyFlow
internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire
internal import Synchronization

/// The ``ParleyFlow/AnswerMemory`` of the letters of one socket, or of all of a mailbox.
@usableFromInline
final class AnsweringMemory: Sendable {
    private let memory: Mutex<AnswerMemory<AskerPlace>>
    private let bits: Int
    private let answers: MessageNumbering
    private let network: any Network
    private let counters: Counters

    init(
        _ limits: AnswerLimits,
        _ numbering: Numbering.Pair,
        on network: any Network,
        _ counters: Counters
    ) {
        memory = Mutex(AnswerMemory(limits))
        bits = 8 * (numbering.inbound.widths.first ?? 1)
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
        let verdict = memory.withLock {
            $0.receive(mark.number, ofBits: bits, saying: mark.digest, from: asker, at: now)
        }
        switch verdict {
        case .new(let question):
            return .run(RunningQuestion(question: question, asker: asker, number: mark.number))
        case .refused:
            counters.countRefused()
            return .drop
        case .repeated(let answer?):
            counters.countRemembered()
            return .answer(answer)
        case .repeated(nil), .running, .forgotten:
            counters.countRemembered()
            return .drop
        }
    }

    /// A question has no answer: a repeated one has none either.
    @usableFromInline
    func keepNothing(for question: RunningQuestion?) {
        guard let question else { return }
        let now = network.now
        memory.withLock { $0.keep(nil, for: question.question, of: question.asker, at: now) }
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
        memory.withLock { $0.keep(answer, for: question.question, of: question.asker, at: now) }
    }

    /// As ``keepLast(of:for:)``, of bytes.
    func keep(_ answer: [UInt8], for question: RunningQuestion?) throws(ParleyError) -> [UInt8] {
        guard let question else { return answer }
        guard let place = unsafe answers.place(in: answer.span.bytes) else { throw .unnumbered(.kind) }
        var numbered = answer
        place.write(question.number, into: &numbered)
        let kept = numbered
        let now = network.now
        memory.withLock { $0.keep(kept, for: question.question, of: question.asker, at: now) }
        return kept
    }
}

/// Who asks, and which of our addresses: an asker numbers its questions for each address that it asks.
package struct AskerPlace: Sendable, Hashable {
    package var sender: SocketAddress
    package var recipient: SocketAddress?

    package init(sender: SocketAddress, recipient: SocketAddress?) {
        self.sender = sender
        self.recipient = recipient
    }
}

/// A numbered question that is being answered.
@usableFromInline
struct RunningQuestion: Sendable {
    let question: AnswerMemory<AskerPlace>.Question
    let asker: AskerPlace
    let number: UInt64
}
