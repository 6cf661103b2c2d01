import Testing

@testable import ParleyNetwork

@Suite struct WaitersTests {
    @Test func `who is removed is not woken, all others are, once`() {
        for removed in 0..<4 {
            let suspensions = (0..<4).map { _ in Suspension() }
            var waiters = Waiters()
            #expect(waiters.isEmpty)
            for suspension in suspensions.prefix(2) { waiters.append(suspension) }
            var more = Waiters()
            for suspension in suspensions.suffix(2) { more.append(suspension) }
            waiters.append(more)
            waiters.remove(suspensions[removed])
            waiters.remove(Suspension())
            let taken = waiters.takeAll()
            #expect(waiters.isEmpty && !taken.isEmpty)
            #expect(!waiters.wake(.ready))
            #expect(taken.wake(.ready))
            #expect(!taken.wake(.ready))
            // Only who was not woken before can be woken now.
            for (index, suspension) in suspensions.enumerated() {
                #expect(suspension.wake(.closed) == (index == removed))
            }
        }
    }

    @Test func `nobody waits once the last one is removed`() {
        let suspensions = [Suspension(), Suspension()]
        var waiters = Waiters()
        for suspension in suspensions { waiters.append(suspension) }
        waiters.remove(suspensions[0])
        #expect(!waiters.isEmpty)
        waiters.remove(suspensions[1])
        #expect(waiters.isEmpty && !waiters.wake(.ready))
    }
}
