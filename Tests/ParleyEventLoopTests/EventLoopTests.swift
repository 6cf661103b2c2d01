import Glibc
import ParleyNetwork
import ParleyTypes
import Testing

@testable import ParleyEventLoop

@Suite(.timeLimit(.minutes(5))) struct EventLoopTests {
    @Test func `a sleep ends after its deadline, in the order of deadlines`() async throws {
        let loop = try EventLoop()
        let start = EventLoop.now
        let order = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in [3, 1, 2] {
                group.addTask {
                    try await loop.sleep(until: start.advanced(by: .milliseconds(40 * index)))
                    #expect(start.duration(to: EventLoop.now) >= .milliseconds(40 * index))
                    return index
                }
            }
            var order: [Int] = []
            for try await index in group { order.append(index) }
            return order
        }
        #expect(order.sorted() == [1, 2, 3])
    }

    @Test func `a deadline that has passed is no wait`() async throws {
        let loop = try EventLoop()
        try await loop.sleep(until: MonotonicInstant(nanoseconds: .min))
        try await loop.sleep(until: MonotonicInstant(nanoseconds: 0))
        try await loop.sleep(until: EventLoop.now)
    }

    @Test(arguments: [MonotonicInstant.distantFuture, MonotonicInstant(nanoseconds: .max - 1)])
    func `cancelling ends a sleep, however long`(deadline: MonotonicInstant) async throws {
        let loop = try EventLoop()
        for pause in [0, 0, 0, 2] {
            let task = Task { () -> ErrorCode? in
                do throws(SocketError) {
                    try await loop.sleep(until: deadline)
                    return nil
                } catch {
                    return error.code
                }
            }
            if pause > 0 { try await loop.sleep(until: EventLoop.now.advanced(by: .milliseconds(pause))) }
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test func `thousands of cancelled timers leave the others in order`() async throws {
        let loop = try EventLoop()
        let start = EventLoop.now
        await withTaskGroup { group in
            for index in 0..<2000 {
                group.addTask { try? await loop.sleep(until: start.advanced(by: .seconds(3600 + index))) }
            }
            group.addTask { try? await loop.sleep(until: start.advanced(by: .milliseconds(30))) }
            group.cancelAll()
        }
        try await loop.sleep(until: EventLoop.now.advanced(by: .milliseconds(10)))
        #expect(start.duration(to: EventLoop.now) < .seconds(3600))
    }

    @Test func `an earlier deadline wakes a loop that sleeps for a later one`() async throws {
        let loop = try EventLoop()
        let late = Task { try await loop.sleep(until: EventLoop.now.advanced(by: .seconds(3600))) }
        for _ in 0..<200 { try await loop.sleep(until: EventLoop.now.advanced(by: .microseconds(100))) }
        late.cancel()
        await #expect(throws: SocketError.self) { try await late.value }
    }

    @Test func `a loop that nobody uses any more ends, with its thread and its descriptors`() async throws {
        await #expect(processExitsWith: .success) {
            func count(_ path: String) -> Int {
                guard let directory = unsafe opendir(path) else { return -1 }
                defer { unsafe closedir(directory) }
                var names = 0
                while unsafe readdir(directory) != nil { names += 1 }
                return names
            }
            let keeper = try EventLoop()
            try await keeper.sleep(until: EventLoop.now.advanced(by: .milliseconds(5)))
            let before = (count("/proc/self/fd"), count("/proc/self/task"))
            for _ in 0..<50 {
                let loops = [try EventLoop(), try EventLoop()]
                try await loops[0].sleep(until: EventLoop.now)
            }
            var now = before
            for _ in 0..<1000 {
                now = (count("/proc/self/fd"), count("/proc/self/task"))
                // The runtime may have started threads of its own meanwhile.
                if now.0 <= before.0, now.1 <= before.1 + 4 { exit(EXIT_SUCCESS) }
                try await keeper.sleep(until: EventLoop.now.advanced(by: .milliseconds(5)))
            }
            print("\(now), it was \(before)")
            exit(EXIT_FAILURE)
        }
    }
}
