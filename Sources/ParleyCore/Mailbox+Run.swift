internal import ParleyNetwork
internal import ParleyTypes
internal import ParleyWire
internal import Synchronization

extension Mailbox {
    /// Hands every letter to `handler` until the mailbox is closed or the task cancelled.
    ///
    ///     let inbox = try await Mailbox(Score.self, at: .udp(port: 8089).loadBalanced())
    ///     try await inbox.run { letter in await store(letter.message) }
    ///
    /// A mailbox that is spread over several loops (``Endpoint/loadBalanced(over:)``) calls the handler from
    /// one task a socket, so letters of different senders are handled at the same time; those of one sender
    /// come one after another, in the order in which they came. Otherwise one task handles all letters.
    ///
    /// - Throws: what the handler throws, which ends the run and leaves the mailbox open. Letters that had come
    ///   to other sockets by then wait for the next run; other readers do not see them. Otherwise as the
    ///   sequence of the mailbox. When the task is cancelled, ``ParleyError/cancelled``, whatever cancelled
    ///   handlers call it.
    public func run(
        _ handler: @escaping @Sendable (Letter<Inbound>) async throws -> Void
    ) async throws {
        do {
            try await deliver(to: handler)
        } catch let error where error.isCancellation && Task.isCancelled {
            throw ParleyError.cancelled
        }
    }

    private func deliver(
        to handler: @escaping @Sendable (Letter<Inbound>) async throws -> Void
    ) async throws {
        let shards = port.shards
        guard shards.count > 1 else {
            for try await letter in self { try await handler(letter) }
            return
        }
        let claim = try desk.claimAll(by: inboundCoder)
        defer { withExtendedLifetime(claim) {} }
        let isOnNetwork = network.isCurrentExecutor
        try await withThrowingTaskGroup { group in
            for (shard, intake) in zip(shards, shardIntakes(shards.count)) {
                group.addTask(executorPreference: isOnNetwork ? shard.executor : nil) { [self] in
                    while try await fill(intake, from: shard) {
                        // Not handed to a task that is to end: the next run has it.
                        while !Task.isCancelled, let letter = intake.next(by: inboundCoder) {
                            try await handler(letter)
                        }
                        if Task.isCancelled { throw ParleyError.cancelled }
                    }
                }
            }
            // What the first one throws cancels the others.
            while try await group.next() != nil {}
        }
    }

    /// The reading sides of the shards, kept from run to run with the letters that a run which ended has left.
    /// The mailbox's own one, which may hold letters as well, comes first.
    func shardIntakes(_ count: Int) -> [DatagramIntake<Inbound>] {
        spread.withLock { kept in
            if kept.isEmpty { kept = [intake] + (1..<count).map { _ in intake.sibling() } }
            return kept
        }
    }

    private func fill(
        _ intake: DatagramIntake<Inbound>,
        from shard: any MessagePort
    ) async throws(ParleyError) -> Bool {
        if intake.hasSome { return true }
        guard !closing.isOver() else { return false }
        do throws(SocketError) {
            return try await intake.fill(from: shard, until: .distantFuture)
        } catch {
            throw ParleyError(error)
        }
    }
}
