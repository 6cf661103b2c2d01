import ExampleMessages
import ParleyFlow
import ParleyTypes
import Testing

@testable import ParleyCore

@Suite struct SmootherTests {
    @Test func `what says no time counts with the bytes that are held, until it is handed out`() throws {
        var smoother = try Smoother<Score>(
            delay: .fixed(.seconds(1)),
            playsLate: false,
            lettersMax: 100,
            bytesMax: 63,
            sendersMax: 1
        )
        let now = MonotonicInstant(nanoseconds: 0)
        let untimed = PlayoutMarks(number: nil, stamp: nil, scale: .period(1))
        func receive(_ count: Int) {
            for number in 0..<count {
                let letter = Letter(message: score(number), sender: .unix(.unnamed), recipient: nil)
                smoother.receive(letter, untimed, size: 21, at: now)
            }
        }
        receive(5)
        #expect(smoother.report.waiting == 3 && smoother.report.refused == 2)
        #expect(smoother.next(at: now) != nil)
        receive(2)
        #expect(smoother.report.waiting == 3 && smoother.report.refused == 3)
    }
}
