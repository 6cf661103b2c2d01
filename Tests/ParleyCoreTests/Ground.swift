import ParleyNetwork
import ParleySimulation
import ParleyTypes
import Synchronization
import Testing

@testable import ParleyCore

/// Where a test of behaviour runs: on the kernel, and once more on a network in memory, from one source. A law of
/// mailboxes, connections and listeners holds on both, or a test says why not.
///
///     @Suite(.timeLimit(.minutes(5)), .bothGrounds) struct ClosingTests {
///         @Test func `closing twice is closing once`() async throws { … }
///         @Test(.kernelOnly("needs a raw socket")) func …
///
/// On the simulated ground the body is the program of a host, so it keeps to what programs there must keep to: it
/// waits by ``NetworkEnvironment/sleep(for:)``, starts tasks by `Task.here`, and a loop that never has to wait takes
/// a `Ground.breath` each time round.
enum Ground: Sendable {
    case kernel
    case simulated

    /// Nil for tests of one network alone.
    @TaskLocal static var current: Ground?
    /// What random parts of a test follow from; it is told with each issue.
    @TaskLocal static var seed = UInt64(0)

    /// Each simulation has a thread, and tests on the kernel have limits of time: they are not to share two processors
    /// with all simulations at once.
    private static let places = Places(2)

    static var isSimulated: Bool { current == .simulated }

    /// Lets time pass where it stands while code runs: what was sent within this host has come then.
    static func breath(_ time: Duration = .microseconds(20)) async {
        if isSimulated { try? await NetworkEnvironment.sleep(for: time) }
    }

    /// What simulated hosts do not have yet: a test that opens it ends there, on this ground. Once they have it this
    /// is empty, and such a test is a failure.
    private static let lacking: Set<Transport> = []

    private static func isLacking(_ error: any Error) -> Bool {
        guard case ParleyError.socket(let error) = error, error.code == .protocolNotSupported else {
            return false
        }
        return lacking.contains { error.subject == "\($0) on a simulated network" }
    }

    /// - Returns: the trace of a simulation.
    @discardableResult
    func run(seed: UInt64, _ body: @escaping @Sendable () async throws -> Void) async throws -> UInt64? {
        try await Self.$current.withValue(self) {
            try await Self.$seed.withValue(seed) {
                guard self == .simulated else {
                    try await body()
                    return nil
                }
                try await Self.places.take()
                defer { Self.places.giveBack() }
                let network = SimulatedNetwork(seed: seed, timeLimit: .seconds(60 * 86_400))
                try await network { _ in
                    do {
                        try await body()
                    } catch {
                        if !Self.isLacking(error) { throw error }
                    }
                }
                return network.traceHash
            }
        }
    }
}

/// Runs each test of a suite on these grounds; what stands at a test is for that test.
struct Grounds: TestTrait, SuiteTrait, TestScoping {
    fileprivate var list: [Ground]
    fileprivate var reason = ""

    var isRecursive: Bool { true }
    var comments: [Comment] { reason.isEmpty ? [] : [Comment(rawValue: reason)] }

    @concurrent
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        // A scope around this one has seen to it.
        guard Ground.current == nil else { return try await function() }
        let list = test.traits.compactMap { $0 as? Grounds }.last?.list ?? list
        let seed = UInt64.random(in: 0...UInt64.max)
        for ground in list {
            let naming = IssueHandlingTrait.compactMapIssues { issue in
                var issue = issue
                issue.comments.append(Comment(rawValue: "on the \(ground) ground, seed \(seed)"))
                return issue
            }
            try await naming.provideScope(for: test, testCase: testCase) {
                await withoutActuallyEscaping(function) { function in
                    let body = Body(function)
                    defer { body.forget() }
                    do {
                        try await ground.run(seed: seed) { try await body() }
                    } catch is ExpectationFailedError {
                        // It is recorded already.
                    } catch {
                        Issue.record(error, sourceLocation: test.sourceLocation)
                    }
                }
            }
        }
    }
}

/// A test's body, which is forgotten when it has run: nothing may keep it.
private final class Body: Sendable {
    private let function: Mutex<(@Sendable @concurrent () async throws -> Void)?>

    init(_ function: @escaping @Sendable @concurrent () async throws -> Void) {
        self.function = Mutex(function)
    }

    func callAsFunction() async throws { try await function.withLock(\.self)?() }

    func forget() { function.withLock { $0 = nil } }
}

extension Trait where Self == Grounds {
    /// On the kernel, and on a simulated network.
    static var bothGrounds: Grounds { Grounds(list: [.kernel, .simulated]) }

    static func kernelOnly(_ reason: String) -> Grounds { Grounds(list: [.kernel], reason: reason) }

    static func simulatedOnly(_ reason: String) -> Grounds { Grounds(list: [.simulated], reason: reason) }
}

extension Task where Failure == Never {
    /// A task that stays on the ground of the one that starts it, as child tasks do and `Task { }` does not.
    static func here(_ body: sending @escaping @isolated(any) () async -> Success) -> Task {
        Task(executorPreference: NetworkEnvironment.network?.executor, operation: body)
    }
}

extension Task where Failure == any Error {
    /// A task that stays on the ground of the one that starts it, as child tasks do and `Task { }` does not.
    static func here(_ body: sending @escaping @isolated(any) () async throws -> Success) -> Task {
        Task(executorPreference: NetworkEnvironment.network?.executor, operation: body)
    }
}
