import ParleyEventLoop
import ParleyTypes
import Testing

@Suite struct LogGateTests {
    @Test func `a flood of mishaps writes one line a second, with a count of the others`() {
        let gate = LogGate()
        func at(_ milliseconds: Int64) -> MonotonicInstant {
            MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
        }
        #expect(gate.pass(at: at(5)) == 0)
        for millisecond in 6..<1005 { #expect(gate.pass(at: at(Int64(millisecond))) == nil) }
        #expect(gate.pass(at: at(1005)) == 999)
        #expect(gate.pass(at: at(1006)) == nil)
        #expect(gate.pass(at: at(9000)) == 1)
        #expect(gate.pass(at: at(20_000)) == 0)
    }
}
