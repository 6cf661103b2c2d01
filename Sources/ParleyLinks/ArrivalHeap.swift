/// Packets that keep no order, the next one to arrive on top; of two at one time the one that left first.
struct ArrivalHeap: Sendable {
    private var entries: [(packet: Inside, number: UInt64)] = []
    private var nextNumber: UInt64 = 0

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// The next one to arrive. There must be one.
    var first: Inside { entries[0].packet }

    mutating func insert(_ packet: Inside) {
        var place = entries.count
        entries.append((packet, nextNumber))
        nextNumber &+= 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard precedes(place, parent) else { break }
            entries.swapAt(place, parent)
            place = parent
        }
    }

    /// Takes the next one to arrive. There must be one.
    mutating func removeFirst() -> Inside {
        let first = entries[0].packet
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var place = 0
        while true {
            var earliest = place
            let (left, right) = (2 * place + 1, 2 * place + 2)
            if left < entries.count, precedes(left, earliest) { earliest = left }
            if right < entries.count, precedes(right, earliest) { earliest = right }
            guard earliest != place else { return first }
            entries.swapAt(place, earliest)
            place = earliest
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (entries[left], entries[right])
        guard one.packet.time == other.packet.time else { return one.packet.time < other.packet.time }
        return one.number < other.number
    }
}
