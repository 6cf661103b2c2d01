import ParleyCore
import ParleyTypes
import Testing

/// Tests of behaviour are simulations that repeat themselves: a failure's seed brings the failure again.
@Suite(.timeLimit(.minutes(5))) struct GroundTests {
    /// Bodies of other suites' tests: tasks, losses of patience, cancellations, random sizes, limits of time.
    static let samples: [@Sendable () async throws -> Void] = [
        { try await RequestTests().`a letter's question finds its answer over every transport`(place: 0) },
        { try await RequestTests().`a flood of others hides no deadline`(isGarbage: true) },
        {
            try await LateAnswerTests()
                .`over datagrams no mailbox is handed a wrong answer without its mark`(place: 0)
        },
        {
            try await OwedAnswerTests()
                .`of 2,000 requests, a tenth given up, every answer that is returned belongs to its question`(
                    place: 0
                )
        },
        {
            try await BackpressureTests()
                .`the end comes after everything that was sent, and the other half stays open`(
                    place: .loopback
                )
        },
        {
            try await ListenerTests()
                .`no more peers are served at once than the limit says, and all in the end`()
        },
        {
            try await ListenerLimitTests()
                .`of 200 connections of one peer 8 are served, the others reset, and places come back`()
        },
        {
            try await RespondTests()
                .`each request has its answer, in order, alone and in bursts, on every transport`(.loopback)
        },
        {
            try await MemoryBudgetTests()
                .`bytes that come one by one, and messages of all sizes, are the same with a budget`()
        },
    ]

    private static func trace(_ sample: Int, seed: UInt64) async throws -> UInt64? {
        try await Ground.simulated.run(seed: seed, samples[sample])
    }

    @Test(arguments: samples.indices)
    func `one seed brings one run of a test`(sample: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let first = try #require(await Self.trace(sample, seed: seed))
        #expect(try await Self.trace(sample, seed: seed) == first, "seed \(seed)")
    }

    @Test func `what a test draws follows from the seed`() async throws {
        #expect(try await Self.trace(2, seed: 1) != Self.trace(2, seed: 2))
    }

    @Test func `one seed brings one run of a test in every process`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let first = try #require(await Self.trace(2, seed: seed))
        // Hash tables have another order there.
        await #expect(processExitsWith: .success, "seed \(seed)") {
            [seed = seed as UInt64, first = first as UInt64] in
            require(try await Self.trace(2, seed: seed) == first, "seed \(seed)")
        }
    }
}
