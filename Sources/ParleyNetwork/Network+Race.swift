package import ParleyTypes

extension Network {
    /// Tries the addresses beside each other, each a little later than the one before or as soon as that has
    /// failed; the first connection wins and the others are closed (RFC 8305, section 5).
    ///
    /// - Parameter connect: connects to one address.
    /// - Throws: what became of the first address that failed.
    package func race(
        _ addresses: [SocketAddress],
        _ connect: @escaping @Sendable (SocketAddress) async throws(SocketError) -> PeerPort
    ) async throws(SocketError) -> PeerPort {
        if addresses.count == 1 { return try await connect(addresses[0]) }
        let result: Result<PeerPort, SocketError> = await withTaskGroup(of: Runner.self) { group in
            var waiting = addresses[...]
            var running = 0
            var failure: SocketError?
            var winner: PeerPort?
            func startNext() {
                guard let address = waiting.popFirst() else { return }
                running += 1
                group.addTask {
                    do throws(SocketError) {
                        return .connected(try await connect(address))
                    } catch {
                        return .failed(error)
                    }
                }
                guard !waiting.isEmpty else { return }
                group.addTask { [self] in
                    try? await sleep(until: now.advanced(by: attemptDelay))
                    return .delayed
                }
            }
            startNext()
            while running > 0, let runner = await group.next() {
                switch runner {
                case .connected(let port):
                    running -= 1
                    if winner == nil {
                        winner = port
                        waiting = []
                        group.cancelAll()
                    } else {
                        port.port.close()
                    }
                case .failed(let error):
                    running -= 1
                    // The first address is the one the user would name; its failure says most.
                    failure = failure ?? error
                    if winner == nil, !error.isEndOfWait { startNext() }
                case .delayed:
                    if winner == nil { startNext() }
                }
            }
            group.cancelAll()
            if let winner { return .success(winner) }
            return .failure(failure ?? SocketError(.connect, .cancelled))
        }
        return try result.get()
    }
}

/// How long an attempt is alone before the next address is tried beside it (RFC 8305, section 5).
private let attemptDelay = Duration.milliseconds(250)

private enum Runner: Sendable {
    case connected(PeerPort)
    case failed(SocketError)
    /// The last attempt has been alone for long enough.
    case delayed
}

extension SocketError {
    /// Whether the caller's time or patience is over, so that no further address is worth a try.
    fileprivate var isEndOfWait: Bool { operation == .wait && (code == .cancelled || code == .timedOut) }
}
