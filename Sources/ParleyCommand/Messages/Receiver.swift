import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire

/// Receives at one place until it is enough.
struct Receiver: Sendable {
    let endpoint: Endpoint
    let form: Form
    let framing: Framing?
    let timeout: Duration?
    /// What it spends on those who connect.
    let limits: ListenerLimits
    let tally: Tally
    let console: Console

    func run() async throws(Ending) {
        do {
            if endpoint.transport.isConnectionOriented { try await listen() } else { try await collect() }
        } catch {
            // A word of ours (enough, a signal, an error in a client's task) ends the wait as a cancellation.
            guard Stop.shared.reason != nil,
                (error as? ParleyError) == .cancelled || error is CancellationError
            else { throw await failure(error) }
        }
        try end()
    }

    /// The summary where the output does not tell by itself how it ended, and the ending that the work
    /// deserves.
    private func end() throws(Ending) {
        let reason = Stop.shared.reason
        let isPlain = reason == .enough || reason == .outputClosed || reason == nil
        if !isPlain || console.verbosity > 0 || tally.lostAtLeast > 0 || tally.watchesMessages {
            tally.summarize()
        }
        if let ending = Stop.shared.ending { throw ending }
    }

    /// A timeout is an error only when something that was asked for is missing.
    private func failure(_ error: any Error) async -> Ending {
        var ending = Ending(error)
        if case .timedOut(let limit, .message)? = error as? ParleyError {
            tally.summarize()
            if tally.messages > 0 {
                guard let count = tally.countMax else { return .silent(.done) }
                let came = "only \(tally.messages) of \(plural(count, "message")) came"
                ending.message = "\(came), then none within \(limit.spelled)"
            }
        }
        return ending
    }

    // MARK: Datagrams

    private func collect() async throws {
        let mailbox = try await Mailbox<Parcel, Parcel>(
            // What does not fit has no time that it could be held for: it is told at once.
            coder: ParcelCoder(form: form, refusesMisfits: tally.smoothing != nil),
            at: endpoint,
            onRejected: { [self] datagram in
                // Otherwise only what is larger than any datagram that is taken comes here: the form judges the others.
                guard case .wire(let error) = datagram.error else { return }
                let parcel = Parcel(.misfit(error), bytes: datagram.bytes)
                _ = try? tally.take(parcel, from: datagram.sender, arrived: datagram.arrival)
            }
        )
        defer {
            tally.note(lostAtLeast: mailbox.statistics.lostAtLeast, .beforeSummary)
            mailbox.close()
        }
        console.announce("receiving at", endpoint, mailbox.localAddress)
        console.remarkOnGroup(of: endpoint)
        if let smoothing = tally.smoothing { return try await play(mailbox, smoothing) }
        var looksAt = NetworkEnvironment.now.advanced(by: LossWatch.lookInterval)
        do {
            while let letter = try await mailbox.next(timeout: timeout) {
                guard try take(letter) else { return }
                // Asking the kernel is a system call: not for every message.
                guard tally.lastArrival >= looksAt else { continue }
                looksAt = tally.lastArrival.advanced(by: LossWatch.lookInterval)
                tally.note(lostAtLeast: mailbox.statistics.lostAtLeast)
            }
        } catch let error as ParleyError where error == .cancelled {
            await LastLook.take { [self] in
                guard let letter = try? await mailbox.next(timeout: .zero) else { return false }
                return (try? take(letter)) ?? false
            }
            throw error
        }
    }

    private func take(_ letter: Letter<Parcel>) throws(Ending) -> Bool {
        try tally.take(letter.message, from: letter.sender, arrived: letter.arrival)
    }

    // MARK: Connections

    private func listen() async throws {
        let coder = ParcelCoder(form: form)
        let listener = try await Listener<Parcel, Parcel>(
            receiving: coder,
            sending: coder,
            at: endpoint,
            framing: framing
        )
        defer {
            Server.tell(listener.statistics, on: console)
            listener.close()
        }
        console.announce("listening at", endpoint, listener.localAddress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run(limits: limits) { connection in await serve(connection) } }
            if let timeout { group.addTask { try await watch(timeout) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Reads one client to its end. Its failures are its own, ours are everybody's.
    private func serve(_ connection: Connection<Parcel, Parcel>) async {
        let peer = SafeText.line("\(connection.peer)")
        let client = tally.newClient()
        console.note("\(peer) connected\(connection.introduction)", at: 1)
        do throws(ParleyError) {
            while let parcel = try await next(of: connection, peer) {
                guard (try? tally.take(parcel, from: connection.peer, by: client)) ?? false else {
                    Stop.shared.request(.enough)
                    return
                }
            }
            console.note("\(peer) closed", at: 1)
        } catch {
            guard error != .cancelled else {
                return await LastLook.take { [self] in
                    guard let parcel = try? await connection.next(timeout: .zero) else { return false }
                    return (try? tally.take(parcel, from: connection.peer, by: client)) ?? false
                }
            }
            console.complain("\(peer): \(Ending(error).message ?? "")")
        }
    }

    /// The next message; what is larger than any that is taken is told and passed over.
    private func next(
        of connection: Connection<Parcel, Parcel>,
        _ peer: String
    ) async throws(ParleyError) -> Parcel? {
        while true {
            do throws(ParleyError) {
                return try await connection.next()
            } catch {
                guard case .wire(let misfit) = error else { throw error }
                console.complain("\(peer): no such message: \(misfit)")
            }
        }
    }

    /// Ends when no message has come to any client for so long.
    private func watch(_ timeout: Duration) async throws {
        while true {
            let rest = NetworkEnvironment.now.duration(to: tally.lastArrival.advanced(by: timeout))
            guard rest > .zero else { break }
            try await NetworkEnvironment.sleep(for: rest)
        }
        throw ParleyError.timedOut(timeout)
    }
}
