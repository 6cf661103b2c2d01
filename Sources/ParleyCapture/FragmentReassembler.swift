import ParleyTypes

/// Puts IP packets together that came in fragments (RFC 791, section 3.2; RFC 8200, section 4.5).
///
/// Fragments may come in any order and twice. Those that overlap without being the same end their packet, as
/// RFC 5722 asks for IPv6 and Linux does for both. Memory is bounded: the oldest packet gives way, and so
/// does one whose fragments have not all come within 30 seconds of the capture's own time.
public struct FragmentReassembler: Sendable {
    public let limits: Limits
    /// Packets that were given up: fragments of theirs were missing, contradicted each other or were too
    /// many.
    public private(set) var abandonedCount = 0

    /// How much is held at most.
    public struct Limits: Sendable, Hashable {
        /// Packets of which a part has come.
        public var packetsMax = 256
        /// The memory of their fragments, all packets together, in bytes: also what it takes to keep them. Linux holds
        /// 4 MiB for a network namespace.
        public var bytesMax = 4 << 20
        /// Fragments of one packet: 65535 bytes in steps of 64.
        public var fragmentsMax = 1024
        /// Seconds of the capture's time; Linux waits as long.
        public var secondsMax: Int64 = 30

        public init() {}
    }

    /// What tells a packet's fragments from others.
    private struct Key: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var identification: UInt32
        /// IPv4's protocol. In IPv6 the identification alone tells.
        var nextProtocol: UInt8
    }

    private struct Pending {
        /// In rising order, without overlap.
        var pieces: [(offset: Int, bytes: [UInt8])] = []
        /// The packet's size, when its last fragment has come.
        var size: Int?
        /// The protocol that the first fragment names.
        var nextProtocol: UInt8?
        var received = 0
        /// The memory that they take.
        var heldBytes: Int { received + pieces.count * FragmentReassembler.pieceBytes }
        /// Rises with each packet: the smallest is the oldest.
        var age: Int
        var time: WallTime?
    }

    /// What keeping a fragment takes: its place, doubled as arrays grow, the head of its bytes, and what the allocator
    /// adds.
    private static let pieceBytes = 112

    private var table: [Key: Pending] = [:]
    private var heldBytes = 0
    private var nextAge = 0

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// How many packets wait for fragments.
    public var waitingCount: Int { table.count }

    enum Outcome {
        case incomplete
        case complete([UInt8], nextProtocol: UInt8)
        case refused(Dissection.Reason)
    }

    mutating func receive(
        _ fragment: InternetPacket.Fragment,
        of packet: InternetPacket,
        at time: WallTime?
    ) -> Outcome {
        let isIPv6 = if case .ipv6 = packet.source { true } else { false }
        let key = Key(
            source: packet.source,
            destination: packet.destination,
            identification: fragment.identification,
            nextProtocol: isIPv6 ? 0 : packet.nextProtocol
        )
        let bytes = packet.payload.bytes
        let end = fragment.offset + bytes.count
        // Every fragment but the last has a multiple of 8 bytes: else nothing could follow it.
        guard end <= 65535, !bytes.isEmpty, fragment.isLast || bytes.count % 8 == 0 else {
            return .refused(.badFragment)
        }
        if let old = table[key], isTooOld(old, at: time) { abandon(key) }
        var pending = table[key] ?? Pending(age: nextAge, time: time)
        nextAge += 1
        let index = pending.pieces.firstIndex { $0.offset >= fragment.offset } ?? pending.pieces.count
        if index < pending.pieces.count, pending.pieces[index].offset == fragment.offset,
            pending.pieces[index].bytes[...] == bytes
        {
            return .incomplete
        }
        let isFree =
            (index == 0
                || pending.pieces[index - 1].offset + pending.pieces[index - 1].bytes.count
                    <= fragment.offset)
            && (index == pending.pieces.count || end <= pending.pieces[index].offset)
        let isWithin = pending.size.map { end <= $0 && !fragment.isLast } ?? true
        let isLastTrue =
            !fragment.isLast || pending.pieces.last.map { $0.offset + $0.bytes.count <= end } ?? true
        guard isFree, isWithin, isLastTrue, pending.pieces.count < limits.fragmentsMax else {
            if table[key] != nil { abandon(key) }
            return .refused(pending.pieces.count < limits.fragmentsMax ? .badFragment : .tooManyFragments)
        }
        pending.pieces.insert((fragment.offset, Array(bytes)), at: index)
        pending.received += bytes.count
        if fragment.isLast { pending.size = end }
        if fragment.offset == 0 { pending.nextProtocol = packet.nextProtocol }
        heldBytes += bytes.count + Self.pieceBytes
        table[key] = pending
        if pending.size == pending.received, let next = pending.nextProtocol {
            heldBytes -= pending.heldBytes
            table[key] = nil
            return .complete(pending.pieces.flatMap(\.bytes), nextProtocol: next)
        }
        makeRoom()
        return .incomplete
    }

    private func isTooOld(_ pending: Pending, at time: WallTime?) -> Bool {
        guard let time, let began = pending.time else { return false }
        return time.secondsSince1970 - began.secondsSince1970 > limits.secondsMax
    }

    private mutating func abandon(_ key: Key) {
        guard let pending = table.removeValue(forKey: key) else { return }
        heldBytes -= pending.heldBytes
        abandonedCount += 1
    }

    /// The oldest packets give way, until the rest is within the limits.
    private mutating func makeRoom() {
        while table.count > limits.packetsMax || heldBytes > limits.bytesMax,
            let oldest = table.min(by: { $0.value.age < $1.value.age })
        {
            abandon(oldest.key)
        }
    }
}
