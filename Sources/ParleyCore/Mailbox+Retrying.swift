internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Mailbox {
    /// Asks until the answer comes: stop-and-wait with numbers, for networks that lose, double, delay and reorder.
    ///
    ///     @WireMessage struct Order {
    ///         var number: MessageNumber<UInt16>
    ///         var amount: UInt32
    ///     }
    ///     let answer = try await mailbox.request(Order(amount: 3), to: "server.example:9000", retrying: .usual)
    ///     print(answer.message.amount, answer.tries, answer.elapsed)
    ///
    /// Questions and answers carry a number (``MessageNumber``, or a field that a layout names for it). Each question
    /// is given the next one of its peer, beginning at a random one, and is sent again whenever its time-out is over;
    /// its answer is the letter of that peer with the same number. Of the answers that come, late ones and doubled
    /// ones are thrown away and counted (``Statistics/doubled``).
    ///
    /// A question may arrive more than once. The other side must answer each copy and run what it asks for once:
    /// `respond(remembering:)` does, and so can a page of C that keeps its last answer. A side that forgets, or begins
    /// anew, while a question is repeated may run it twice.
    ///
    /// Any number of tasks may ask at once. Questions to one peer wait for a place in ``Retrying/window``, in the order
    /// of the calls. A closed port, a way that is down and what else the network may say in passing end nothing: they
    /// are told where the limits end the question. A rate (``sendRate``) holds the first sending back; repeats leave
    /// at their time, and what they take of the rate is missing for what follows.
    ///
    /// What comes with a number that a peer was asked under a moment ago is taken for an answer. So a mailbox whose
    /// peers ask it by numbers too uses another one for its own questions. To a group whoever answers first is taken,
    /// and the answers of others go to the reader; who asks a group and its members one by one uses a mailbox for
    /// each, because a member's answers look alike.
    ///
    /// - Throws: ``ParleyError/unanswered(_:)`` when a limit ends it, ``ParleyError/unnumbered(_:)``;
    ///   ``ParleyError/wire(_:)``; ``ParleyError/timedOut(_:_:)`` for ``ParleyError/Wait/turn``;
    ///   ``ParleyError/alreadyReading`` as ``request(_:to:matching:timeout:)-(_,SocketAddress,_,_)`` does,
    ///   ``ParleyError/cancelled``, ``ParleyError/closed``, and what the system refuses for good.
    public func request(
        _ message: Outbound,
        to recipient: SocketAddress,
        retrying: Retrying
    ) async throws(ParleyError) -> Answer<Inbound> {
        let numbering = try numbering.pair(inboundCoder, outboundCoder)
        let bytes = try encoded(message, by: outboundCoder, framing: nil)
        guard let place = unsafe numbering.outbound.place(in: bytes.span.bytes) else {
            throw .unnumbered(.kind)
        }
        let recipient = recipient.unmapped
        let isMany = isMany(recipient)
        return try await Spans.requesting(of: recipient) { () async throws(ParleyError) in
            try await ask(
                bytes,
                numberedAt: place,
                of: isMany ? nil : recipient,
                isToMany: isMany,
                retrying
            ) { bytes throws(ParleyError) in
                try unsafe transmit(bytes.span.bytes, to: recipient, from: nil)
            }
        }
    }

    /// As ``request(_:to:retrying:)-(_,SocketAddress,_)``, to a host by name, a path or a URL. Resolving it is not
    /// repeated, and counts to the time of all tries.
    public func request(
        _ message: Outbound,
        to recipient: String,
        retrying: Retrying
    ) async throws(ParleyError) -> Answer<Inbound> {
        let begun = network.now
        let recipient = try await resolve(recipient, timeout: retrying.deadline)
        return try await request(
            message,
            to: recipient,
            retrying: retrying.left(after: begun.duration(to: network.now))
        )
    }
}
