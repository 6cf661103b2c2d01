import FaultInjection
import ParleyTypes
import Testing

@testable import ParleyEventLoop

/// What an event loop needs to begin, refused by the kernel in every way that the manual knows.
@Suite(.enabled(if: Unavailable.reason == nil), .timeLimit(.minutes(5))) struct InjectedFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var call: SystemCall
        var code: ErrorCode
        var subject: String

        var testDescription: String { "\(call.name) \(code.name)" }

        init(_ call: SystemCall, _ subject: String, _ code: ErrorCode) {
            self.call = call
            self.code = code
            self.subject = subject
        }
    }

    static let cases: [Case] =
        [.invalidArgument, .tooManyFilesInProcess, .tooManyFilesInSystem, .outOfMemory].map {
            Case(.epollCreate, "epoll", $0)
        }
        + [
            .invalidArgument, .tooManyFilesInProcess, .tooManyFilesInSystem, .noSuchDevice, .outOfMemory,
        ].map { Case(.eventfd, "eventfd", $0) }
        + [
            .badDescriptor, .fileExists, .invalidArgument, .symbolicLinkLoop, .noSuchFile, .outOfMemory,
            .noSpace, .notPermitted,
        ].map { Case(.epollControl, "epoll_ctl", $0) }
        + (Fault.canRefuseThreads ? [.wouldBlock, .notPermitted, .invalidArgument] : []).map {
            Case(.clone, "a thread", $0)
        }

    @Test(arguments: cases)
    func `a loop that cannot begin says why, and leaves no descriptor`(fault: Case) throws {
        struct Outcome {
            var error: SocketError?
            var obstacle: String?
            var leaked = 0
        }
        let outcome = try apart { () -> Outcome in
            do throws(Unavailable) {
                try Fault(fault.call, fault.code).inject()
            } catch {
                return Outcome(obstacle: error.description)
            }
            let before = Fault.openDescriptors
            var outcome = Outcome()
            do throws(SocketError) {
                _ = try EventLoop()
            } catch {
                outcome.error = error
            }
            outcome.leaked = Fault.openDescriptors - before
            return outcome
        }.get()
        #expect(outcome.obstacle == nil)
        #expect(outcome.error?.operation == .open)
        #expect(outcome.error?.code == fault.code)
        #expect(outcome.error?.subject == fault.subject)
        #expect(outcome.leaked == 0)
    }
}
