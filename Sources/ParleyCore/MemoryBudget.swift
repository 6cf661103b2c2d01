internal import ParleyNetwork
internal import Synchronization

/// How much memory the connections of a listener may hold together for messages that have not come whole or
/// that their peers do not take, and who goes when they hold more: whoever holds most.
///
/// Told at waits and when a buffer grows, never for a little message: a lock of the connection's own each.
/// Only a budget that is exceeded looks at all connections, in as many steps as there are. Who was ended is no
/// part of it, even while its handler keeps it.
final class MemoryBudget: Sendable {
    let bytesMax: Int
    private let held = Atomic<Int>(0)
    private let shares = Mutex<[ObjectIdentifier: MemoryShare]>([:])
    private let lastNumber = Atomic<Int>(0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// What the connections hold that have not been ended: never more than ``bytesMax`` once the call that
    /// told of more has returned.
    var heldBytes: Int { held.load(ordering: .relaxed) }

    func join(_ share: MemoryShare) {
        share.number.store(lastNumber.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        shares.withLock { $0[ObjectIdentifier(share)] = share }
    }

    func leave(_ share: MemoryShare) {
        _ = shares.withLock { $0.removeValue(forKey: ObjectIdentifier(share)) }
    }

    fileprivate func change(by bytes: Int) {
        guard bytes != 0 else { return }
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
                for share in shares.values where !share.isEvicted {
                    // Of equal ones the first, wherever a table has it.
                    let bytes = share.heldBytes
                    guard bytes > 0, bytes >= most else { continue }
                    if bytes == most, let largest,
                        largest.number.load(ordering: .relaxed) < share.number.load(ordering: .relaxed)
                    {
                        continue
                    }
                    largest = share
                    most = bytes
                }
                guard let largest else { break }
                sum -= largest.evict()
                evicted.append(largest)
            }
            return evicted
        }
        // Outside the lock: closing wakes others.
        for share in evicted { share.end() }
    }
}

/// What one connection holds of its listener's budget.
final class MemoryShare: Sendable {
    /// Which of the budget's it is.
    fileprivate let number = Atomic<Int>(0)
    private let budget: MemoryBudget
    private let port: any Port
    private let state = Mutex(Held())

    private struct Held {
        /// Told by the one who reads.
        var reading = 0
        /// Messages whose senders wait for room.
        var waiting = 0
        /// What the port has taken over and not passed on, when it was last looked at.
        var unsent = 0
        /// How much it held when it was ended. From then on it takes nothing from the budget of the others.
        var atEviction: Int?

        var bytes: Int { reading + waiting + unsent }
    }

    init(_ budget: MemoryBudget, port: any Port) {
        self.budget = budget
        self.port = port
    }

    deinit {
        let rest = state.withLock { $0.atEviction == nil ? $0.bytes : 0 }
        budget.change(by: -rest)
    }

    var heldBytes: Int { state.withLock(\.bytes) }

    var isEvicted: Bool { state.withLock { $0.atEviction != nil } }

    /// Why the connection was ended, nil if it was not.
    var reason: ParleyError? {
        state.withLock(\.atEviction).map { .evicted(holding: $0, together: budget.bytesMax) }
    }

    /// Says how much the reading side holds from now on. By one task at a time.
    ///
    /// - Returns: false when the connection was ended, for this or before.
    func read(holding bytes: Int) -> Bool {
        budget.change(by: change { $0.reading = bytes })
        return !isEvicted
    }

    /// Says that a message of so many bytes waits for room, or, below zero, no longer.
    func send(waiting bytes: Int) {
        budget.change(by: change { $0.waiting += bytes })
        tell()
    }

    /// Says how much the port has taken over and not passed on.
    func tell() {
        let bytes = port.unsentBytes
        budget.change(by: change { $0.unsent = bytes })
    }

    /// The same, for whoever settles the budget.
    fileprivate func refresh() {
        let bytes = port.unsentBytes
        budget.note(change { $0.unsent = bytes })
    }

    /// - Returns: how much more the connection takes of the budget now.
    private func change(_ body: (inout Held) -> Void) -> Int {
        state.withLock { held in
            let before = held.bytes
            body(&held)
            return held.atEviction == nil ? held.bytes - before : 0
        }
    }

    /// - Returns: how much it held, which the budget has back.
    fileprivate func evict() -> Int {
        let bytes = state.withLock { held in
            held.atEviction = held.bytes
            return held.bytes
        }
        budget.note(-bytes)
        return bytes
    }

    /// Closes the connection at once, which wakes its reader and its senders.
    fileprivate func end() { port.abort() }
}

extension MemoryBudget {
    fileprivate func note(_ bytes: Int) { held.add(bytes, ordering: .relaxed) }
}
