internal import ParleyTypes

/// The last packets of a simulation, for the file that tells of a failure: at most so many and so many bytes, in
/// memory that is used again.
struct PacketMemory {
    private struct Kept {
        var packet: Packet
        var time: MonotonicInstant
        var bytes: Range<Int>
    }

    /// Whether packets are kept.
    var isOn = true
    private var bytes: [UInt8] = []
    private var kept: [Kept] = []
    private var head = 0
    private var next = 0

    /// As many as a failure is looked into by.
    static let packetsMax = 4096
    private static let bytesMax = 4 << 20

    mutating func keep(_ packet: Packet, _ content: RawSpan, at time: MonotonicInstant) {
        // A file has no form for what travels without addresses of IP.
        guard isOn, !packet.source.isLocal else { return }
        if bytes.isEmpty { bytes = [UInt8](repeating: 0, count: Self.bytesMax) }
        if next + content.byteCount > bytes.count { next = 0 }
        let start = next
        unsafe content.withUnsafeBytes { content in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + content.count])
                    .copyMemory(from: content)
            }
        }
        next += content.byteCount
        let entry = Kept(packet: packet, time: time, bytes: start..<next)
        if kept.count < Self.packetsMax {
            kept.append(entry)
        } else {
            kept[head] = entry
            head = (head + 1) % Self.packetsMax
        }
    }

    /// The packets that are left, in the order in which they were sent.
    func each(_ body: (Packet, [UInt8], MonotonicInstant) -> Void) {
        // What later ones were written over is gone; one that does not fit before the end leaves a gap there.
        var room = bytes.count - 65_536
        var first = kept.count
        while first > 0 {
            let entry = kept[(head + first - 1) % kept.count]
            room -= entry.bytes.count
            if room < 0 { break }
            first -= 1
        }
        for index in first..<kept.count {
            let entry = kept[(head + index) % kept.count]
            body(entry.packet, Array(bytes[entry.bytes]), entry.time)
        }
    }
}
