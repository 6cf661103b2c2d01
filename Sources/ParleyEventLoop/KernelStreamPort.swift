internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A stream socket of the kernel.
///
/// What the kernel's queue does not take at once is kept and passed on by the loop, so `transmit` takes all
/// or nothing, and at most one transmission is kept.
final class KernelStreamPort: KernelPort, StreamPort, @unchecked Sendable {
    private let outgoing = Mutex(Outgoing())
    /// Whether ``close()`` was called; the socket itself may live on to pass on what was taken over.
    private let isClosing = Atomic<Bool>(false)

    private struct Outgoing {
        /// Bytes taken over and not passed on yet: `sent...` of `bytes`.
        var bytes: [UInt8] = []
        var sent = 0
        /// What is to happen once they are passed on.
        var then = Then.goOn
        /// What ended the sending half.
        var failure: Failure?
        /// What ended the connection, when it was a sender who was told: the kernel tells it once, and answers the
        /// reader as if the peer had closed.
        var fate: Failure?
        /// Whether the socket is closed, so that nothing is passed on any more.
        var isGone = false
        /// Those who wait for that.
        var drainers = Waiters()

        var isEmpty: Bool { sent == bytes.count }
    }

    /// In a place of its own: an error is large, and few ports have one.
    private final class Failure: Sendable {
        let error: SocketError

        init(_ error: SocketError) { self.error = error }
    }

    private enum Then {
        case goOn, finishSending, close
    }

    /// How long a closed port goes on passing on what it had taken over, unless the endpoint says otherwise
    /// (``Endpoint/Options/linger``): as long as TCP itself tries (RFC 9293, 3.8.3 leaves it to the
    /// application; Linux gives up an orphan's retransmissions after about this long).
    private static let lingerMax = Duration.seconds(60)
    /// How much of what the peer sent and nobody read is thrown away before closing: a receive queue of usual
    /// size.
    private static let discardedBytesMax = 256 << 10

