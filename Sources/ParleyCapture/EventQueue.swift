/// First in, first out; taking costs nothing that grows with what waits.
struct EventQueue<Event: Sendable>: Sendable {
    private var events: [Event] = []
    private var head = 0

    mutating func append(_ event: Event) { events.append(event) }

    mutating func next() -> Event? {
        guard head < events.count else { return nil }
        defer {
            head += 1
            if head == events.count {
                events.removeAll(keepingCapacity: head <= 8)
                head = 0
            }
        }
        return events[head]
    }
}
