import ExampleMessages
import ParleyCore
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct PairTests {
    private static func converse(over transport: Transport) async throws {
        let (near, far) = try await Connection.pair(Score.self, over: transport)
        async let served: Void = {
            for try await score in far.messages { try await far.send(graded(score)) }
        }()
        for number in 0..<10 {
            #expect(try await near.request(score(number), timeout: .seconds(5)).math == UInt32(number + 1))
        }
        try near.finishSending()
        try await served
        far.close()
        #expect(try await near.next() == nil)
    }

    @Test(arguments: [Transport.seqpacket, .unix, .tcp])
    func `both ends of a pair talk, on the kernel and in a simulation`(transport: Transport) async throws {
        try await Self.converse(over: transport)
        try await SimulatedNetwork(seed: 1) { _ in try await Self.converse(over: transport) }
    }
}
