internal import ParleyFlow
public import ParleyNetwork
public import ParleyTypes
internal import Synchronization

/// Lets messages leave at a rate, of whoever sends on one mailbox or connection: in the order of the calls, of which
/// the first one waits for its time and the others for the first.
@usableFromInline
final class Pacing: Sendable {
    private struct State {
        var rate: SendRate?
        /// Made for the first message, whose size says what a packet is.
        var pace: Pace?
        var turn = Queue(places: 1)
        /// Ends the wait of the call whose turn it is.
        var sleeper: Suspension?
        var isClosed = false
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
            state.withLock { state in
                state.rate = newValue
                state.pace = nil
                hasRate.store(newValue != nil, ordering: .relaxed)
                state.sleeper?.wake(.ready)
            }
        }
    }

    /// One of its own for a call that says its rate.
    @usableFromInline
    func or(_ rate: SendRate?) -> Pacing { rate.map { Pacing($0) } ?? self }

    @usableFromInline var isOn: Bool { hasRate.load(ordering: .relaxed) }

    /// Who waits goes on, and is told by the port that it is closed.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.sleeper?.wake(.ready)
        }
    }

    /// How much leaves together at most, so that a rate is kept with few waits: what comes in a millisecond, within the
    /// burst.
    @usableFromInline var train: Burst.Bounds {
        state.withLock { state in
            guard let rate = state.rate else { return Burst.Bounds() }
            guard let pace = state.pace else { return Burst.Bounds(messages: 1) }
            let tokens = min(pace.burst, max(pace.packetBytes, pace.rate / 1000))
            let messages = rate.burst == nil ? Pace.defaultBurstPackets : Burst.messagesMax
            switch rate.unit {
            case .messages: return Burst.Bounds(messages: min(messages, tokens / SendRate.messageTokens))
            case .bits: return Burst.Bounds(messages: messages, bytes: tokens / 8)
            }
        }
    }

    /// Waits until so many messages may leave, and takes their place.
    ///
    /// - Parameter timeout: how long the call may take, which began just now.
    /// - Returns: what is left of that time.
    /// - Throws: ``ParleyError/timedOut(_:_:)`` for ``ParleyError/Wait/turn``: nothing was sent;
    ///   ``ParleyError/cancelled``.
    @usableFromInline
    func admit(
        bytes: Int,
        timeout: Duration?,
        on network: any Network,
        _ counters: Counters
    ) async throws(ParleyError) -> Duration? {
        let deadline = network.deadline(after: timeout)
        try await admit(1, bytes: bytes, timeout: timeout, until: deadline, on: network, counters)
        guard let timeout else { return nil }
        return min(timeout, max(.zero, network.now.duration(to: deadline)))
    }

    @usableFromInline
    func admit(_ burst: Burst, on network: any Network, _ counters: Counters) async throws(ParleyError) {
        try await admit(
            burst.ends.count,
            bytes: burst.byteCount,
            timeout: nil,
            until: .distantFuture,
            on: network,
            counters
        )
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
        do throws(SocketError) {
            if let suspension = state.withLock({ $0.turn.enter() }) {
                do throws(SocketError) {
                    if let timeout, timeout <= .zero { throw SocketError(.wait, .timedOut) }
                    try await network.wait(for: suspension, until: deadline)
                } catch {
                    // Where the turn has come meanwhile it goes to the next one.
                    state.withLock { if !$0.turn.quit(suspension) { $0.turn.leave() } }
                    throw error
                }
            }
            defer {
                state.withLock { state in
                    state.sleeper = nil
                    state.turn.leave()
                }
            }
            while let (due, sleeper) = take(messages, bytes, at: network.now) {
                if let timeout, timeout <= .zero { throw SocketError(.wait, .timedOut) }
                do throws(SocketError) {
                    try await network.wait(for: sleeper, until: min(due, deadline))
                } catch {
                    if error.code == .timedOut, due <= deadline { continue }
                    state.withLock { $0.pace?.stopWaiting(at: network.now) }
                    throw error
                }
            }
        } catch {
            let error = ParleyError(error, timeout: timeout, for: .turn)
            if case .timedOut = error { counters.countUnsent(messages) }
            throw error
        }
    }

    /// A message leaves whose time is not this rate's: it comes out of what follows.
    func charge(bytes: Int, at now: MonotonicInstant) {
        state.withLock { state in
            guard let rate = state.rate else { return }
            state.pace?.charge(rate.unit == .messages ? SendRate.messageTokens : max(1, bytes) * 8, at: now)
        }
    }

    /// - Returns: nil when they may leave now; otherwise when to ask again, and what ends that wait earlier.
    private func take(_ messages: Int, _ bytes: Int, at now: MonotonicInstant) -> (
        MonotonicInstant, Suspension
    )? {
        state.withLock { state in
            guard let rate = state.rate, !state.isClosed else { return nil }
            let cost = rate.unit == .messages ? messages * SendRate.messageTokens : max(1, bytes) * 8
            let packet = cost / messages
            guard var pace = state.pace ?? Pace(rate, packet: packet) else { return nil }
            defer { state.pace = pace }
            pace.raisePacket(to: packet, at: now)
            if pace.take(owing: cost, at: now) { return nil }
            // No more than the burst: there is a time for it.
            guard let due = try? pace.dueTime(for: min(cost, pace.burst), at: now) else { return nil }
            let sleeper = Suspension()
            state.sleeper = sleeper
            return (due, sleeper)
        }
    }
}

extension Pace {
    fileprivate init?(_ rate: SendRate, packet: Int) {
        let packet = max(1, min(packet, rate.burst ?? packet))
        do throws(FlowError) {
            try self.init(rate: rate.tokens, packetBytes: packet, burst: rate.burst)
        } catch {
            return nil
        }
    }
}
