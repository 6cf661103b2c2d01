package import ParleyTypes

/// Who is told that a time has come.
package protocol Alarmed: AnyObject, Sendable {
    /// Must not block.
    func rang()
}

/// Deadlines in the order in which they pass, equal ones in the order in which they were set: a binary heap that
/// forgets cancelled ones when they come up.
package struct TimerHeap {
    private struct Timer {
        var deadline: MonotonicInstant
        var target: Target
        var id: UInt64

        func precedes(_ other: Timer) -> Bool {
            deadline == other.deadline ? id < other.id : deadline < other.deadline
        }
    }

    /// What happens when the time has come. It must not block.
    package enum Target {
        case wake(Suspension)
        case call(@Sendable () -> Void)
        /// As ``call(_:)``, for who sets an alarm again and again.
        case ring(any Alarmed)
    }

    private var heap: [Timer] = []
    private var cancelled: Set<UInt64> = []
    private var nextID: UInt64 = 0

    package init() {}

    /// By index: the library's generic `first` takes memory in unoptimised builds.
    private var first: Timer? { heap.isEmpty ? nil : heap[0] }

    /// The next deadline that was not cancelled.
    package mutating func next() -> MonotonicInstant? {
        while !cancelled.isEmpty, let first = first, cancelled.remove(first.id) != nil { removeFirst() }
        return first?.deadline
    }

    package mutating func insert(_ deadline: MonotonicInstant, _ target: Target) -> UInt64 {
        nextID += 1
        heap.append(Timer(deadline: deadline, target: target, id: nextID))
        siftUp(heap.count - 1)
        return nextID
    }

    /// Cancels a timer. The heap is cleaned when the dead outnumber the living, so it stays in proportion to
    /// the waits that are going on.
    package mutating func cancel(_ id: UInt64) {
        cancelled.insert(id)
        if cancelled.count > 64, cancelled.count * 2 > heap.count { sweep() }
    }

    /// Takes out the timers whose time has come.
    package mutating func expired(at now: MonotonicInstant) -> [Target] {
        var targets: [Target] = []
        expire(at: now, into: &targets)
        return targets
    }

    /// Takes out the timers whose time has come, and adds their targets.
    package mutating func expire(at now: MonotonicInstant, into targets: inout [Target]) {
        while let first = first, first.deadline <= now || cancelled.contains(first.id) {
            if cancelled.remove(first.id) == nil { targets.append(first.target) }
            removeFirst()
        }
    }

    private mutating func sweep() {
        let living = heap.filter { !cancelled.contains($0.id) }
        heap.removeAll(keepingCapacity: true)
        cancelled.removeAll(keepingCapacity: true)
        for timer in living {
            heap.append(timer)
            siftUp(heap.count - 1)
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].precedes(heap[left]) ? right : left
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }

    private mutating func siftUp(_ index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }
}
