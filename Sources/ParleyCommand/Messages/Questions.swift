import ParleyCore
import ParleyText
import ParleyTypes

/// The questions of a call over datagrams: which of them got no answer, and so which ones an answer may belong to.
struct Questions {
    /// How long each waits for its answer.
    let limit: Duration
    /// Whether there is only one, whose number says nothing.
    let isOne: Bool
    /// Whether more than one peer answers each.
    let isMany: Bool
    /// How many were asked.
    private(set) var count = 0
    /// How many had no answer in time.
    private(set) var failures = 0
    /// Those whose answers may still come, the oldest first.
    private var open: [Question] = []
    private var last = Question(number: 0, text: "", until: .distantFuture)
    /// Until when answers are in doubt because one came that no question was waiting for.
    private var inDoubtUntil = MonotonicInstant(nanoseconds: .min)
    private var hasRemarkedOnMany = false

    private struct Question {
        var number: Int
        var text: String
        var until: MonotonicInstant
    }

    /// Why it is not clear which question an answer belongs to.
    struct Doubt {
        /// From the first to the last question that it may belong to.
        var questions: ClosedRange<Int>
        /// Nil where it was said before.
        var remark: String?
    }

    /// For so long an answer may still come, as the library has it (`Letter.mayBeLate`).
    private static let lateMax = Duration.seconds(120)
    /// More questions without an answer than this are not remembered; the oldest go first.
    private static let openMax = 1024
    /// More questions than this are not named in one remark.
    private static let namedMax = 3
    /// A question is shown by its beginning.
    private static let shownCharactersMax = 40

    init(limit: Duration, isOne: Bool, isMany: Bool) {
        self.limit = limit
        self.isOne = isOne
        self.isMany = isMany
    }

    /// A question was sent.
    mutating func ask(_ question: Parcel) {
        count += 1
        last = Question(number: count, text: Self.text(of: question), until: .distantFuture)
    }

    /// The time of the last question is over.
    ///
    /// - Returns: what to say about it.
    mutating func end(isAnswered: Bool) -> String? {
        // Of many some may answer late whoever has answered.
        if !isAnswered || isMany {
            var question = last
            question.until = NetworkEnvironment.now.advanced(by: Self.lateMax)
            if open.count >= Self.openMax { open.removeFirst() }
            open.append(question)
        }
        guard !isAnswered else { return nil }
        failures += 1
        return isOne
            ? "no answer within \(limit.spelled)" : "\(name(last)) got no answer within \(limit.spelled)"
    }

    /// Which questions an answer may belong to, nil when it is the last one's for all that is known.
    ///
    /// What was taken for one answer may have been another's, which then comes later; so once there is a doubt
    /// it is about all questions from there on.
    ///
    /// - Parameter isAsked: whether the last question waits for an answer.
    mutating func doubt(isAsked: Bool) -> Doubt? {
        let now = NetworkEnvironment.now
        open.removeAll { $0.until <= now }
        if isMany { return doubtOfMany() }
        let isUnasked = !isAsked && open.isEmpty
        if isUnasked { inDoubtUntil = now.advanced(by: Self.lateMax) }
        if inDoubtUntil > now {
            let remark =
                isUnasked
                ? "this came although no question was waiting: it was sent twice, or nobody asked for it, and "
                    + "answers so far may belong to other questions"
                : "something came before that no question was waiting for; this may belong to an earlier one"
            return Doubt(questions: 1...last.number, remark: open.isEmpty ? remark : remarkOnOpen)
        }
        guard let first = open.first else { return nil }
        return Doubt(questions: first.number...last.number, remark: remarkOnOpen)
    }

    private mutating func doubtOfMany() -> Doubt? {
        guard let first = open.first, first.number < last.number else { return nil }
        defer { hasRemarkedOnMany = true }
        let remark = "this and what follows may also be late answers to earlier questions"
        return Doubt(questions: first.number...last.number, remark: hasRemarkedOnMany ? nil : remark)
    }

    private var remarkOnOpen: String {
        let named = open.suffix(Self.namedMax).map(name)
        let others = open.count - named.count
        var list = named.joined(separator: ", ")
        if others > 0 { list += " and \(plural(others, "earlier one"))" }
        let whose = open.count == 1 ? "its late answer" : "the late answer to one of them"
        return "\(list) got no answer within \(limit.spelled); this may be \(whose)"
    }

    private func name(_ question: Question) -> String { Self.name(question.number, question.text) }

    /// `question 7 (hello)`
    static func name(_ number: Int, _ text: String) -> String { "question \(number) (\(text))" }

    /// The beginning of what a question says.
    static func text(of parcel: Parcel) -> String {
        let text =
            switch parcel.content {
            case .fit(.message(let message)): "\(message.json(TextPolicy()))"
            case .fit(.text(let text)): text
            case .fit(.json(let value)): "\(value)"
            case .fit(.bytes), .misfit: text(of: parcel.bytes)
            }
        let beginning = String(text.prefix(shownCharactersMax))
        return SafeText.line(beginning.count < text.count ? beginning + "…" : beginning)
    }

    private static func text(of bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "no bytes" }
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        if isText, let text = String(validating: bytes, as: UTF8.self) { return text }
        return Hex.text(Array(bytes.prefix(shownCharactersMax)))
    }
}
