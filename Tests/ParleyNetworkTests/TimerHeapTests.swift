import ParleyTypes
import Testing

@testable import ParleyNetwork

@Suite struct TimerHeapTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is left comes out in the order of deadlines, each once`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var heap = TimerHeap()
        var living: [UInt64: Int64] = [:]
        var last: UInt64 = 0
        var now: Int64 = 0
        for _ in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let deadline = now + .random(in: -5...100, using: &random)
                let id = heap.insert(MonotonicInstant(nanoseconds: deadline), .wake(Suspension()))
                living[id] = deadline
                last = id
            case 5..<8:
                // Also twice, and after it has passed: an identity that is no longer there does no harm.
                let id = UInt64.random(in: 0...last, using: &random)
                heap.cancel(id)
                living[id] = nil
            default:
                now += .random(in: 0...20, using: &random)
                let due = living.filter { $0.value <= now }
                #expect(heap.expired(at: MonotonicInstant(nanoseconds: now)).count == due.count)
                for id in due.keys { living[id] = nil }
                #expect(heap.next()?.nanoseconds == living.values.min())
            }
        }
        #expect(heap.expired(at: .distantFuture).count == living.count)
        #expect(heap.next() == nil)
    }

    @Test func `equal deadlines come out in the order in which they were set`() {
        var heap = TimerHeap()
        let waiters = (0..<100).map { _ in Suspension() }
        for waiter in waiters { _ = heap.insert(MonotonicInstant(nanoseconds: 1), .wake(waiter)) }
        for (target, waiter) in zip(heap.expired(at: .distantFuture), waiters) {
            if case .wake(let first) = target { #expect(first === waiter) } else { Issue.record("a call") }
        }
    }
}
