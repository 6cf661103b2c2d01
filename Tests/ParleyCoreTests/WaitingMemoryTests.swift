import CAllocationCount
import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import Testing

/// Every asynchronous call keeps room, while it waits, for each error that it may throw or pass on. What an error tells
/// lies behind a word for that, and a connection that waits in a dozen calls is small.
@Suite struct ErrorSizeTests {
    @Test func `an error is two words at most, whatever it tells`() {
        #expect(MemoryLayout<ParleyError>.size <= 8)
        #expect(MemoryLayout<SocketError>.size <= 16)
    }
}

extension ProcessTests {
    @Suite(.serialized, .enabled(if: parley_allocations_are_countable(), "glibc without a sanitizer counts"))
    struct WaitingMemoryTests {
        /// Idle connections are what a server of many has most of. The build as it is, unoptimised as a rule, is
        /// measured; the optimiser makes it less.
        @Test func `a connection that waits takes 12,000 bytes at most, however often it has waited`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Waiting.check(connections: 200, bytesMax: 12_000)
            }
            print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
        }
    }
}

private enum Waiting {
    static func check(connections count: Int, bytesMax: Int) async throws {
        let listener = try await Listener(Score.self, at: .unix(abstract: Fresh.name))
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await withNetworkExecutor {
                    try await listener.run { connection in
                        for try await score in connection.messages { try await connection.send(score) }
                    }
                }
            }
            // What the first ones take is kept for all.
            let first = try (0..<8).map { _ in try Stranger(listener.localAddress) }
            for stranger in first { try await stranger.ask() }
            let before = Int(parley_allocated_bytes())
            let strangers = try (0..<count).map { _ in try Stranger(listener.localAddress) }
            for round in 1...4 {
                for stranger in strangers { try await stranger.ask() }
                let each = (Int(parley_allocated_bytes()) - before) / count
                print("\(each) bytes for each of \(count) connections that have answered \(round) times")
                require(each <= bytesMax, "\(each) bytes")
            }
            require(listener.statistics.active == count + first.count, "\(listener.statistics)")
            group.cancelAll()
        }
    }
}

/// A peer that takes no memory here but its descriptor's.
private final class Stranger {
    private let socket: Socket

    init(_ address: SocketAddress) throws(SocketError) {
        socket = try Socket(.unix, .stream)
        require(try socket.connect(to: address) == .connected, "the backlog takes it")
    }

    /// Sends a score and waits for it to come back.
    func ask() async throws {
        var bytes = [UInt8](repeating: 0, count: Score.wireSizeMinimum)
        bytes[0] = UInt8(ascii: "L")
        let sent = unsafe try socket.send(bytes.span.bytes)
        require(sent == bytes.count, "\(String(describing: sent)) bytes of \(bytes.count) left")
        var missing = bytes.count
        let isAnswered = await eventually {
            var place = bytes.mutableSpan
            var free = unsafe place.mutableBytes
            missing -= (try? socket.receive(into: &free)) ?? 0
            return missing == 0
        }
        require(isAnswered, "no answer")
    }
}
