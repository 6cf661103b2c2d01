/// First in, first out, in memory that is used again.
struct FIFO<Element> {
    private var slots: [Element?] = []
    private var head = 0

    var count: Int { slots.count - head }
    var isEmpty: Bool { head == slots.count }
    var first: Element? { isEmpty ? nil : slots[head] }

    /// The element that is so many behind the first.
    subscript(index: Int) -> Element {
        get { slots[head + index]! }
        set { slots[head + index] = newValue }
    }

    mutating func append(_ element: Element) { slots.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = slots[head]
        slots[head] = nil
        head += 1
        if head == slots.count {
            removeAll()
        } else if head >= 32, head * 2 >= slots.count {
            slots.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func removeLast() -> Element {
        let element = slots.removeLast()!
        if isEmpty { removeAll() }
        return element
    }

    mutating func removeAll() {
        slots.removeAll(keepingCapacity: slots.capacity <= 1024)
        head = 0
    }

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        slots.removeFirst(head)
        head = 0
        slots.removeAll { isUnwanted($0!) }
    }
}

extension FIFO: Sendable where Element: Sendable {}
