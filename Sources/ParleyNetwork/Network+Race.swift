package import ParleyTypes

extension Network {
    /// Tries the addresses beside each other, each a little later than the one before or as soon as that has
    /// failed; the first connection wins and the others are closed (RFC 8305, section 5).
    ///
    /// - Parameter connect: connects to one address.
    /// - Throws: what became of the first address that failed; `.destinationRequired` when there is none.
    package func race(
        _ addresses: [SocketAddress],
        _ connect: @escaping @Sendable (SocketAddress) async throws(SocketError) -> PeerPort
    ) async throws(SocketError) -> PeerPort {
        let result: Result<PeerPort, SocketError> = await withTaskGroup(of: Runner.self) { group in
            var waiting = addresses[...]
            var running = 0
            var failure: SocketError?
            var winner: PeerPort?
            var attempts = 0
            func startNext() {
                guard let address = waiting.popFirst() else { return }
                running += 1
                attempts += 1
                group.addTask {
                    do throws(SocketError) {
                        return .connected(try await connect(address))
                    } catch {
                        return .failed(error)
                    }
                }
                guard !waiting.isEmpty else { return }
                group.addTask { [self, attempts] in
                    let slept: Void? = try? await sleep(until: now.advanced(by: attemptDelay))
                    return .delayed(slept == nil ? nil : attempts)
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
                case .delayed(let attempt):
                    if winner == nil, attempt == attempts { startNext() }
                }
            }
            group.cancelAll()
            if let winner { return .success(winner) }
            return .failure(failure ?? SocketError(.connect, .destinationRequired))
        }
        return try result.get()
    }
}

/// How long an attempt is alone before the next address is tried beside it (RFC 8305, section 5).
private let attemptDelay = Duration.milliseconds(250)

private enum Runner: Sendable {
    case connected(PeerPort)
    case failed(SocketError)
    /// That attempt has been alone for long enough; nil when the wait was given up.
    case delayed(Int?)
}

extension SocketError {
    /// Whether the caller's time or patience is over, so that no further address is worth a try.
    fileprivate var isEndOfWait: Bool { operation == .wait && (code == .cancelled || code == .timedOut) }
}
