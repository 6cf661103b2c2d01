import FaultInjection
import ParleySockets
import ParleyTypes
import Testing

/// A method of the library that makes one system call, and what it makes of that call's answers.
struct Wrapper: Sendable, CustomStringConvertible {
    var description: String
    var call: SystemCall
    var page: [ErrorCode]
    var operation: SocketError.Operation
    /// What the error must tell beside its number.
    var tells: Set<Detail> = []
    /// Answers that are no error of the method, or another one.
    var exceptions: [ErrorCode: Answer] = [:]
    /// Whether EINTR is answered by another try. The others never meet it.
    var retries = true
    /// How many calls a lasting fault meets.
    var attempts = 1
    /// Makes what the call needs, before the fault; what it returns makes the call.
    var prepare: @Sendable () throws -> () throws(SocketError) -> Answer

    enum Detail { case local, remote, subject }

    /// What a method came back with.
    enum Answer: Hashable {
        case done, wouldBlock, inProgress
        case transient(ErrorCode)
        case exhausted(ErrorCode)
        case failed(SocketError.Operation, ErrorCode)
    }

    func answer(to code: ErrorCode) -> Answer {
        exceptions[code] ?? .failed(operation, code)
    }
}

/// One wrapper and one number of its manual page.
struct FaultCase: Sendable, CustomTestStringConvertible {
    var wrapper: Wrapper
    var code: ErrorCode

    var testDescription: String { "\(wrapper): \(wrapper.call.name) \(code.name)" }

    static let all: [FaultCase] = Wrapper.all.flatMap { wrapper in
        wrapper.page.map { FaultCase(wrapper: wrapper, code: $0) }
    }

    /// Whether the fault ends by itself, and the call must go through after it.
    var isPassing: Bool { code == .interrupted && wrapper.retries }

    struct Outcome: Sendable {
        var answer = Wrapper.Answer.done
        var error: SocketError?
        var calls = 0
        /// How many descriptors the call left behind.
        var leaked = 0
        /// What went wrong before the call.
        var obstacle: String?
    }

    /// Makes the call on a thread that meets the fault.
    func run() -> Outcome {
        let result = apart { () -> Outcome in
            var outcome = Outcome()
            let start = Fault.openDescriptors
            do {
                let body = try wrapper.prepare()
                try Fault(wrapper.call, code, times: isPassing ? 3 : nil).inject()
                let before = Fault.openDescriptors
                do throws(SocketError) {
                    outcome.answer = try body()
                } catch {
                    outcome.answer = .failed(error.operation, error.code)
                    outcome.error = error
                }
                outcome.calls = Fault.calls
                outcome.leaked = Fault.openDescriptors - before
            } catch {
                outcome.obstacle = "\(error)"
            }
            // What was prepared is closed by now; the listener of the filter stays.
            if wrapper.call.name != "close" { outcome.leaked += Fault.openDescriptors - start - 1 }
            return outcome
        }
        switch result {
        case .success(let outcome): return outcome
        case .failure(let error): return Outcome(obstacle: "\(error)")
        }
    }
}
