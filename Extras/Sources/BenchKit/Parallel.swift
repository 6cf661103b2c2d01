public import Synchronization

/// What tasks that ask at once share.
@usableFromInline
final class ParallelLoad: Sendable {
    @usableFromInline let count = Atomic<Int>(0)
    @usableFromInline let isOver = Atomic<Bool>(false)

    @usableFromInline init() {}
}

/// So many tasks, each of which asks one question after another until the time is over: what is answered in a second,
/// after a fifth of the time to warm up (Benchmarks/c/requests.c).
///
/// - Parameter ask: sends the number in a question of 64 bytes, and returns that in its answer.
@inlinable
public func measureParallel(
    _ peer: String,
    tasks: Int,
    seconds: Double,
    ask: @escaping @Sendable (UInt32) async throws -> UInt32
) async throws {
    let load = ParallelLoad()
    try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<tasks {
            group.addTask {
                var number = UInt32(task)
                while !load.isOver.load(ordering: .relaxed) {
                    guard try await ask(number) == number else { fail("another question's answer came back") }
                    load.count.add(1, ordering: .relaxed)
                    number &+= UInt32(tasks)
                }
            }
        }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds / 5))
            let start = secondsNow()
            let before = load.count.load(ordering: .relaxed)
            // Longer where nothing was answered, as in a short round on a machine that does something else.
            var count = 0
            while count == 0, secondsNow() - start < 10 {
                try await Task.sleep(for: .seconds(seconds))
                count = load.count.load(ordering: .relaxed) - before
            }
            let rate = Double(count) / (secondsNow() - start)
            load.isOver.store(true, ordering: .relaxed)
            report("parallel", peer: peer, row: "\(tasks) under way", unit: "requests/s", value: rate)
        }
        // The first error ends the others.
        while try await group.next() != nil {}
    }
}
