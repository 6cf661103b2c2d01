public import ParleyFlow
internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire
internal import Synchronization

extension Mailbox {
    /// Answers numbered questions, each of which is run once however often it comes: the other side of
    /// `request(_:to:retrying:)`.
    ///
    ///     let service = try await Mailbox(Order.self, at: .udp(port: 9000))
    ///     try await service.respond(remembering: .usual) { letter in
    ///         stock.take(letter.message.amount)
    ///         return letter.message
    ///     }
    ///
    /// The question's number is copied into the answer, and the answer kept: when the question comes again, because
    /// the answer was lost or the network doubled it, the closure is not called, and the same bytes are sent once
    /// more. A closure that returns nil or throws has run: a repeated question gets no answer then either, and its
    /// asker ends by its own limits.
    ///
    /// A question is known by its sender's address, the address that was asked, its number and a digest of its bytes:
    /// while its peer is not silent for longer than ``AnswerLimits/time``, and among the latest 65,536 of it (half of
    /// all numbers of 8 and 16 bits). So the time must be longer than an asker repeats, an answer takes and letters
    /// wait here. An asker that begins anew at the same port is told from one that repeats because it begins at a
    /// random number: one that always begins at the same is taken to repeat where it asks the same bytes. With 16
    /// bits one that begins among the latest numbers of its last life, whose answers are kept no more, is not
    /// answered until that life is forgotten. When there is no room to remember a question it is not run, and counted
    /// (``Statistics/refused``). Questions that came again are counted (``Statistics/remembered``).
    ///
    /// The memory is that of one call: nothing is remembered over its end or a restart of this side, and a question
    /// that is repeated across it runs twice. Where that must not be, keep numbers with what they have changed.
    ///
    /// Letters of a kind without a number are answered as by `respond`. Everything else is as there; a mailbox that is
    /// spread over several loops has a memory for each, with its share of the limits, because the kernel keeps a peer
    /// at one, and a single one where letters are answered by tasks.
    ///
    /// - Throws: as `respond`; ``ParleyError/unnumbered(_:)``.
    @inlinable
    public func respond(
        remembering limits: AnswerLimits,
        timeout: Duration? = nil,
        onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)? = nil,
        _ answer: @escaping @Sendable (Letter<Inbound>) throws -> Outbound?
    ) async throws(ParleyError) {
        let memories = try memories(limits)
        let inbound = inboundCoder
        let outbound = outboundCoder
        try await respond(timeout, onUnanswered) { intake in
            let memory = memories.next()
            return { lettersMax, burst in
                var answered = LettersAnswered()
                var train: Transmit?
                defer { burst.finish(&train) }
                while answered.letters < lettersMax, burst.byteCount < Burst.bytesMax,
                    let letter = intake.next(by: inbound)
                {
                    answered.letters &+= 1
                    switch memory.screen(letter.mark, from: letter.sender, to: letter.recipient) {
                    case .drop: continue
                    case .answer(let bytes):
                        burst.add(bytes)
                        burst.addressLast(to: letter.sender, from: letter.recipient, &train)
                    case .run(let question):
                        do {
                            guard let reply = try answer(letter) else {
                                memory.keepNothing(for: question)
                                continue
                            }
                            try burst.add(reply, by: outbound, framing: nil)
                            try memory.keepLast(of: burst, for: question)
                            burst.addressLast(to: letter.sender, from: letter.recipient, &train)
                        } catch {
                            memory.keepNothing(for: question)
                            answered.failed &+= 1
                            onUnanswered?(letter.sender, error)
                        }
                    }
                }
                return answered
            }
        } orByTasks: { () async throws(ParleyError) in
            try await respondLater(limits, timeout, onUnanswered, waitsForRecipients: false) {
                letter async throws in try answer(letter)
            }
        }
    }

    /// As the other `respond(remembering:)`, where an answer takes time: the closure may wait for it.
    ///
    ///     try await service.respond(remembering: .usual) { letter in try await order(letter.message) }
    ///
    /// Letters are answered one after another, as by the other `respond` that waits.
    public func respond(
        remembering limits: AnswerLimits,
        timeout: Duration? = nil,
        onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)? = nil,
        _ answer: @escaping @Sendable (Letter<Inbound>) async throws -> Outbound?
    ) async throws(ParleyError) {
        try await respondLater(limits, timeout, onUnanswered, waitsForRecipients: true, answer)
    }

    /// - Parameter waitsForRecipients: whether an answer waits for room that is its recipient's (`unixgram`).
    @usableFromInline
    func respondLater(
        _ limits: AnswerLimits,
        _ timeout: Duration?,
        _ onUnanswered: (@Sendable (SocketAddress, any Error) -> Void)?,
        waitsForRecipients: Bool,
        _ answer: @escaping @Sendable (Letter<Inbound>) async throws -> Outbound?
    ) async throws(ParleyError) {
        let memory = try memories(limits, sockets: 1).next()
        let waitsForRoom = waitsForRecipients || !port.hasRoomPerRecipient
        try await respondLater(onUnanswered) { [self] letter, isSent in
            switch memory.screen(letter.mark, from: letter.sender, to: letter.recipient) {
            case .drop: break
            case .answer(let bytes):
                isSent = true
                try await send(bytes, answering: letter, timeout: timeout, waitsForRoom: waitsForRoom)
            case .run(let question):
                let bytes: [UInt8]
                do {
                    guard let reply = try await answer(letter) else {
                        return memory.keepNothing(for: question)
                    }
                    let plain = try encoded(reply, by: outboundCoder, framing: nil)
                    bytes = try memory.keep(plain, for: question)
                } catch {
                    memory.keepNothing(for: question)
                    throw error
                }
                isSent = true
                try await send(bytes, answering: letter, timeout: timeout, waitsForRoom: waitsForRoom)
            }
        }
    }

    /// Sends the bytes of an answer by a task.
    func send(
        _ bytes: [UInt8],
        answering letter: Letter<Inbound>,
        timeout: Duration?,
        waitsForRoom: Bool
    ) async throws(ParleyError) {
        var timeout = timeout
        if pacing.isOn {
            timeout = try await pacing.admit(bytes: bytes.count, timeout: timeout, on: network, counters)
        }
        if try unsafe transmit(bytes.span.bytes, to: letter.sender, from: letter.recipient) {
            _ = counters.countSentInTurn()
            return
        }
        if !waitsForRoom || timeout.map({ $0 <= .zero }) ?? false { throw noRoom(in: timeout ?? .zero) }
        try await sendWhenPossible(bytes, to: letter.sender, from: letter.recipient, timeout: timeout)
        _ = counters.countSentInTurn()
    }

    @usableFromInline
    func memories(_ limits: AnswerLimits, sockets: Int? = nil) throws(ParleyError) -> AnsweringMemories {
        let pair = try numbering.pair(inboundCoder, outboundCoder)
        let count = sockets ?? port.shards.count
        return AnsweringMemories(
            (0..<count).map { _ in AnsweringMemory(limits.share(of: count), pair, on: network, counters) }
        )
    }
}

/// One memory for each socket of a mailbox.
@usableFromInline
struct AnsweringMemories: Sendable {
    private let memories: [AnsweringMemory]
    private let taken = Taken()

    private final class Taken: Sendable {
        let count = Atomic<Int>(0)
    }

    init(_ memories: [AnsweringMemory]) {
        self.memories = memories
    }

    /// The next one that was not taken.
    @usableFromInline
    func next() -> AnsweringMemory {
        memories[min(taken.count.add(1, ordering: .relaxed).oldValue, memories.count - 1)]
    }
}
