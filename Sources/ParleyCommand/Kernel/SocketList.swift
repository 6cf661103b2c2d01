import Glibc
import ParleyKernel
import ParleyText
import ParleyTypes

/// `parley ports`: the sockets of this moment.
struct SocketList {
    let filter: SocketFilter
    let console: Console

    init(_ filter: SocketFilter, _ console: Console) {
        self.filter = filter
        self.console = console
    }

    func run() throws {
        let listing = try filter.read()
        let owners = SocketOwners.current()
        try Self.check(filter, owners)
        var sockets = listing.sockets
        if filter.process != nil {
            sockets.removeAll { socket in
                !owners.owners(of: socket.inode).contains { filter.takes($0.process) }
            }
        }
        let order = SocketOrder.order(sockets)
        if console.isJSON {
            var lines = SocketLines(owners)
            for index in order { lines.append(sockets[index]) }
            try console.write(lines.bytes)
        } else if !sockets.isEmpty {
            var table = SocketTable(owners)
            for index in order { table.append(sockets[index]) }
            try console.write(table.rendered())
        }
        remark(on: listing, owners, sockets)
    }

    private func remark(on listing: KernelSockets, _ owners: SocketOwners, _ sockets: [KernelSocket]) {
        for (kind, error) in listing.unlisted where filter.kinds.count <= 2 {
            console.remark("\(kind.rawValue): \(error)")
        }
        if !listing.fromText.isEmpty {
            let kinds = listing.fromText.map(\.rawValue).sorted().joined(separator: ", ")
            console.note("read from /proc/net, which tells less than sock_diag: \(kinds)", at: 1)
        }
        if !listing.isConsistent {
            console.remark("Sockets came and went during the listing: some may be missing or shown twice.")
        }
        console.note(Self.summary(sockets))
        let strangers = sockets.count { $0.inode != 0 && owners.firstOwner(of: $0.inode) == nil }
        if let sentence = Self.sentence(owners, strangers: strangers, isFiltered: filter.process != nil) {
            console.remark(sentence)
        }
    }

    /// `3 sockets: 2 ESTABLISHED, 1 LISTEN`
    static func summary(_ sockets: [KernelSocket]) -> String {
        var counts: [KernelSocket.State: Int] = [:]
        for socket in sockets { counts[socket.state, default: 0] += 1 }
        let parts = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\($0.value) \(SocketWords.text($0.key))" }
        let count = sockets.count == 1 ? "1 socket" : "\(sockets.count) sockets"
        return parts.isEmpty ? "no such socket" : "\(count): \(parts.joined(separator: ", "))"
    }

    /// A process cannot be asked for where no process can be seen.
    static func check(_ filter: SocketFilter, _ owners: SocketOwners) throws(Ending) {
        guard filter.process != nil, let obstacle = owners.obstacle else { return }
        throw Ending(
            .failed,
            "which process holds which socket is not known: \(reason(obstacle))",
            remedy: obstacle.code == .noSuchFile ? "Mount it: mount -t proc proc /proc." : obstacle.remedy
        )
    }

    private static func reason(_ obstacle: SocketError) -> String {
        obstacle.code == .noSuchFile ? "/proc is not mounted" : "\(obstacle.code)"
    }

    /// What is not known for want of a right; nil where nothing is missing.
    static func sentence(_ owners: SocketOwners, strangers: Int, isFiltered: Bool) -> String? {
        if let obstacle = owners.obstacle {
            return "who holds which socket is not known: \(reason(obstacle))"
        }
        if owners.hidesProcesses, strangers > 0 || isFiltered {
            return
                "/proc shows only some of the processes (hidepid): who holds the other sockets is not known"
        }
        let hidden = owners.hiddenProcessCount
        guard hidden > 0, strangers > 0 || isFiltered else { return nil }
        let processes = hidden == 1 ? "1 process" : "\(hidden) processes"
        let sockets =
            isFiltered
            ? "their sockets are not searched"
            : strangers == 1
                ? "the owner of 1 socket is not known" : "the owners of \(strangers) sockets are not known"
        let remedy =
            geteuid() == 0
            ? "Even root needs CAP_SYS_PTRACE for that." : "Run as root (CAP_SYS_PTRACE) to see them."
        return "\(processes) of others could not be looked into: \(sockets). \(remedy)"
    }
}

/// An order to read by: kinds, then our ports, listeners before their connections.
enum SocketOrder {
    static func order(_ sockets: [KernelSocket]) -> [Int] {
        var keys: [UInt64] = []
        keys.reserveCapacity(sockets.count)
        for (index, socket) in sockets.enumerated() {
            let kind = UInt64(KernelSocket.Kind.allCases.firstIndex(of: socket.kind) ?? 0)
            let local = UInt64(socket.local?.port ?? 0)
            let rank: UInt64 = socket.state == .listen ? 0 : 1
            let remote = UInt64(socket.remote?.port ?? 0)
            keys.append(kind << 61 | local << 45 | rank << 44 | remote << 28 | UInt64(index & 0xFFF_FFFF))
        }
        keys.sort()
        return keys.map { Int($0 & 0xFFF_FFFF) }
    }
}
