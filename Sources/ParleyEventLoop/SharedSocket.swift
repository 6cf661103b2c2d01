internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A socket that many threads use and one may close: it is closed when the last call that uses it has
/// returned, so no call ever meets a descriptor that has become another one.
///
/// Two atomic operations a call, no lock.
final class SharedSocket: @unchecked Sendable {
    // Sendable by hand: `socket` is only borrowed between `enter` and `leave`, and taken once when nobody is
    // inside.
    private nonisolated(unsafe) var socket: Socket?
    /// How many calls are inside, and the closed bit.
    private let users = Atomic<UInt64>(0)
    private let isFinished = Atomic<Bool>(false)
    private static let closedBit: UInt64 = 1 << 63

    init(_ socket: consuming Socket) {
        unsafe self.socket = consume socket
    }

    var isClosed: Bool { users.load(ordering: .acquiring) & Self.closedBit != 0 }

    /// Lends the socket to `body`.
    ///
    /// - Throws: `.badDescriptor` once the socket was closed, and what `body` throws.
    @inline(__always)
    func use<Result: ~Copyable>(
        _ operation: SocketError.Operation,
        _ body: (borrowing Socket) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        let before = users.add(1, ordering: .acquiring).oldValue
        defer { leave() }
        guard before & Self.closedBit == 0, unsafe socket != nil else {
            throw SocketError(operation, .badDescriptor)
        }
        return try unsafe body(socket!)
    }

    /// Lets nobody in any more, and closes the socket as soon as nobody is inside.
    func close() {
        users.add(1, ordering: .acquiring)
        users.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing)
        leave()
    }

    private func leave() {
        guard users.subtract(1, ordering: .acquiringAndReleasing).newValue == Self.closedBit else { return }
        // Calls that come too late pass here as well; the socket is closed once.
        guard !isFinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
        unsafe socket = nil
    }
}
