/// A queue that reuses its memory: it grows by doubling and allocates no more once it is as large as it must
/// be.
struct Ring<Element: Sendable>: Sendable {
    /// A power of two, or none.
    private var slots: [Element] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The oldest. There must be one.
    var first: Element { slots[head] }

    mutating func append(_ element: Element) {
        if count == slots.count { grow(with: element) }
        slots[(head &+ count) & (slots.count &- 1)] = element
        count &+= 1
    }

    /// Takes the oldest. There must be one.
    mutating func removeFirst() -> Element {
        assert(count > 0)
        let element = slots[head]
        head = (head &+ 1) & (slots.count &- 1)
        count &-= 1
        return element
    }

    @inline(never)
    private mutating func grow(with filler: Element) {
        var larger: [Element] = []
        larger.reserveCapacity(Swift.max(16, slots.count * 2))
        larger.append(contentsOf: slots[head...])
        larger.append(contentsOf: slots[..<head])
        while larger.count < Swift.max(16, slots.count * 2) { larger.append(filler) }
        slots = larger
        head = 0
    }
}
