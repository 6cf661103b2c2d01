import Glibc
import ParleyCore
import ParleyKernel
import ParleyText
import ParleyTypes

/// `parley ports --watch`: looks again and again, and shows what changes.
final class SocketWatch {
    private let filter: SocketFilter
    private let options: WatchOptions
    private let console: Console
    private let isLive: Bool
    private var journal: SocketJournal
    private var owners: SocketOwners
    /// Sockets whose holder has been looked for in vain.
    private var strangers: Set<UInt64> = []
    private var screen: SocketScreen
    private var counts = (born: 0, changed: 0, gone: 0)

    init(_ filter: SocketFilter, _ options: WatchOptions, _ console: Console) throws {
        self.filter = filter
        self.options = options
        self.console = console
        // A terminal that cannot move its cursor gets lines.
        isLive = isatty(STDOUT_FILENO) == 1 && !console.isJSON && !Style.isDumb
        journal = SocketJournal(memory: isLive ? .seconds(3) : .zero)
        owners = SocketOwners.current()
        screen = SocketScreen(console)
        try SocketList.check(filter, owners)
        if owners.obstacle != nil,
            let sentence = SocketList.sentence(owners, strangers: 0, isFiltered: false)
        {
            console.remark(sentence)
        }
    }

    func run() async throws {
        let began = NetworkEnvironment.now
        let end = options.timeout.map { began.advanced(by: $0.duration) }
        // Every state is read: the way out of one that was asked for is to be seen.
        var wide = filter
        wide.states = Set(KernelSocket.State.allCases)
        while Stop.shared.reason == nil {
            let now = NetworkEnvironment.now
            let changes = try look(wide, now)
            if try show(changes, began, now) { break }
            let next = now.advanced(by: options.every?.duration ?? .milliseconds(100))
            if let end, now >= end { break }
            let pause = NetworkEnvironment.now.duration(to: end.map { min($0, next) } ?? next)
            guard pause > .zero else { continue }
            do { try await NetworkEnvironment.sleep(for: pause) } catch { break }
        }
        if isLive { try screen.finish() }
        let time = began.duration(to: NetworkEnvironment.now).rounded
        console.note(
            "watched \(time): \(counts.born) born, \(counts.changed) changed state, \(counts.gone) gone"
                + console.droppedWords
        )
    }

    private func look(_ wide: SocketFilter, _ now: MonotonicInstant) throws -> [SocketJournal.Change] {
        var sockets = try wide.read().sockets
        let news = sockets.contains {
            $0.inode != 0 && owners.firstOwner(of: $0.inode) == nil && !strangers.contains($0.inode)
        }
        if news {
            owners = SocketOwners.current()
            strangers = Set(
                sockets.lazy.map(\.inode).filter { $0 != 0 && self.owners.firstOwner(of: $0) == nil }
            )
        }
        if filter.process != nil {
            sockets = sockets.filter { socket in
                guard socket.inode == 0 else {
                    return owners.owners(of: socket.inode).contains { filter.takes($0.process) }
                }
                // What has lost its process belongs to who had it.
                return journal.entries[.init(socket)]?.owner.map { filter.takes($0) } ?? false
            }
        }
        return journal.take(sockets, at: now) { [owners] socket in
            owners.firstOwner(of: socket.inode).map { owners.processes[$0.index] }
        }
    }

    /// Shows it; true when that is enough.
    private func show(
        _ changes: [SocketJournal.Change],
        _ began: MonotonicInstant,
        _ now: MonotonicInstant
    ) throws -> Bool {
        var isEnough = false
        var lines = ByteText()
        for change in changes where isWanted(change) {
            switch change.kind {
            case .there: break
            case .born: counts.born += 1
            case .state: counts.changed += 1
            case .gone: counts.gone += 1
            }
            let count = counts.born + counts.changed + counts.gone
            if !isLive { screen.append(change, after: began.duration(to: now), to: &lines) }
            if let countMax = options.count, count >= countMax {
                isEnough = true
                break
            }
        }
        if isLive {
            try screen.draw(journal.entries.values.filter { isShown($0) }, at: now)
        } else if !lines.bytes.isEmpty {
            try console.write(lines.bytes)
        }
        return isEnough
    }

    private func isWanted(_ change: SocketJournal.Change) -> Bool {
        filter.states.contains(change.entry.socket.state)
            || change.from.map { filter.states.contains($0) } ?? false
    }

    private func isShown(_ entry: SocketJournal.Entry) -> Bool {
        filter.states.contains(entry.socket.state) || entry.course.contains { filter.states.contains($0) }
    }
}
