import ParleyText
import ParleyTypes
import ParleyWire

/// Answers messages by a template: what `serve reply` does.
struct Replier: Sendable {
    let question: Form
    let answer: Form
    let template: MessageTemplate
    /// How questions and answers are told apart on a stream: each as its own layout says, or both as was said.
    let questionFraming: Framing
    let answerFraming: Framing
    let console: Console

    /// - Parameter answer: nil when answers are of the question's layout.
    init(
        _ arguments: [String],
        question: Form,
        answer: Form?,
        framing: Framing?,
        console: Console
    ) throws(Ending) {
        guard case .layout(let asked, let policy) = question else {
            throw Ending(
                .usage,
                "serve reply needs a layout",
                remedy: "Name one: --as proto.h:struct_name, or --as 'name:char[13] math:u32'."
            )
        }
        guard case .layout(let given, _) = answer ?? question else {
            throw Ending(
                .usage,
                "--reply-as needs a layout",
                remedy: "Name one: --reply-as proto.h:struct_name, or --reply-as 'math:u32'."
            )
        }
        do throws(MessageTextError) {
            template = try MessageTemplate(
                arguments,
                answering: asked,
                as: given,
                policy,
                load: MessageReader.load,
                filling: LengthFilling(framing?.lengthField, in: given.layout)
            )
        } catch {
            var ending = Ending(error)
            if answer != nil, case .field(let wire, _) = error, case .missingField = wire.reason {
                ending.remedy =
                    "With --reply-as nothing is the question's by itself: name each field, as FIELD=1 or "
                    + "FIELD={FIELD OF THE QUESTION}."
            }
            throw ending
        }
        self.question = question
        self.answer = answer ?? question
        questionFraming = framing ?? question.framing
        answerFraming = framing ?? self.answer.framing
        self.console = console
    }

    /// What becomes of a message.
    enum Verdict {
        case answer([UInt8])
        /// It has none.
        case nothing
        /// The question has a number, and its answer has no room for it.
        case unnumbered
        /// It, or its answer, does not fit the layout.
        case misfit
    }

    /// The answer to a peer's message; what a message lacks is remarked on.
    func answer(to bytes: [UInt8], from sender: SocketAddress) -> Verdict {
        var peer: String { SafeText.line("\(sender)") }
        switch ParcelCoder(form: question).content(bytes) {
        case .misfit(let error):
            console.complain("\(peer): not answered: \(error)")
            return .misfit
        case .fit(.message(let message)):
            do throws(MessageTextError) {
                if let answer = try template.answer(to: message) { return .answer(answer.bytes) }
                console.note("\(peer): not answered, the template has nothing for this kind", at: 1)
            } catch {
                console.complain("\(peer): not answered: \(error)")
                return .misfit
            }
        case .fit:
            break
        }
        return .nothing
    }
}
