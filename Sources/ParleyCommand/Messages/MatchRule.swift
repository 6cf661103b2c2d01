import ParleyCore
import ParleyTypes
import ParleyWire

/// How an answer is known: what `--match` says, a field of both or one of each, `question-field=answer-field`.
struct MatchRule: Sendable {
    let question: MatchPath
    let answer: MatchPath

    /// - Throws: a usage error, before anything is sent.
    init(_ text: String, in form: Form, _ answers: Form) throws(Ending) {
        guard case .layout(let compiled, _) = form, case .layout(let answered, _) = answers else {
            throw Ending(
                .usage,
                "--match needs a layout: it names a field of the messages",
                remedy: "Name one: --as proto.h:struct_name, or --as 'seq:u32 text:char[16]'."
            )
        }
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init
        )
        question = try MatchPath(sides[0], in: compiled.layout)
        answer = try MatchPath(sides[sides.count - 1], in: answered.layout)
        guard question.kind == answer.kind else {
            throw Ending(
                .usage,
                "--match \(text): \(question.text) is \(question.kind.rawValue), \(answer.text) is "
                    + "\(answer.kind.rawValue): they are never equal",
                remedy: "Name two fields of one kind."
            )
        }
    }

    var matching: Matching<Parcel, Parcel> { .equal(\.[value: question], \.[value: answer]) }
}

extension Parcel {
    /// What a message says at a path; nil where it says nothing there.
    fileprivate subscript(value path: MatchPath) -> MatchPath.Value? { path.value(in: self) }
}
