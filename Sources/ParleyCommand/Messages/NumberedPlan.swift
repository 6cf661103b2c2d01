import ParleyCore
import ParleyFlow
import ParleyTypes

/// How questions are asked under numbers: `call --number`.
struct NumberedPlan: Sendable {
    let question: NumberField
    let answer: NumberField
    let retrying: Retrying

    static let retriesUsual = 4
    static let retriesRange = 0...Retrying.triesRange.upperBound - 1
    static let windowRange = Retrying.windowRange

    /// Nil where no field was named.
    ///
    /// - Throws: a usage error that says what to write instead.
    init?(
        _ options: NumberOptions,
        retry: Int?,
        window: Int?,
        _ timeout: Span?,
        at endpoint: Endpoint,
        _ form: Form,
        _ answers: Form
    ) throws(Ending) {
        guard let question = try options.field(in: form) else { return nil }
        guard !endpoint.transport.isConnectionOriented else {
            throw Ending(
                .usage,
                "--number asks again what a network loses, and \(endpoint.transport.rawValue) loses nothing",
                remedy:
                    "Fill the field in with {n}, and name it in --match where answers come in another order."
            )
        }
        guard !endpoint.reachesMany else {
            throw Ending(
                .usage,
                "--number is for one peer, and \(SafeText.line("\(endpoint)")) is many, who may all answer",
                remedy: "Leave it out: call prints what each of them answers within --timeout."
            )
        }
        self.question = question
        guard let answer = try options.field(in: answers) else { return nil }
        self.answer = answer
        guard answer.bits == question.bits else {
            throw Ending(
                .usage,
                "--number: the questions' has \(question.bits) bits and the answers' \(answer.bits)",
                remedy: "Name fields of one width."
            )
        }
        do throws(FlowError) {
            retrying = try Retrying(
                tries: 1 + (retry ?? Self.retriesUsual),
                within: timeout?.duration,
                window: window ?? 1
            )
        } catch {
            throw Ending(.usage, "--timeout: \(error)")
        }
    }
}
