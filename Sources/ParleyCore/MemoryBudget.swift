internal import ParleyNetwork
internal import Synchronization

/// How much memory the connections of a listener may hold together for messages that have not come whole or
/// that their peers do not take, and who goes when they hold more: whoever holds most.
///
/// Told at waits and when a buffer grows, never for a message: two atomic operations each. Only a budget that
/// is exceeded looks at all connections, in as many steps as there are.
final class MemoryBudget: Sendable {
    let bytesMax: Int
    private let held = Atomic<Int>(0)
    private let shares = Mutex<[ObjectIdentifier: MemoryShare]>([:])

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// What all connections hold, those included that were ended and whose readers have not noticed yet.
    var heldBytes: Int { held.load(ordering: .relaxed) }

    /// What the connections hold that have not been ended: never more than ``bytesMax`` once the call that
    /// told of more has returned.
    var heldByThePresent: Int {
        shares.withLock { shares in shares.values.reduce(0) { $0 + ($1.isEvicted ? 0 : $1.heldBytes) } }
    }

    func join(_ share: MemoryShare) {
        shares.withLock { $0[ObjectIdentifier(share)] = share }
    }

    func leave(_ share: MemoryShare) {
        _ = shares.withLock { $0.removeValue(forKey: ObjectIdentifier(share)) }
    }

    fileprivate func change(by bytes: Int) {
        let sum = held.add(bytes, ordering: .acquiringAndReleasing).newValue
        if bytes > 0, sum > bytesMax { settle() }
    }

    /// Ends the largest connections until the others are within the budget.
    private func settle() {
        let evicted = shares.withLock { shares in
            var sum = 0
            for share in shares.values where !share.isEvicted {
                // What was passed on since its connection last told.
                share.refresh()
                sum += share.heldBytes
            }
            var evicted: [MemoryShare] = []
            while sum > bytesMax {
                var largest: MemoryShare?
                var most = 0
                for share in shares.values where !share.isEvicted && share.heldBytes > most {
                    largest = share
                    most = share.heldBytes
                }
                guard let largest else { break }
                largest.evict(holding: most)
                evicted.append(largest)
                sum -= most
            }
            return evicted
        }
        // Outside the lock: closing wakes others.
        for share in evicted { share.end() }
    }
}

/// What one connection holds of its listener's budget.
final class MemoryShare: Sendable {
    private let budget: MemoryBudget
    private let port: any Port
    /// Told by the one who reads.
    private let reading = Atomic<Int>(0)
    /// Messages whose senders wait for room.
    private let waiting = Atomic<Int>(0)
    /// What the port has taken over and not passed on, when it was last looked at.
    private let unsent = Atomic<Int>(0)
    /// How much it held when it was ended, -1 before.
    private let evicted = Atomic<Int>(-1)

    init(_ budget: MemoryBudget, port: any Port) {
        self.budget = budget
        self.port = port
    }

    deinit {
        budget.change(by: -heldBytes)
    }

    var heldBytes: Int {
        reading.load(ordering: .relaxed) + waiting.load(ordering: .relaxed) + unsent.load(ordering: .relaxed)
    }

    var isEvicted: Bool { evicted.load(ordering: .acquiring) >= 0 }

    /// Why the connection was ended, nil if it was not.
    var reason: ParleyError? {
        let bytes = evicted.load(ordering: .acquiring)
        return bytes < 0 ? nil : .evicted(holding: bytes, together: budget.bytesMax)
    }

    /// Says how much the reading side holds from now on. By one task at a time.
    ///
    /// - Returns: false when the connection was ended, for this or before.
    func read(holding bytes: Int) -> Bool {
        change(reading, to: bytes)
        return !isEvicted
    }

    /// Says that a message of so many bytes waits for room, or, below zero, no longer.
    func send(waiting bytes: Int) {
        waiting.add(bytes, ordering: .relaxed)
        budget.change(by: bytes)
        tell()
    }

    /// Says how much the port has taken over and not passed on.
    func tell() { change(unsent, to: port.unsentBytes) }

    /// The same, for whoever settles the budget.
    fileprivate func refresh() {
        let now = port.unsentBytes
        budget.note(now - unsent.exchange(now, ordering: .relaxed))
    }

    private func change(_ amount: borrowing Atomic<Int>, to bytes: Int) {
        let before = amount.exchange(bytes, ordering: .relaxed)
        if before != bytes { budget.change(by: bytes - before) }
    }

    fileprivate func evict(holding bytes: Int) { evicted.store(bytes, ordering: .releasing) }

    /// Closes the connection at once, which wakes its reader and its senders.
    fileprivate func end() { port.abort() }
}

extension MemoryBudget {
    fileprivate func note(_ bytes: Int) { held.add(bytes, ordering: .relaxed) }
}
