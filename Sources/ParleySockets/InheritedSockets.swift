internal import CParleyLinux
internal import Glibc
public import ParleyTypes
internal import Synchronization

/// The sockets that a service manager passed to this process (sd_listen_fds(3)), each to be taken once.
public final class InheritedSockets: Sendable {
    /// Those of this process. The first use reads the variables and removes them from the environment, so that
    /// programs that this one starts do not take its sockets for theirs, and keeps the sockets from them
    /// (FD_CLOEXEC). Use it before other threads read the environment.
    public static let shared = InheritedSockets(consumingEnvironment: ())

    private struct Entry {
        var descriptor: Int32
        var name: String
        var isTaken = false
    }

    private struct State {
        var entries: [Entry]
        /// Descriptors that were taken by number and stand in no entry.
        var others: Set<Int32> = []
    }

    private let state: Mutex<State>

    /// The first passed descriptor: SD_LISTEN_FDS_START.
    public static let firstDescriptor: Int32 = 3
    /// More descriptors than this are left alone: the kernel's own limit for a process is about this by
    /// default (fs.nr_open).
    private static let countMax = 1 << 20

    /// - Parameters:
    ///   - processID: whom `LISTEN_PID` must name.
    ///   - pid: `LISTEN_PID`
    ///   - count: `LISTEN_FDS`
    ///   - names: `LISTEN_FDNAMES`; sockets without one are called `unknown`.
    init(processID: Int32, pid: String?, count: String?, names: String?) {
        guard let pid, Int32(pid) == processID, let count = count.flatMap({ Int($0) }), count > 0,
            count <= Self.countMax
        else {
            state = Mutex(State(entries: []))
            return
        }
        let names = names?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
        state = Mutex(
            State(
                entries: (0..<count).map { index in
                    let name = index < names.count && !names[index].isEmpty ? names[index] : "unknown"
                    return Entry(descriptor: Self.firstDescriptor + Int32(index), name: name)
                }
            )
        )
    }

    private convenience init(consumingEnvironment: Void) {
        func value(_ name: String) -> String? {
            guard let text = unsafe getenv(name) else { return nil }
            return unsafe String(cString: text)
        }
        self.init(
            processID: getpid(),
            pid: value("LISTEN_PID"),
            count: value("LISTEN_FDS"),
            names: value("LISTEN_FDNAMES")
        )
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"] {
            unsafe unsetenv(name)
        }
        state.withLock { state in
            for entry in state.entries { _ = fcntl(entry.descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// The names of the passed sockets, in the order of their descriptors.
    public var names: [String] { state.withLock { $0.entries.map(\.name) } }

    /// What a socket is, without taking it.
    ///
    /// - Throws: operation `.adopt`: `.noSuchFile` when there is none, `.invalidArgument` when several are and
    ///   none was named, `.addressInUse` when it was taken before, `.notASocket`.
    public func kind(of which: InheritedSocket) throws(SocketError) -> InheritedKind {
        let descriptor = try state.withLock { (state) throws(SocketError) in
            try Self.find(which, in: state).descriptor
        }
        return try Self.inspect(descriptor, which)
    }

    /// Takes a socket: from now on it belongs to the caller alone.
    ///
    /// - Parameter isFitting: whether the socket is of the kind that is needed.
    /// - Throws: as ``kind(of:)``, and `.wrongProtocolType` when it is not; it can still be taken then.
    public func take(
        _ which: InheritedSocket,
        if isFitting: (InheritedKind) -> Bool
    ) throws(SocketError) -> Socket {
        try state.withLock { (state) throws(SocketError) in
            let (index, descriptor) = try Self.find(which, in: state)
            let kind = try Self.inspect(descriptor, which)
            guard isFitting(kind) else {
                throw SocketError(.adopt, .wrongProtocolType, subject: "\(which) (\(kind))")
            }
            let socket = try Socket(takingOver: descriptor)
            if let index { state.entries[index].isTaken = true } else { state.others.insert(descriptor) }
            return socket
        }
    }

    private static func find(
        _ which: InheritedSocket,
        in state: borrowing State
    ) throws(SocketError) -> (index: Int?, descriptor: Int32) {
        let entries = state.entries
        func refusal(_ code: ErrorCode) -> SocketError {
            let passed =
                entries.isEmpty
                ? "no sockets were passed, LISTEN_FDS says none for this process"
                : "passed: " + entries.prefix(16).map(\.name).joined(separator: ", ")
            return SocketError(.adopt, code, subject: "\(which) (\(passed))")
        }
        switch which {
        case .only:
            guard let entry = entries.first else { throw refusal(.noSuchFile) }
            guard entries.count == 1 else { throw refusal(.invalidArgument) }
            guard !entry.isTaken else { throw refusal(.addressInUse) }
            return (0, entry.descriptor)
        case .named(let name):
            guard entries.contains(where: { $0.name == name }) else { throw refusal(.noSuchFile) }
            guard let index = entries.firstIndex(where: { $0.name == name && !$0.isTaken }) else {
                throw refusal(.addressInUse)
            }
            return (index, entries[index].descriptor)
        case .descriptor(let number):
            let index = entries.firstIndex { $0.descriptor == number }
            let isTaken = index.map { entries[$0].isTaken } ?? state.others.contains(number)
            guard !isTaken else { throw SocketError(.adopt, .addressInUse, subject: "\(which)") }
            return (index, number)
        }
    }

    private static func inspect(
        _ descriptor: Int32,
        _ which: InheritedSocket
    ) throws(SocketError) -> InheritedKind {
        guard fcntl(descriptor, F_GETFD) >= 0 else {
            throw SocketError(
                .adopt,
                .noSuchFile,
                subject: "\(which) (descriptor \(descriptor) is not open)"
            )
        }
        guard let kind = InheritedKind(descriptor) else {
            throw SocketError(.adopt, .notASocket, subject: "\(which)")
        }
        return kind
    }
}
