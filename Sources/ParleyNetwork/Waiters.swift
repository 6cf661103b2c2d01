/// Those who wait for one direction of a port. As a rule there is one, and no memory is taken for it.
package struct Waiters: Sendable {
    private var first: Suspension?
    private var others: [Suspension] = []

    package init() {}

    package var isEmpty: Bool { first == nil }

    package mutating func append(_ waiter: Suspension) {
        if first == nil { first = waiter } else { others.append(waiter) }
    }

    package mutating func append(_ waiters: Waiters) {
        if let waiter = waiters.first { append(waiter) }
        for waiter in waiters.others { append(waiter) }
    }

    package mutating func remove(_ waiter: Suspension) {
        others.removeAll { $0 === waiter }
        if first === waiter { first = others.isEmpty ? nil : others.removeFirst() }
    }

    package mutating func takeAll() -> Waiters {
        defer { self = Waiters() }
        return self
    }

    /// Ends the waits of all.
    ///
    /// - Returns: whether this ended the wait of any of them.
    @discardableResult
    package func wake(_ reason: Suspension.Wake) -> Bool {
        var isFirst = first?.wake(reason) ?? false
        for waiter in others where waiter.wake(reason) { isFirst = true }
        return isFirst
    }
}
