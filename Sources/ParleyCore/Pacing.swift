internal import ParleyFlow
public import ParleyNetwork
public import ParleyTypes
internal import Synchronization

/// Lets messages leave at a rate, of whoever sends on one mailbox or connection.
@usableFromInline
final class Pacing: Sendable {
    private struct State {
        var rate: SendRate?
        /// Made for the first message, whose size says what a packet is.
        var pace: Pace?
        /// What the last message was larger than the burst, and is to be paid before the next one.
        var debt = 0
    }

    private let state: Mutex<State>
    private let hasRate: Atomic<Bool>

    init(_ rate: SendRate? = nil) {
        state = Mutex(State(rate: rate))
        hasRate = Atomic(rate != nil)
    }

    var rate: SendRate? {
        get { state.withLock { $0.rate } }
        set {
            state.withLock { $0 = State(rate: newValue) }
            hasRate.store(newValue != nil, ordering: .relaxed)
        }
    }

    /// One of its own for a call that says its rate.
    @usableFromInline
    func or(_ rate: SendRate?) -> Pacing { rate.map { Pacing($0) } ?? self }

    @usableFromInline var isOn: Bool { hasRate.load(ordering: .relaxed) }

    /// How many messages leave together, so that a rate is kept with few waits: those of a millisecond, within the
    /// burst.
    @usableFromInline var trainMax: Int {
        state.withLock { state in
            guard state.rate != nil else { return Burst.messagesMax }
            guard let pace = state.pace else { return 1 }
            return max(1, min(pace.burst, pace.rate / 1000) / pace.packetBytes)
        }
    }

    /// Waits until so many messages may leave, and takes their place.
    ///
    /// - Parameter timeout: how long the call may take, which began just now.
    /// - Returns: what is left of that time.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` for room: nothing was sent; ``ParleyError/cancelled``.
    @usableFromInline
    func admit(
        _ messages: Int,
        bytes: Int,
        timeout: Duration?,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) -> Duration? {
        guard let timeout else {
            try await admit(
                messages,
                bytes: bytes,
                timeout: nil,
                until: .distantFuture,
                on: network,
                counters
            )
            return nil
        }
        let deadline = network.deadline(after: timeout)
        try await admit(messages, bytes: bytes, timeout: timeout, until: deadline, on: network, counters)
        return min(timeout, max(.zero, network.now.duration(to: deadline)))
    }

    @usableFromInline
    func admit(
        _ burst: Burst,
        timeout: Duration?,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) -> Duration? {
        try await admit(burst.ends.count, bytes: burst.byteCount, timeout: timeout, on: network, counters)
    }

    @usableFromInline
    func admit(
        _ messages: Int,
        bytes: Int,
        timeout: Duration?,
        until deadline: MonotonicInstant,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) {
        while let due = take(messages, bytes, at: network.now) {
            do throws(SocketError) {
                if let timeout, timeout <= .zero { throw SocketError(.wait, .timedOut) }
                try await network.sleep(until: min(due, deadline))
                if due > deadline { throw SocketError(.wait, .timedOut) }
            } catch {
                let error = ParleyError(error, timeout: timeout, for: .room)
                if case .timedOut = error { counters.countUnsent(messages) }
                throw error
            }
        }
    }

    /// - Returns: nil when they may leave now; when to ask again otherwise.
    private func take(_ messages: Int, _ bytes: Int, at now: MonotonicInstant) -> MonotonicInstant? {
        state.withLock { state in
            guard let rate = state.rate else { return nil }
            let cost = rate.unit == .messages ? messages * SendRate.messageTokens : max(1, bytes) * 8
            guard var pace = state.pace ?? Pace(rate, packet: cost / messages) else { return nil }
            defer { state.pace = pace }
            while state.debt > 0 {
                let part = min(state.debt, pace.burst)
                if let due = pace.refusal(of: part, at: now) { return due }
                state.debt -= part
            }
            let part = min(cost, pace.burst)
            if let due = pace.refusal(of: part, at: now) { return due }
            state.debt = cost - part
            return nil
        }
    }
}

extension Pace {
    fileprivate init?(_ rate: SendRate, packet: Int) {
        let packet = min(packet, rate.burst ?? packet)
        do throws(FlowError) {
            try self.init(rate: rate.tokens, packetBytes: max(1, packet), burst: rate.burst)
        } catch {
            return nil
        }
    }

    /// Takes tokens, no more than the burst, or says when they are there.
    fileprivate mutating func refusal(of tokens: Int, at now: MonotonicInstant) -> MonotonicInstant? {
        // No more than the burst: nothing is refused for good.
        if (try? take(tokens, at: now)) ?? true { return nil }
        return try? dueTime(for: tokens, at: now)
    }
}
