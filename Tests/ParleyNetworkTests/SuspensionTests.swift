import Testing

@testable import ParleyNetwork

@Suite(.timeLimit(.minutes(5))) struct SuspensionTests {
    @Test func `whoever wakes first decides, and nobody waits for ever`() async {
        for _ in 0..<2000 {
            let waiter = Suspension()
            let task = Task { await waiter.wait() }
            let rivals: [Suspension.Wake] = [.ready, .timedOut, .closed]
            await withTaskGroup { group in
                for rival in rivals { group.addTask { _ = waiter.wake(rival) } }
                group.addTask { task.cancel() }
            }
            let reason = await task.value
            // Asked again it says the same.
            #expect(await waiter.wait() == reason)
        }
    }
}
