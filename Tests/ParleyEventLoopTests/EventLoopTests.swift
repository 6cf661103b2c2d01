import ParleyEventLoop
import ParleyTypes
import Testing

@Suite struct EventLoopTests {
    @Test func `a sleep ends after its deadline, in the order of deadlines`() async throws {
        let loop = try EventLoop()
        let start = EventLoop.now
        let order = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in [3, 1, 2] {
                group.addTask {
                    try await loop.sleep(until: start.advanced(by: .milliseconds(40 * index)))
                    return index
                }
            }
            var order: [Int] = []
            for try await index in group { order.append(index) }
            return order
        }
        #expect(order == [1, 2, 3])
        #expect(start.duration(to: EventLoop.now) >= .milliseconds(120))
    }

    @Test func `cancelling ends a sleep at once`() async throws {
        let loop = try EventLoop()
        let task = Task { () -> ErrorCode? in
            do throws(SocketError) {
                try await loop.sleep(until: .distantFuture)
                return nil
            } catch {
                return error.code
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test func `thousands of cancelled timers leave the others in order`() async throws {
        let loop = try EventLoop()
        let start = EventLoop.now
        await withTaskGroup { group in
            for index in 0..<2000 {
                group.addTask {
                    try? await loop.sleep(until: start.advanced(by: .seconds(60 + index)))
                }
            }
            group.addTask { try? await loop.sleep(until: start.advanced(by: .milliseconds(30))) }
            group.cancelAll()
        }
        try await loop.sleep(until: EventLoop.now.advanced(by: .milliseconds(10)))
        #expect(start.duration(to: EventLoop.now) < .seconds(30))
    }
}
