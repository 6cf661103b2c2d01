import ParleyCore
import ParleyTypes
import ParleyWire

/// How questions are asked where each is to get its own answer: `--parallel`, `--match`.
struct Asking: Sendable {
    /// So many questions are open at once.
    let parallel: Int
    /// Nil where the order of answers tells.
    let match: MatchRule?
    /// How they are asked under numbers, where a field for these was named.
    let plan: NumberedPlan?

    /// Under numbers.
    init(_ plan: NumberedPlan) {
        parallel = plan.retrying.window
        match = nil
        self.plan = plan
    }

    /// As the library has it.
    static let parallelMax = 1024

    /// Nil where neither was asked for, or makes no difference.
    ///
    /// - Throws: a usage error that says what to write instead.
    init?(
        parallel: Int?,
        match: String?,
        at endpoint: Endpoint,
        _ form: Form,
        _ answers: Form,
        _ framing: Framing?
    ) throws(Ending) {
        guard parallel != nil || match != nil else { return nil }
        plan = nil
        let option = match == nil ? "--parallel" : "--match"
        guard !endpoint.reachesMany else {
            throw Ending(
                .usage,
                "\(option) is for one peer, and \(SafeText.line("\(endpoint)")) is many, who may all answer",
                remedy: "Leave it out: call prints what each of them answers within --timeout."
            )
        }
        self.match = if let match { try MatchRule(match, in: form, answers) } else { nil }
        self.parallel = parallel ?? 1
        if endpoint.transport.isStream, Self.lacksBorders(framing ?? answers.framing) {
            throw Ending(
                .usage,
                "\(option) needs messages with borders: nothing tells here where an answer ends",
                remedy: "Write --as lines, --as with a layout, or --framing."
            )
        }
        guard !endpoint.transport.isConnectionOriented, self.match == nil else { return }
        guard self.parallel > 1 else { return nil }
        throw Ending(
            .usage,
            "--parallel \(self.parallel) over \(endpoint.transport.rawValue) needs --match: datagrams come "
                + "late, twice or in another order, and nothing else tells which question an answer belongs to",
            remedy: Self.remedy(form)
        )
    }

    private static func lacksBorders(_ framing: Framing) -> Bool {
        framing == .chunks || framing == FramingName.Plain.end.framing
    }

    private static func remedy(_ form: Form) -> String {
        if case .layout(let compiled, _) = form, let path = MatchPath.paths(of: compiled.layout).first {
            return "Name the field that question and answer have in common, as in --match \(path)."
        }
        return
            "Give the messages a layout with a number of the question, and name it: "
            + "--as 'seq:u32 text:char[16]' --match seq."
    }
}
