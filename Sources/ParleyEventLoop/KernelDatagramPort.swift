internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes

/// A datagram socket of the kernel.
final class KernelDatagramPort: KernelPort, Port, @unchecked Sendable {
    var hasBorders: Bool { true }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> Bool {
        let system = (batch.attachment as? SystemBatch) ?? SystemBatch(batch)
        let count = try socket.use(.receive) { (socket) throws(SocketError) in
            try socket.receive(into: &system.batch)
        }
        guard let count else { return false }
        for index in 0..<count {
            unsafe batch.entries[index] = ReceiveBatch.Entry(
                byteCount: min(system.batch.sentByteCount(index), batch.slotBytes),
                isTruncated: system.batch.isTruncated(index),
                sender: system.batch.sender(index),
                recipient: system.batch.localAddress(index))
        }
        batch.count = count
        return true
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
        preconditionFailure("datagrams are received, not read: ask hasBorders")
    }

    func transmit(
        _ bytes: RawSpan, to recipient: SocketAddress?, from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try socket.use(.send) { (socket) throws(SocketError) in
            guard let recipient else { return try socket.send(bytes) != nil }
            guard let source else { return try socket.send(bytes, to: recipient) }
            return try socket.send(bytes, to: recipient, from: source)
        }
    }

    func transmit(
        _ bytes: RawSpan, endingAt ends: [Int], from first: Int, to recipient: SocketAddress?
    ) throws(SocketError) -> Int {
        let sent = try socket.use(.send) { (socket) throws(SocketError) in
            var batch = OutgoingBatch(
                capacity: min(ends.count - first, Self.batchDatagramsMax), byteCapacity: bytes.byteCount,
                family: socket.family)
            var start = first == 0 ? 0 : ends[first - 1]
            for end in ends[first...] {
                switch batch.append(bytes.extracting(start..<end), to: recipient) {
                case .added: start = end
                case .full: break
                case .refused(let code): throw SocketError(.send, code, local: localAddress, remote: recipient)
                }
            }
            return try socket.send(&batch)
        }
        return sent ?? 0
    }

    /// What one call of sendmmsg(2) is given at most.
    private static let batchDatagramsMax = 64

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {}

    func finishSending() throws(SocketError) {
        // Datagrams have no end; a connected Unix datagram socket could be shut down, a UDP peer would never learn it.
    }

    func close() { closeNow() }
}

/// The system call arguments of a batch, made once.
private final class SystemBatch {
    var batch: DatagramBatch

    init(_ batch: ReceiveBatch) {
        self.batch = unsafe DatagramBatch(capacity: batch.slots, slotBytes: batch.slotBytes, lending: batch.slab)
        batch.attachment = self
    }
}
