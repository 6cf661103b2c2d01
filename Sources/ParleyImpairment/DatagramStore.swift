/// The bytes of the datagrams inside of a link, by the numbers that it knows them by.
struct DatagramStore {
    private struct Slot {
        var bytes: [UInt8] = []
        var peer: ImpairedPeer?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// Of all that are kept.
    private(set) var byteCount = 0

    /// Memory that a slot keeps for its next datagram.
    private static let idleBytesMax = 2048

    /// A number for a datagram.
    mutating func take(for peer: ImpairedPeer) -> UInt32 {
        if let id = free.popLast() {
            slots[Int(id)].peer = peer
            return id
        }
        slots.append(Slot(peer: peer))
        return UInt32(slots.count - 1)
    }

    mutating func keep(_ bytes: RawSpan, as id: UInt32) {
        unsafe bytes.withUnsafeBytes { unsafe slots[Int(id)].bytes.append(contentsOf: $0) }
        byteCount += bytes.byteCount
    }

    func peer(of id: UInt32) -> ImpairedPeer? { slots[Int(id)].peer }

    func withBytes(of id: UInt32, _ body: (RawSpan) -> Void) {
        let bytes = slots[Int(id)].bytes
        unsafe body(bytes.span.bytes)
    }

    mutating func release(_ id: UInt32) {
        byteCount -= slots[Int(id)].bytes.count
        slots[Int(id)].bytes.removeAll(keepingCapacity: slots[Int(id)].bytes.capacity <= Self.idleBytesMax)
        slots[Int(id)].peer = nil
        free.append(id)
    }
}
