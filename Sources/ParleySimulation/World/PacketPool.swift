internal import ParleyTypes

/// What travels: a datagram, or a piece of a stream. Its bytes lie in the pool.
struct Packet {
    enum Kind: UInt8 {
        case datagram
        /// Nobody listens there: the answer to a datagram, or to the first packet of a connection.
        case refusal
        case synchronize, accepted, segment, reset
    }

    var kind = Kind.datagram
    var ecn = ECN.notCapable
    /// In which size class the bytes are.
    fileprivate(set) var sizeClass: UInt8 = 0
    /// Whether a stream ends behind it.
    var isLast = false
    /// How many of those who carry or keep it are left.
    fileprivate(set) var holders: Int32 = 0
    var byteCount: Int32 = 0
    /// How many bytes of a UDP-Lite datagram its checksum covers, its header first; -1 for other packets, which it
    /// covers whole.
    var coverage: Int32 = -1
    /// In the table of flows.
    var flow: Int32 = -1
    /// Whose it is, as ``World`` numbers connections; 0 for datagrams.
    var connection: UInt32 = 0
    /// When it was sent first, in nanoseconds.
    var sentAt: Int64 = 0
    /// When it came to a socket that tells.
    var arrivedAt: Int64 = 0
    /// The number of the connection at the other end that it is about; 0 where its sender does not know it.
    var about: UInt32 = 0
    /// Whether its sender knows that it has arrived.
    var isAcknowledged = false
    /// How often it has been sent before.
    var repetitions: UInt32 = 0
    /// How much of the peer's stream its sender had.
    var acknowledgement: Int64 = 0
    /// How much of its stream stands before it.
    var offset: Int64 = 0
    var source = Place()
    var destination = Place()
}

/// Packets on their way and in queues, in memory that is used again: constant once a simulation runs steadily.
@safe struct PacketPool: ~Copyable {
    private var packets: UnsafeMutablePointer<Packet>
    private var bytes: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private var capacity = 256
    private var used = 0
    private var free: [UInt32] = []
    /// Memory for bytes that nobody uses, by its size class.
    private var spare: [[UnsafeMutableRawPointer]]
    /// How many packets there are now.
    private(set) var count = 0

    /// 64 bytes to 512 KiB: more than a datagram of IP, for those of Unix sockets.
    private static let classes = 14
    static let bytesMax = 64 << (classes - 1)

    init() {
        unsafe packets = .allocate(capacity: capacity)
        unsafe bytes = .allocate(capacity: capacity)
        unsafe spare = Array(repeating: [], count: Self.classes)
    }

    deinit {
        for index in 0..<used { unsafe bytes[index]?.deallocate() }
        unsafe spare.forEach { list in unsafe list.forEach { unsafe $0.deallocate() } }
        unsafe packets.deallocate()
        unsafe bytes.deallocate()
    }

    /// A new packet with these bytes, held once.
    mutating func make(_ packet: Packet, _ content: RawSpan) -> UInt32 {
        precondition(content.byteCount <= Self.bytesMax, "a packet has at most 512 KiB")
        let sizeClass = Self.sizeClass(of: content.byteCount)
        let id = takeNumber()
        var packet = packet
        packet.byteCount = Int32(content.byteCount)
        packet.sizeClass = UInt8(sizeClass)
        packet.holders = 1
        let memory =
            unsafe spare[sizeClass].popLast()
            ?? UnsafeMutableRawPointer.allocate(byteCount: 64 << sizeClass, alignment: 16)
        unsafe content.withUnsafeBytes { content in
            guard let start = content.baseAddress else { return }
            unsafe memory.copyMemory(from: start, byteCount: content.count)
        }
        unsafe bytes[Int(id)] = memory
        unsafe (packets + Int(id)).initialize(to: packet)
        count += 1
        return id
    }

    subscript(id: UInt32) -> Packet {
        @inline(__always) get { unsafe packets[Int(id)] }
        @inline(__always) _modify { yield unsafe &packets[Int(id)] }
    }

    func isHeldOnce(_ id: UInt32) -> Bool { unsafe packets[Int(id)].holders == 1 }

    mutating func retain(_ id: UInt32) { unsafe packets[Int(id)].holders += 1 }

    /// - Returns: the packet as it was, when this was the last of its holders.
    @discardableResult
    mutating func release(_ id: UInt32) -> Packet? {
        unsafe packets[Int(id)].holders -= 1
        let packet = unsafe packets[Int(id)]
        guard packet.holders == 0 else { return nil }
        if let memory = unsafe bytes[Int(id)] { unsafe spare[Int(packet.sizeClass)].append(memory) }
        unsafe bytes[Int(id)] = nil
        free.append(id)
        count -= 1
        return packet
    }

    @_lifetime(borrow self)
    func content(_ id: UInt32) -> RawSpan {
        let span = unsafe RawSpan(_unsafeBytes: memory(id))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// The bytes of a packet that is held while they are used, for code that changes something else meanwhile.
    func memory(_ id: UInt32) -> UnsafeRawBufferPointer {
        let count = unsafe Int(packets[Int(id)].byteCount)
        return unsafe UnsafeRawBufferPointer(start: bytes[Int(id)], count: count)
    }

    /// Flips a bit of a packet that nobody else holds.
    mutating func flip(bit: Int, of id: UInt32) {
        guard unsafe bit / 8 < Int(packets[Int(id)].byteCount) else { return }
        let byte = unsafe bytes[Int(id)]!.advanced(by: bit / 8).assumingMemoryBound(to: UInt8.self)
        unsafe byte.pointee ^= 1 << UInt8(bit % 8)
    }

    private mutating func takeNumber() -> UInt32 {
        if let id = free.popLast() { return id }
        if used == capacity { grow() }
        used += 1
        return UInt32(used - 1)
    }

    private mutating func grow() {
        let more = UnsafeMutablePointer<Packet>.allocate(capacity: capacity * 2)
        unsafe more.moveInitialize(from: packets, count: used)
        unsafe packets.deallocate()
        unsafe packets = more
        let moreBytes = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: capacity * 2)
        unsafe moreBytes.moveInitialize(from: bytes, count: used)
        unsafe bytes.deallocate()
        unsafe bytes = moreBytes
        capacity *= 2
    }

    private static func sizeClass(of byteCount: Int) -> Int {
        byteCount <= 64 ? 0 : Int.bitWidth - (byteCount - 1).leadingZeroBitCount - 6
    }
}

/// Numbers of packets that wait, first in, first out, in memory that is used again.
struct PacketQueue {
    private var ring: [UInt32] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ id: UInt32) {
        if count == ring.count { grow() }
        ring[(head + count) & (ring.count - 1)] = id
        count += 1
    }

    mutating func popFirst() -> UInt32? {
        guard count > 0 else { return nil }
        defer {
            head = (head + 1) & (ring.count - 1)
            count -= 1
        }
        return ring[head]
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: max(16, ring.count * 2))
        for index in 0..<count { larger[index] = ring[(head + index) & (ring.count - 1)] }
        ring = larger
        head = 0
    }
}
