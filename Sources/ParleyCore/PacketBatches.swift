internal import ParleyNetwork
internal import Synchronization

/// Room for bursts of large packets, lent to connections while they read and hand out, as ``StreamBuffers``
/// are: thousands that wait share a few.
enum PacketBatches {
    private static let kept = Mutex(Kept())

    /// Nobody else has these batches.
    private struct Kept: @unchecked Sendable {
        var batches: [ReceiveBatch] = []
    }

    /// Of messages as large as the system allows, 32 MiB of addresses, and as much memory as was written to.
    private static let keptMax = 8

    /// A batch of this shape, nil when none is kept.
    static func take(slots: Int, slotBytes: Int) -> ReceiveBatch? {
        kept.withLock { kept in
            let fitting = kept.batches.lastIndex { $0.slots == slots && $0.slotBytes == slotBytes }
            return fitting.map { kept.batches.remove(at: $0) }
        }
    }

    static func giveBack(_ batch: ReceiveBatch) {
        kept.withLock { kept in
            // One of a shape that nobody asks for any more makes room.
            if kept.batches.count == keptMax { kept.batches.removeFirst() }
            kept.batches.append(batch)
        }
    }
}
