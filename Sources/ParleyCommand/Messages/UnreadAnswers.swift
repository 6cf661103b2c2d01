import ParleyKernel
import ParleyTypes

/// Keeps room for everybody's answers over `unixgram`, where the kernel charges what a recipient has not read to
/// its sender: clients that never read would fill our queue, and nobody could be answered any more.
///
/// While half of the queue is free everybody is answered. The next quarter is for peers whose own queues are empty,
/// because they may be new: each answer takes a sixteenth of what is left of it at most, so that many who never
/// read leave room for one who does. The last quarter is for those who were seen to read. The kernel's tables tell
/// (sock_diag(7)); they are asked once in about 26 KB of answers, and beyond the half as often as needed.
struct UnreadAnswers {
    /// The queue that is asked for where nobody has said how large it is to be; the kernel doubles it, for its own
    /// records.
    static let queueBytes: Int32 = 212_992
    private static let bytesUntilAsked = 26_000

    private let own: SocketAddress
    /// Half of the queue.
    private let freeBytes: Int
    /// Three quarters: as far as peers are answered that nobody has seen reading.
    private let newcomersBytes: Int
    /// As far as the others are.
    private let readersBytes: Int
    /// What our queue held when the kernel was asked, and what has been sent since.
    private var held = 0
    private var sent = 0
    /// Those whose queues were not empty then.
    private var unread: Set<SocketAddress> = []
    /// Those that were answered since.
    private var answered: Set<SocketAddress> = []
    /// Those that have read what they were sent.
    private var readers: Set<SocketAddress> = []
    private static let readersMax = 1024
    /// A kernel that does not tell leaves it at the attempt.
    private var isTold = true

    /// The kernel's table, nil where it does not tell.
    private let list: @Sendable () -> [KernelSocket]?
    /// How many peers are remembered.
    var peersCount: Int { unread.count + answered.count + readers.count }

    /// - Parameter queueBytes: how much our queue holds, records included.
    init(
        _ own: SocketAddress,
        queueBytes: Int,
        list: @escaping @Sendable () -> [KernelSocket]? = { try? KernelSockets.list([.unixDatagram]) }
    ) {
        self.own = own
        self.list = list
        freeBytes = queueBytes / 2
        newcomersBytes = queueBytes / 4 * 3
        readersBytes = queueBytes / 16 * 15
    }

    /// Whether there is room for an answer to `peer`.
    mutating func hasRoom(for byteCount: Int, to peer: SocketAddress) -> Bool {
        guard isTold else { return true }
        let cost = Self.cost(byteCount)
        if sent + cost > Self.bytesUntilAsked || held + sent + cost > freeBytes && answered.contains(peer) {
            ask()
        }
        if held + sent + cost <= freeBytes { return true }
        guard !unread.contains(peer) else { return false }
        if readers.contains(peer) { return held + sent + cost <= readersBytes }
        return cost <= (newcomersBytes - held - sent) / 16
    }

    /// Takes note of an answer.
    mutating func note(_ byteCount: Int, to peer: SocketAddress) {
        guard isTold else { return }
        sent += Self.cost(byteCount)
        answered.insert(peer)
    }

    /// What the kernel takes for a datagram, with its records.
    private static func cost(_ byteCount: Int) -> Int { byteCount + byteCount / 4 + 1024 }

    private mutating func ask() {
        guard let sockets = list() else {
            isTold = false
            (unread, answered, readers) = ([], [], [])
            return
        }
        unread = []
        sent = 0
        for socket in sockets {
            guard let address = socket.local else { continue }
            if address == own { held = Int(socket.sendQueue) }
            if socket.receiveQueue > 0 { unread.insert(address) }
        }
        readers.subtract(unread)
        if readers.count + answered.count > Self.readersMax { readers = [] }
        readers.formUnion(answered.subtracting(unread).prefix(Self.readersMax))
        answered = []
    }
}
