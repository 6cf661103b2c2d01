/// Some of a flight's packets, in an order of their own: a list whose links lie in the packets.
@usableFromInline
struct PacketList: Sendable {
    /// The low bits of the numbers of the first and the last one, if there is one.
    @usableFromInline var head: UInt32 = 0
    @usableFromInline var tail: UInt32 = 0
    @usableFromInline var count = 0
    /// How many packets they travelled in, as long as those of one packet are neighbours.
    @usableFromInline var packetCount = 0

    @inlinable
    init() {}

    @inlinable @inline(__always)
    mutating func append(_ link: UInt32, in packets: inout [SentPacket]) {
        var slots = packets.mutableSpan
        append(link, in: &slots)
    }

    /// Writes a packet to its place, and puts it behind all others.
    @inlinable @inline(__always)
    mutating func append(_ packet: SentPacket, in packets: inout [SentPacket]) {
        let link = UInt32(truncatingIfNeeded: packet.index)
        var slots = packets.mutableSpan
        slots[Int(link) & (slots.count &- 1)] = packet
        append(link, in: &slots)
    }

    @inlinable @inline(__always)
    mutating func append(_ link: UInt32, in slots: inout MutableSpan<SentPacket>) {
        let mask = UInt32(truncatingIfNeeded: slots.count &- 1)
        if count == 0 {
            head = link
            packetCount = 1
        } else {
            let last = Int(tail & mask)
            let slot = Int(link & mask)
            if slots[last].packet != slots[slot].packet { packetCount &+= 1 }
            slots[last].next = link
            slots[slot].previous = tail
        }
        tail = link
        count &+= 1
    }

    /// Puts one before all others.
    @inlinable
    mutating func prepend(_ link: UInt32, in packets: inout [SentPacket]) {
        guard count > 0 else { return append(link, in: &packets) }
        var slots = packets.mutableSpan
        let mask = UInt32(truncatingIfNeeded: slots.count &- 1)
        let first = Int(head & mask)
        let slot = Int(link & mask)
        if slots[first].packet != slots[slot].packet { packetCount &+= 1 }
        slots[first].previous = link
        slots[slot].next = head
        head = link
        count &+= 1
    }

    /// Takes one out, and says what has become of it.
    @inlinable @inline(__always)
    mutating func remove(_ link: UInt32, becoming state: SentPacket.State, in packets: inout [SentPacket]) {
        var slots = packets.mutableSpan
        let mask = UInt32(truncatingIfNeeded: slots.count &- 1)
        let slot = Int(link & mask)
        slots[slot].currentState = state
        count &-= 1
        guard count > 0 else {
            packetCount = 0
            return
        }
        let packet = slots[slot].packet
        if link == head {
            head = slots[slot].next
            if slots[Int(head & mask)].packet != packet { packetCount &-= 1 }
        } else if link == tail {
            tail = slots[slot].previous
            if slots[Int(tail & mask)].packet != packet { packetCount &-= 1 }
        } else {
            let next = slots[slot].next
            let previous = slots[slot].previous
            let before = Int(previous & mask)
            let after = Int(next & mask)
            if slots[before].packet != packet, slots[after].packet != packet { packetCount &-= 1 }
            slots[before].next = next
            slots[after].previous = previous
        }
    }
}
