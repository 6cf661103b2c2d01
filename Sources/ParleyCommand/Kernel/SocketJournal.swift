import ParleyKernel
import ParleyTypes

/// What is known of the sockets that are watched: who came, who changed, who went. Time is an argument.
struct SocketJournal {
    /// One socket over its life.
    struct Entry {
        var socket: KernelSocket
        /// When it came to its state.
        var since: MonotonicInstant
        /// When it was no longer there.
        var gone: MonotonicInstant?
        /// The states before this one, eldest first.
        var course: [KernelSocket.State] = []
        /// Whose it was: a closed connection has no process any more.
        var owner: OwningProcess?
        /// When it came first, as a number.
        var number: Int
        fileprivate var round: Int
    }

    struct Change {
        enum Kind: String {
            /// It was there when the watch began.
            case there
            case born
            /// It came to another state.
            case state
            case gone
        }
        var kind: Kind
        /// The state that it left; nil where it had none.
        var from: KernelSocket.State?
        var entry: Entry
    }

    /// A connection is the same through TIME_WAIT, although the kernel then knows it by another number.
    enum Key: Hashable {
        case connection(KernelSocket.Kind, SocketAddress, SocketAddress)
        case number(UInt64)
        case place(KernelSocket.Kind, SocketAddress?, UInt64)

        init(_ socket: KernelSocket) {
            if socket.kind == .tcp, let local = socket.local, let remote = socket.remote {
                self = .connection(.tcp, local, remote)
            } else if socket.cookie != 0 {
                self = .number(socket.cookie)
            } else {
                self = .place(socket.kind, socket.local, socket.inode)
            }
        }
    }

    private(set) var entries: [Key: Entry] = [:]
    /// How long one that is gone is remembered, for who looks at it.
    private let memory: Duration
    private var round = 0
    private var number = 0

    init(memory: Duration) { self.memory = memory }

    /// Takes a listing, and tells what is different from the last.
    ///
    /// - Parameter owner: The holder of a socket, nil where none is known.
    mutating func take(
        _ sockets: [KernelSocket],
        at now: MonotonicInstant,
        owner: (KernelSocket) -> OwningProcess?
    ) -> [Change] {
        round += 1
        var changes: [Change] = []
        for socket in sockets {
            let key = Key(socket)
            if let index = entries.index(forKey: key), entries.values[index].gone == nil {
                // Listed twice: a connection and its TIME_WAIT may both be there for a moment.
                guard entries.values[index].round != round || socket.state == .timeWait else { continue }
                if let change = update(index, socket, now, owner) { changes.append(change) }
            } else {
                number += 1
                let entry = Entry(
                    socket: socket,
                    since: now,
                    owner: owner(socket),
                    number: number,
                    round: round
                )
                entries[key] = entry
                changes.append(Change(kind: round == 1 ? .there : .born, from: nil, entry: entry))
            }
        }
        changes += bury(now)
        return changes
    }

    private mutating func update(
        _ index: Dictionary<Key, Entry>.Index,
        _ socket: KernelSocket,
        _ now: MonotonicInstant,
        _ owner: (KernelSocket) -> OwningProcess?
    ) -> Change? {
        let old = entries.values[index].socket
        entries.values[index].round = round
        entries.values[index].socket = socket
        if old.inode != socket.inode, socket.inode != 0 { entries.values[index].owner = owner(socket) }
        guard old.state != socket.state else { return nil }
        entries.values[index].since = now
        entries.values[index].course.append(old.state)
        // A port may be used for one connection after another without a look in between.
        if entries.values[index].course.count > Self.courseMax { entries.values[index].course.removeFirst() }
        return Change(kind: .state, from: old.state, entry: entries.values[index])
    }

    private mutating func bury(_ now: MonotonicInstant) -> [Change] {
        var changes: [Change] = []
        var forgotten: [Key] = []
        for (key, entry) in entries where entry.round != round {
            if let gone = entry.gone {
                if gone.duration(to: now) >= memory { forgotten.append(key) }
            } else {
                var entry = entry
                entry.gone = now
                changes.append(Change(kind: .gone, from: entry.socket.state, entry: entry))
                if memory > .zero { entries[key] = entry } else { forgotten.append(key) }
            }
        }
        for key in forgotten { entries[key] = nil }
        return changes.sorted { $0.entry.number < $1.entry.number }
    }

    /// More states than a connection has.
    private static let courseMax = 12
}
