/// Those who wait for one direction of a descriptor. As a rule there is one, and no memory is taken for it.
struct Waiters: Sendable {
    private var first: Suspension?
    private var others: [Suspension] = []

    var isEmpty: Bool { first == nil }

    mutating func append(_ waiter: Suspension) {
        if first == nil { first = waiter } else { others.append(waiter) }
    }

    mutating func append(_ waiters: Waiters) {
        if let waiter = waiters.first { append(waiter) }
        for waiter in waiters.others { append(waiter) }
    }

    mutating func remove(_ waiter: Suspension) {
        others.removeAll { $0 === waiter }
        if first === waiter { first = others.isEmpty ? nil : others.removeFirst() }
    }

    mutating func takeAll() -> Waiters {
        defer { self = Waiters() }
        return self
    }

    /// Ends the waits of all.
    ///
    /// - Returns: whether this ended the wait of any of them.
    @discardableResult
    func wake(_ reason: Suspension.Wake) -> Bool {
        var isFirst = first?.wake(reason) ?? false
        for waiter in others where waiter.wake(reason) { isFirst = true }
        return isFirst
    }
}
