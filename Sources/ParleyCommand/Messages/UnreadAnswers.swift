import ParleyKernel
import ParleyTypes

/// Keeps room for everybody's answers over `unixgram`, where the kernel charges what a recipient has not read to
/// its sender: clients that never read would fill our queue, and nobody could be answered any more.
///
/// While half of the queue is free everybody is answered. Beyond it a peer is answered whose own queue is empty:
/// it reads, or has had nothing yet. The kernel's tables tell (sock_diag(7)); they are asked once in about 26 KB of
/// answers, and beyond the half as often as needed.
struct UnreadAnswers {
    /// The queue that is asked for where nobody has said how large it is to be; the kernel doubles it, for its own
    /// records.
    static let queueBytes: Int32 = 212_992
    private static let bytesUntilAsked = 26_000

    private let own: SocketAddress
    /// Half of the queue.
    private let freeBytes: Int
    /// What is left beyond this is for answers that are smaller than the one that does not fit.
    private let usedBytesMax: Int
    /// What our queue held when the kernel was asked, and what has been sent since.
    private var held = 0
    private var sent = 0
    /// Those whose queues were not empty then.
    private var unread: Set<SocketAddress> = []
    /// Those that were answered since.
    private var answered: Set<SocketAddress> = []
    /// A kernel that does not tell leaves it at the attempt.
    private var isTold = true

    /// - Parameter queueBytes: how much our queue holds, records included.
    init(_ own: SocketAddress, queueBytes: Int) {
        self.own = own
        freeBytes = queueBytes / 2
        usedBytesMax = queueBytes / 4 * 3
    }

    /// Whether there is room for an answer to `peer`.
    mutating func hasRoom(for byteCount: Int, to peer: SocketAddress) -> Bool {
        guard isTold else { return true }
        let cost = Self.cost(byteCount)
        if sent + cost > Self.bytesUntilAsked || held + sent + cost > freeBytes && answered.contains(peer) {
            ask()
        }
        if held + sent + cost <= freeBytes { return true }
        return !unread.contains(peer) && held + sent + cost <= usedBytesMax
    }

    /// Takes note of an answer.
    mutating func note(_ byteCount: Int, to peer: SocketAddress) {
        sent += Self.cost(byteCount)
        answered.insert(peer)
    }

    /// What the kernel takes for a datagram, with its records.
    private static func cost(_ byteCount: Int) -> Int { byteCount + byteCount / 4 + 1024 }

    private mutating func ask() {
        guard let sockets = try? KernelSockets.list([.unixDatagram]) else {
            isTold = false
            return
        }
        unread = []
        answered = []
        sent = 0
        for socket in sockets {
            guard let address = socket.local else { continue }
            if address == own { held = Int(socket.sendQueue) }
            if socket.receiveQueue > 0 { unread.insert(address) }
        }
    }
}
