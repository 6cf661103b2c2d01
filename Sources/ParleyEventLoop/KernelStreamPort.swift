internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// A stream socket of the kernel.
///
/// What the kernel's queue does not take at once is kept and passed on by the loop, so `transmit` takes all or nothing,
/// and at most one transmission is kept.
final class KernelStreamPort: KernelPort, Port, @unchecked Sendable {
    private let outgoing = Mutex(Outgoing())

    private struct Outgoing {
        /// Bytes taken over and not passed on yet: `sent...` of `bytes`.
        var bytes: [UInt8] = []
        var sent = 0
        /// What is to happen once they are passed on.
        var then = Then.goOn
        /// What ended the sending half.
        var failure: SocketError?

        var isEmpty: Bool { sent == bytes.count }
    }

    private enum Then {
        case goOn, finishSending, close
    }

    /// How long a closed port goes on passing on what it had taken over: as long as TCP itself tries (RFC 9293, 3.8.3
    /// leaves it to the application; Linux gives up an orphan's retransmissions after about this long).
    private static let lingerMax = Duration.seconds(60)

    var hasBorders: Bool { false }

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
            closeNow()
            throw error
        }
    }

    func receive(into batch: ReceiveBatch) throws(SocketError) -> Bool {
        preconditionFailure("a stream is read, it has no datagrams: ask hasBorders")
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> ReadResult {
        let count = try socket.use(.receive) { (socket) throws(SocketError) in
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
            return try socket.receive(into: &output)
        }
        guard let count else { return .wouldBlock }
        return count == 0 ? .end : .bytes(count)
    }

    func transmit(
        _ bytes: RawSpan, to recipient: SocketAddress?, from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try outgoing.withLock { (outgoing) throws(SocketError) in
            if let failure = outgoing.failure { throw failure }
            guard outgoing.then == .goOn else { throw SocketError(.send, .brokenPipe, local: localAddress) }
            guard outgoing.isEmpty else { return false }
            let sent = try send(bytes)
            guard let sent else { return false }
            if sent < bytes.byteCount {
                let rest = bytes.extracting(sent..<bytes.byteCount)
                outgoing.bytes = unsafe rest.withUnsafeBytes { unsafe [UInt8]($0) }
                outgoing.sent = 0
                try watch.waitToPassOn()
            }
            return true
        }
    }

    func transmit(
        _ bytes: RawSpan, endingAt ends: [Int], from first: Int, to recipient: SocketAddress?
    ) throws(SocketError) -> Int {
        let start = first == 0 ? 0 : ends[first - 1]
        return try transmit(bytes.extracting(start..<ends[ends.count - 1]), to: nil, from: nil) ? ends.count - first : 0
    }

    private func send(_ bytes: RawSpan) throws(SocketError) -> Int? {
        try socket.use(.send) { (socket) throws(SocketError) in try socket.send(bytes) }
    }

    override func becameReady(_ events: UInt32) {
        watch.fired(events, passOn: passOn)
    }

    /// Passes on what is kept; those who wait for room are woken only when all of it is gone.
    private func passOn() -> Bool {
        let (isDrained, then) = outgoing.withLock { outgoing -> (Bool, Then) in
            do throws(SocketError) {
                let bytes = outgoing.bytes
                while outgoing.sent < bytes.count {
                    guard let sent = try unsafe send(bytes.span.bytes.extracting(outgoing.sent..<bytes.count)) else {
                        return (false, .goOn)
                    }
                    outgoing.sent += sent
                }
            } catch {
                outgoing.failure = error
            }
            outgoing.bytes = []
            outgoing.sent = 0
            return (true, outgoing.then)
        }
        guard isDrained else { return false }
        switch then {
        case .goOn: break
        case .finishSending: try? shutdownSending()
        case .close: closeNow()
        }
        return true
    }

    func flush(until deadline: MonotonicInstant) async throws(SocketError) {
        while true {
            let isEmpty = try outgoing.withLock { (outgoing) throws(SocketError) in
                if let failure = outgoing.failure { throw failure }
                return outgoing.isEmpty
            }
            if isEmpty { return }
            try await waitUntilWritable(until: deadline)
        }
    }

    func finishSending() throws(SocketError) {
        let isNow = outgoing.withLock { outgoing in
            guard outgoing.then == .goOn else { return false }
            outgoing.then = .finishSending
            return outgoing.isEmpty
        }
        if isNow { try shutdownSending() }
    }

    private func shutdownSending() throws(SocketError) {
        do throws(SocketError) {
            try socket.use(.shutdown) { (socket) throws(SocketError) in try socket.shutdown(.sending) }
        } catch {
            // The peer has gone already, so it needs no word of it.
            if error.code != .notConnected { throw error }
        }
    }

    func close() {
        let isNow = outgoing.withLock { outgoing in
            guard outgoing.then != .close else { return false }
            outgoing.then = .close
            return outgoing.isEmpty || outgoing.failure != nil
        }
        if isNow { return closeNow() }
        watch.stopReading()
        loop.after(Self.lingerMax) { [weak self] in self?.closeNow() }
    }
}