    /// Waits for the end of a handshake that `connect` left in progress.
    ///
    /// - Throws: how it failed; the port is closed then.
    func finishConnecting(until deadline: MonotonicInstant) async throws(SocketError) {
        do throws(SocketError) {
            try await waitUntilWritable(until: deadline)
            try socket.use(.connect) { (socket) throws(SocketError) in
                try socket.finishConnecting(to: remoteAddress ?? .unix(.unnamed))
            }
        } catch {
            _ = takeLinger()
            closeNow()
            throw error
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReceiveResult {
        guard !isClosing.load(ordering: .relaxed) else { return .over }
        let result = try receiving { (socket) throws(SocketError) in
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
            guard let count = try socket.receive(into: &output) else { return .wouldBlock }
            return count == 0 ? .end : .received(count)
        }
        if case .received(let count) = result { noteReceived(count) }
        // A sender that has just been told is waited for here.
        guard result == .end, var fate = outgoing.withLock({ $0.fate.take()?.error }) else { return result }
        fate.operation = .receive
        throw fate
    }

    /// Whether an error of sending says that the connection is no more.
    private static func ends(_ error: SocketError) -> Bool {
        switch error.code {
        case .connectionReset, .timedOut, .hostUnreachable, .networkUnreachable: true
        default: false
        }
    }

    func transmit(_ bytes: RawSpan) throws(SocketError) -> Bool {
        try outgoing.withLock { (outgoing) throws(SocketError) in
            if let failure = outgoing.failure { throw failure.error }
            switch outgoing.then {
            case .goOn: break
            case .finishSending:
                throw SocketError(.send, .alreadyShutDown, local: localAddress, remote: remoteAddress)
            case .close: throw SocketError(.send, .badDescriptor)
            }
            guard outgoing.isEmpty, let sent = try send(bytes, &outgoing.fate) else { return false }
            if sent < bytes.byteCount {
                let rest = bytes.extracting(sent..<bytes.byteCount)
                outgoing.bytes = unsafe rest.withUnsafeBytes { unsafe [UInt8]($0) }
                outgoing.sent = 0
                do throws(SocketError) {
                    try waitToPassOn()
                } catch {
                    // A message was cut: nothing may follow it.
                    outgoing.bytes = []
                    outgoing.failure = Failure(error)
                    throw error
                }
            }
            return true
        }
    }

    private func send(_ bytes: RawSpan, _ fate: inout Failure?) throws(SocketError) -> Int? {
        do throws(SocketError) {
            let count = try socket.use(.send) { (socket) throws(SocketError) in try socket.send(bytes) }
            // An error of the way there that the connection has survived.
            if count != nil, fate != nil { fate = nil }
            return count
        } catch {
            if Self.ends(error) { fate = Failure(error) }
            throw error
        }
    }

    /// Passes on what is kept; those who wait for room are woken only when all of it is gone.
    override func passOn() -> Bool {
        let (isDrained, then) = outgoing.withLock { outgoing -> (Bool, Then) in
            do throws(SocketError) {
                let bytes = outgoing.bytes
                while outgoing.sent < bytes.count {
                    let rest = unsafe bytes.span.bytes.extracting(outgoing.sent..<bytes.count)
                    guard let sent = try send(rest, &outgoing.fate) else { return (false, .goOn) }
                    outgoing.sent += sent
                }
            } catch {
                outgoing.failure = Failure(error)
            }
            outgoing.bytes = []
            outgoing.sent = 0
            return (true, outgoing.then)
        }
        guard isDrained else { return false }
        switch then {
        case .goOn: break
        case .finishSending: _ = try? shutdownSending()
        case .close: discardAndClose()
        }
        return true
    }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {
        while true {
            let isEmpty = try outgoing.withLock { (outgoing) throws(SocketError) in
                if let failure = outgoing.failure { throw failure.error }
                guard outgoing.then != .close else { throw SocketError(.wait, .badDescriptor) }
                return outgoing.isEmpty
            }
            if isEmpty { return }
            try await waitUntilWritable(until: deadline)
        }
    }

    func finishSending() throws(SocketError) {
        let isNow = try outgoing.withLock { (outgoing) throws(SocketError) in
            guard outgoing.then != .close else { throw SocketError(.shutdown, .badDescriptor) }
            guard outgoing.then == .goOn else { return false }
            outgoing.then = .finishSending
            return outgoing.isEmpty
        }
        if isNow, try !shutdownSending() { try tellOfLoss() }
    }

    /// - Returns: false where the connection was no more.
    @discardableResult
    private func shutdownSending() throws(SocketError) -> Bool {
        do throws(SocketError) {
            try socket.use(.shutdown) { (socket) throws(SocketError) in try socket.shutdown(.sending) }
        } catch {
            // The peer has gone already, so it needs no word of it.
            if error.code != .notConnected { throw error }
            return false
        }
        return true
    }

    /// What the kernel knows of the end of a connection that is no more: a peer that had closed in order and then
    /// refused what was sent (EPIPE) is told to nobody who only reads.
    private func tellOfLoss() throws(SocketError) {
        let code = try? socket.use(.send) { (socket) throws(SocketError) in try socket.pendingError }
        guard let code = code.flatMap({ $0 }) else { return }
        let failure = SocketError(.send, code, local: localAddress)
        if code == .brokenPipe { throw failure }
        // Anything else is the reader's, who is there to be told.
        if Self.ends(failure) { outgoing.withLock { $0.fate = Failure(failure) } }
    }

    func close() {
        // Closed a second time by the last reference's going: nothing is left to do.
        guard !isClosing.exchange(true, ordering: .relaxed) else { return }
        let linger = takeLinger()
        let isNow = outgoing.withLock { outgoing in
            outgoing.then = .close
            return outgoing.isEmpty || outgoing.failure != nil
        }
        if linger == .zero { return closeNow() }
        if isNow { return discardAndClose() }
        watch.retire()
        loop.after(linger ?? Self.lingerMax) { [weak self] in self?.reset() }
    }

    /// How long the endpoint (or the listener's, whose sockets inherit it) wants closing to take. The option is
    /// taken off the socket unless it asks for a reset: with it close(2) would block this thread.
    private func takeLinger() -> Duration? {
        guard remoteAddress?.port != nil else { return nil }
        let seconds = try? socket.use(.close) { (socket) throws(SocketError) in
            let seconds = try socket.lingerSeconds
            if let seconds, seconds > 0 { try socket.setLingerSeconds(nil) }
            return seconds
        }
        return seconds.flatMap { $0 }.map { .seconds($0) }
    }

    /// Ends a connection that did not take what was sent for it in time: the peer must not mistake a part for
    /// the whole.
    private func reset() {
        try? socket.use(.close) { (socket) throws(SocketError) in
            if socket.family != .unix { try socket.setLingerSeconds(0) }
        }
        closeNow()
    }

    func abort() {
        isClosing.store(true, ordering: .relaxed)
        outgoing.withLock { outgoing in
            outgoing.then = .close
            outgoing.bytes = []
            outgoing.sent = 0
        }
        // A reset: the kernel throws away what it has not delivered, and keeps no TIME_WAIT.
        _ = try? socket.use(.close) { (socket) throws(SocketError) in try socket.setLingerSeconds(0) }
        closeNow()
    }

    func drain(until deadline: MonotonicInstant) async throws(SocketError) {
        let waiter = Suspension()
        let isDrained = outgoing.withLock { outgoing in
            if outgoing.then == .close, !outgoing.isGone {
                outgoing.drainers.append(waiter)
                return false
            }
            return true
        }
        if isDrained { return }
        try await loop.wait(waiter, until: deadline) { outgoing.withLock { $0.drainers.remove(waiter) } }
    }

    override func closeNow() {
        super.closeNow()
        let drainers = outgoing.withLock { outgoing in
            outgoing.isGone = true
            return outgoing.drainers.takeAll()
        }
        drainers.wake(.ready)
    }

    /// All of the message that was taken over in part: its memory goes with its last byte.
    var unsentBytes: Int {
        outgoing.withLock { $0.bytes.count }
    }

    var queuedBytes: Int? {
        try? socket.use(.inspect) { (socket) throws(SocketError) in try socket.receivableBytes }
    }

    /// Closes after throwing away what has come and nobody read: the kernel would answer unread bytes with a
    /// reset and drop what it has not delivered yet (RFC 2525, section 2.17). A peer that goes on sending
    /// gets its reset.
    private func discardAndClose() {
        _ = try? socket.use(.receive) { (socket) throws(SocketError) in
            try unsafe withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) {
                (buffer) throws(SocketError) in
                var discarded = 0
                while discarded < Self.discardedBytesMax {
                    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
                    guard let count = try socket.receive(into: &output), count > 0 else { return }
                    discarded += count
                }
            }
        }
        closeNow()
    }
}
