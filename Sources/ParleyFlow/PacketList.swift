/// Some of a flight's packets, in an order of their own: a list whose links lie in the packets.
struct PacketList: Sendable {
    /// The low bits of the numbers of the first and the last one, if there is one.
    private(set) var head: UInt32 = 0
    private var tail: UInt32 = 0
    private(set) var count = 0

    @inline(__always)
    mutating func append(_ link: UInt32, in slots: inout [SentPacket]) {
        let mask = UInt32(truncatingIfNeeded: slots.count &- 1)
        if count == 0 {
            head = link
        } else {
            slots[Int(tail & mask)].next = link
            slots[Int(link & mask)].previous = tail
        }
        tail = link
        count &+= 1
    }

    @inline(__always)
    mutating func remove(_ link: UInt32, in slots: inout [SentPacket]) {
        let mask = UInt32(truncatingIfNeeded: slots.count &- 1)
        let slot = Int(link & mask)
        let next = slots[slot].next
        let previous = slots[slot].previous
        count &-= 1
        guard count > 0 else { return }
        if link == head {
            head = next
        } else if link == tail {
            tail = previous
            return
        } else {
            slots[Int(previous & mask)].next = next
        }
        slots[Int(next & mask)].previous = previous
    }
}
