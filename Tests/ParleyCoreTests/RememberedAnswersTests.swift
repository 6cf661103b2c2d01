import ParleyCore
import ParleyFlow
import ParleyTypes
import ParleyWire
import Testing

@Suite struct RememberedAnswersTests {
    /// Answers of one byte carry no number.
    @Test func `an answer without a number ends its question, and its peer is forgotten in time`() throws {
        let layout = MessageLayout(
            name: "Answer",
            packing: [.number("number", MessageNumber<UInt16>.self), .field("amount", UInt32.self)]
        )
        let numbering = try #require(layout.numbering)
        var answers = RememberedAnswers(
            try AnswerLimits(time: .seconds(10), peersMax: 1),
            answers: numbering
        )
        func place(_ port: UInt16) -> AskerPlace {
            AskerPlace(sender: .ipv4(.loopback, port: port), recipient: nil)
        }
        func mark(_ number: UInt8) throws -> MessageMark {
            let bytes: [UInt8] = [0, number, 0, 0, 0, 1]
            return try #require(unsafe MessageMark(bytes.span.bytes, by: numbering))
        }
        let begin = MonotonicInstant(nanoseconds: 0)
        guard case .run(let question) = answers.screen(try mark(1), of: place(1), at: begin) else {
            Issue.record("it is new")
            return
        }
        #expect(answers.keepNumbered([0], for: question, at: begin) == nil)
        guard case .again(nil) = answers.screen(try mark(1), of: place(1), at: begin) else {
            Issue.record("it has been run")
            return
        }
        guard case .refuse = answers.screen(try mark(1), of: place(2), at: begin) else {
            Issue.record("the one place is taken")
            return
        }
        let later = begin.advanced(by: .seconds(11))
        guard case .run(let next) = answers.screen(try mark(1), of: place(2), at: later) else {
            Issue.record("the first peer is forgotten")
            return
        }
        #expect(answers.keepNumbered([0, 0, 0, 0, 0, 9], for: next, at: later) == [0, 1, 0, 0, 0, 9])
    }
}
