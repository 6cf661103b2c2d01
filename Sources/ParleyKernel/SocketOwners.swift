internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// Which process holds which socket: what stands in /proc/PID/fd at the time of reading (proc(5)).
///
/// Only processes of the same user can be looked into; others need CAP_SYS_PTRACE, which root has. Sockets of
/// the kernel itself, and those that are under way between processes, have no owner.
public struct SocketOwners: Sendable {
    /// The processes that hold sockets.
    public private(set) var processes: [OwningProcess] = []
    /// How many processes could not be looked into for want of a right. Where /proc is mounted with
    /// `hidepid`, those that are not even shown are not counted: ``hidesProcesses``.
    public private(set) var hiddenProcessCount = 0
    /// Whether /proc shows only some of the processes (`hidepid`).
    public private(set) var hidesProcesses = false
    /// Why nobody could be looked for; nil where ``current()`` or ``read()`` could look.
    public private(set) var obstacle: SocketError?
    /// Whether a socket without an owner here has none that can be looked into at all: `false` says that its owner is
    /// not known.
    public var areComplete: Bool { hiddenProcessCount == 0 && !hidesProcesses && obstacle == nil }
    private var holdings: [Holding] = []
    private var firstHoldings = InodeTable()

    /// A descriptor that is a socket.
    private struct Holding {
        var process: Int32
        var descriptor: Int32
        /// The next one with this inode, -1 for none.
        var next: Int32 = -1
        /// Of the first with this inode: the last, and how many there are.
        var last: Int32 = -1
        var count: Int32 = 1
    }

    /// Nobody, as before anything was read.
    public init() {}

    /// Looks into every process that may be looked into.
    ///
    /// - Throws: /proc cannot be read: `.noSuchFile` where it is not mounted; descriptors or memory have run out.
    ///
    /// The corresponding C functions are `getdents64` and `readlinkat`.
    public static func read() throws(SocketError) -> SocketOwners {
        let owners = current()
        if let obstacle = owners.obstacle { throw obstacle }
        return owners
    }

    /// As ``read()``, and where that fails nobody, with the ``obstacle``.
    public static func current() -> SocketOwners {
        var owners = SocketOwners()
        guard ProcFileSystem.isMounted else {
            owners.obstacle = SocketError(.inspect, .noSuchFile, subject: "/proc")
            return owners
        }
        let root = unsafe open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else {
            owners.obstacle = SocketError(.inspect, ErrorCode(rawValue: errno), subject: "/proc")
            return owners
        }
        defer { close(root) }
        // Every namespace of processes has a first one.
        owners.hidesProcesses = unsafe faccessat(root, "1", F_OK, 0) != 0 && errno == ENOENT
        let details = ProcessDetails()
        var buffers = Buffers()
        DirectoryEntries.each(of: root, &buffers.processes) { process in
            owners.look(into: process, root, details, &buffers.descriptors)
        }
        return owners
    }

    /// The processes that hold this socket, one entry a descriptor; none for inode 0.
    public func owners(of inode: UInt64) -> [SocketOwner] {
        var owners: [SocketOwner] = []
        var next = firstHoldings[inode]
        while next >= 0 {
            let holding = holdings[Int(next)]
            owners.append(
                SocketOwner(process: processes[Int(holding.process)], descriptor: holding.descriptor)
            )
            next = holding.next
        }
        return owners
    }

    /// The first process that holds this socket, as an index of ``processes``, and how many more entries
    /// ``owners(of:)`` has.
    public func firstOwner(of inode: UInt64) -> (index: Int, descriptor: Int32, others: Int)? {
        let place = firstHoldings[inode]
        guard place >= 0 else { return nil }
        let first = holdings[Int(place)]
        return (Int(first.process), first.descriptor, Int(first.count) - 1)
    }

    private mutating func look(
        into process: Int32,
        _ root: Int32,
        _ details: ProcessDetails,
        _ buffer: inout [UInt8]
    ) {
        let directory = ProcPath.openDescriptors(of: process, root)
        guard directory >= 0 else {
            let code = ErrorCode(rawValue: errno)
            // The kernel's own threads have no sockets to hide; a process that has ended has none either.
            let isHidden = code == .permissionDenied || code == .notPermitted
            if isHidden, !details.isKernelThread(process) { hiddenProcessCount += 1 }
            if code.isExhaustion { obstacle = SocketError(.inspect, code, subject: "/proc") }
            return
        }
        defer { close(directory) }
        var index: Int32?
        var isRefused = false
        DirectoryEntries.each(of: directory, &buffer) { descriptor in
            switch ProcPath.socketInode(of: descriptor, directory) {
            case .success(let inode?):
                let place = index ?? Int32(processes.count)
                if index == nil {
                    index = place
                    processes.append(details.read(process, in: directory))
                }
                hold(inode, Holding(process: place, descriptor: descriptor))
            case .success(nil): break
            case .failure(let code): isRefused = isRefused || code.code == .permissionDenied
            }
        }
        if isRefused { hiddenProcessCount += 1 }
    }

    private mutating func hold(_ inode: UInt64, _ holding: Holding) {
        let index = Int32(holdings.count)
        let first = firstHoldings.setIfAbsent(inode, index)
        holdings.append(holding)
        guard first >= 0 else { return }
        // The eldest process stays first. No chain is walked: a process may hold one socket a million times.
        let last = holdings[Int(first)].last
        holdings[Int(last < 0 ? first : last)].next = index
        holdings[Int(first)].last = index
        holdings[Int(first)].count &+= 1
    }

    private struct Buffers {
        var processes = [UInt8](repeating: 0, count: 32768)
        var descriptors = [UInt8](repeating: 0, count: 32768)
    }
}

/// A process that holds sockets.
public struct OwningProcess: Sendable, Hashable {
    public var id: Int32
    /// The name of its main thread, at most 15 bytes and of its own choice: it may hold anything but a NUL.
    public var name: String
    /// Its effective user; nil if it ended meanwhile.
    public var user: UInt32?
    /// When it was started; nil if it ended meanwhile.
    public var started: WallTime?

    public init(id: Int32, name: String, user: UInt32?, started: WallTime?) {
        self.id = id
        self.name = name
        self.user = user
        self.started = started
    }
}

/// A descriptor of a process that is a socket.
public struct SocketOwner: Sendable, Hashable {
    public var process: OwningProcess
    public var descriptor: Int32

    public init(process: OwningProcess, descriptor: Int32) {
        self.process = process
        self.descriptor = descriptor
    }
}
