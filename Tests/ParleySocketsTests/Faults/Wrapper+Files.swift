import FaultInjection
import Glibc
import ParleySockets
import ParleyTypes

/// The file of a Unix socket. What cannot be removed or locked is no error of the socket.
extension Wrapper {
    static let files: [Wrapper] = [
        Wrapper(
            description: "UnixPathGuard.init",
            call: .stat,
            page: ManualPage.stat,
            operation: .inspect,
            tells: [.local]
        ) {
            let place = try Place()
            return { () throws(SocketError) in
                _ = try UnixPathGuard(of: place.socket)?.path
                return .done
            }
        },
        Wrapper(
            description: "UnixPathGuard.remove",
            call: .unlink,
            page: ManualPage.unlink,
            operation: .close,
            exceptions: Dictionary(uniqueKeysWithValues: ManualPage.unlink.map { ($0, .done) })
        ) {
            let place = try Place()
            return { () throws(SocketError) in
                try UnixPathGuard(of: place.socket)?.remove()
                return .done
            }
        },
        Wrapper(
            description: "UnixPathGuard of a relative path",
            call: .getcwd,
            page: ManualPage.getcwd,
            operation: .inspect,
            // Then the guard keeps to the relative path, and to the identity of the file.
            exceptions: Dictionary(uniqueKeysWithValues: ManualPage.getcwd.map { ($0, .done) })
        ) {
            let place = try Place(isRelative: true)
            return { () throws(SocketError) in
                _ = try UnixPathGuard(of: place.socket)?.path
                return .done
            }
        },
        takeover(.open, ManualPage.open, attempts: 1),
        takeover(.flock, ManualPage.flock, attempts: 10),
    ]

    /// A dead socket's file is taken over although its directory cannot be locked: the lock only keeps two
    /// processes that start at once from taking it from each other.
    private static func takeover(_ call: SystemCall, _ page: [ErrorCode], attempts: Int) -> Wrapper {
        Wrapper(
            description: "bind(takingOver:)",
            call: call,
            page: page,
            operation: .bind,
            exceptions: Dictionary(uniqueKeysWithValues: page.map { ($0, .done) }),
            retries: false,
            attempts: attempts
        ) {
            let path = "/tmp/\(Place.freshName)"
            // Closed at once: the file is what it leaves behind.
            try Socket(.unix, .stream).bind(to: .unix(.path(path)))
            return { () throws(SocketError) in
                let socket = try Socket(.unix, .stream)
                try socket.bind(takingOver: path)
                _ = unsafe unlink(path)
                return .done
            }
        }
    }
}

/// A bound Unix socket and its file, which goes with it.
private final class Place {
    let path: String
    let socket: Socket

    static var freshName: String { "parley-fault-\(getpid())-\(UInt64.random(in: 0...UInt64.max))" }

    init(isRelative: Bool = false) throws {
        path = isRelative ? Self.freshName : "/tmp/\(Self.freshName)"
        socket = try Socket(.unix, .stream)
        try socket.bind(to: .unix(.path(path)))
    }

    deinit {
        _ = unsafe unlink(path)
    }
}
