import FaultInjection
import ParleySockets
import ParleyTypes
import Testing

/// Every wrapper of a system call against every number of its manual page.
@Suite(.enabled(if: Unavailable.reason == nil), .timeLimit(.minutes(2))) struct InjectedFaultTests {
    @Test(arguments: FaultCase.all)
    func `every answer of a system call has its meaning, and leaves no descriptor`(fault: FaultCase) {
        let outcome = fault.run()
        #expect(outcome.obstacle == nil)
        let wrapper = fault.wrapper
        let expected = fault.isPassing ? Wrapper.Answer.done : wrapper.answer(to: fault.code)
        #expect(outcome.answer == expected)
        // A call that was interrupted is made again; no other is.
        #expect(outcome.calls == (fault.isPassing ? 4 : wrapper.attempts))
        #expect(outcome.leaked == 0)
        guard let error = outcome.error else { return }
        for detail in wrapper.tells {
            switch detail {
            case .local: #expect(error.local != nil)
            case .remote: #expect(error.remote != nil)
            case .subject: #expect(error.subject != nil)
            }
        }
        #expect(error.description.contains(fault.code.name))
        #expect(!fault.code.name.hasPrefix("errno "), "a number of the manual that has no name")
        if fault.code.isExhaustion { #expect(!error.remedy.isEmpty) }
    }

    @Test func `the manual gives more than two hundred cases`() {
        print("\(FaultCase.all.count) cases of \(Wrapper.all.count) wrappers")
        #expect(FaultCase.all.count >= 200)
    }
}
