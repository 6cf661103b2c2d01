internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

extension Mailbox {
    /// Sends a letter.
    ///
    /// The system call is tried at once on the caller's thread; only a full socket buffer suspends. That the letter was
    /// sent says nothing about its arrival.
    ///
    /// - Parameters:
    ///   - recipient: an address, such as a letter's `sender`.
    ///   - source: the local address to send from, such as the `recipient` of the letter that is answered; nil leaves
    ///     the choice to the system.
    ///   - timeout: how long to wait for its time, where there is a ``sendRate``, and for room; nil waits for ever,
    ///     `.zero` tries once and never waits. A letter whose time is up was not sent, and is counted as
    ///     ``Statistics/unsent``. Over `unixgram` it is the recipient's queue that has no room, over UDP this socket's
    ///     own: whoever answers many must not wait for one of them.
    /// - Throws: ``ParleyError/wire(_:)``, ``ParleyError/socket(_:)``, ``ParleyError/timedOut(_:_:)``,
    ///   ``ParleyError/cancelled``, ``ParleyError/closed``.
    @inlinable
    public func send(
        _ message: Outbound,
        to recipient: SocketAddress,
        from source: SocketAddress? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        var timeout = timeout
        if pacing.isOn {
            let bytes = byteCount(of: message)
            timeout = try await pacing.admit(bytes: bytes, timeout: timeout, on: network, counters)
        }
        let isSent = try withEncoded(message, by: outboundCoder, framing: nil) { bytes throws(ParleyError) in
            try transmit(bytes, to: recipient, from: source)
        }
        if !isSent {
            if let timeout, timeout <= .zero { throw noRoom(in: timeout) }
            let bytes = try encoded(message, by: outboundCoder, framing: nil)
            try await sendWhenPossible(bytes, to: recipient, from: source, timeout: timeout)
        }
        if counters.countSentInTurn() { await Task.yield() }
    }

    /// Sends a letter to a host by name: `"receiver.example:8089"`, `"127.0.0.1:8089"`, `"/run/inbox.sock"`
    /// or a URL.
    ///
    /// A name is resolved for every letter; resolve it once with ``resolve(_:timeout:)-(String,_)`` to send
    /// many.
    ///
    /// - Parameter timeout: how long resolving may take, and then waiting for room.
    public func send(_ message: Outbound, to recipient: String, timeout: Duration? = nil)
        async throws(ParleyError)
    {
        try await send(message, to: try await resolve(recipient, timeout: timeout), timeout: timeout)
    }

    /// Answers a letter: to its sender, from the address that it was sent to.
    ///
    /// A loop that answers many peers gives a timeout, `.zero` over `unixgram`: there a peer that never reads
    /// has a full queue, and the loop would wait for it.
    ///
    /// - Parameter timeout: how long to wait for room; nil waits for ever, `.zero` tries once and never waits.
    /// - Throws: as ``send(_:to:from:timeout:)``; ``ParleyError/timedOut(_:_:)`` when there was no room in time.
    @inlinable
    public func reply(
        _ message: Outbound,
        to letter: Letter<Inbound>,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        try await send(message, to: letter.sender, from: letter.recipient, timeout: timeout)
    }

    /// The first address behind a recipient's name, host and port, path or URL.
    public func resolve(
        _ recipient: String,
        timeout: Duration? = nil
    ) async throws(ParleyError) -> SocketAddress {
        let target: Endpoint
        do throws(EndpointError) { target = try Endpoint(url: url(of: recipient)) } catch {
            throw .endpoint(error)
        }
        return try await resolve(target, timeout: timeout)
    }

    private func url(of recipient: String) -> String {
        let transport = endpoint.transport
        if recipient.contains("://") { return recipient }
        guard transport.isLocal else { return "\(transport)://\(recipient)" }
        if recipient.hasPrefix("\(transport):") { return recipient }
        let isPlain = recipient.hasPrefix("/") || recipient.hasPrefix("@")
        return isPlain ? "\(transport)://\(recipient)" : "\(transport):\(recipient)"
    }

    /// The first address behind an endpoint that this mailbox can write to: an IPv4 mailbox passes over IPv6
    /// ones.
    ///
    /// A letter leaves as the mailbox was opened. So options of the recipient are refused, unless the mailbox's own
    /// endpoint says the same; the interface of a link-local address is a part of the address.
    public func resolve(
        _ recipient: Endpoint,
        timeout: Duration? = nil
    ) async throws(ParleyError) -> SocketAddress {
        try recipient.mustObey(.recipient, by: endpoint)
        let addresses: [SocketAddress]
        do throws(SocketError) {
            addresses = try await network.resolve(recipient, until: network.deadline(after: timeout))
        } catch {
            throw ParleyError(error, timeout: timeout, for: .name)
        }
        guard let first = addresses.first(where: speaksFamily) ?? addresses.first, !first.isWildcard
        else { throw .unusable(recipient, .noRecipient) }
        guard first.port != 0 else { throw .unusable(recipient, .noPort) }
        return first
    }

    private func speaksFamily(of address: SocketAddress) -> Bool {
        switch (localAddress, address.unmapped) {
        case (.ipv4, .ipv6): return false
        case (.ipv6(let own, _, _), .ipv4):
            // Every local address means both families, unless it was written as IPv6's own `::`.
            guard own == .any, case .ipv6 = endpoint.host else { return own == .any }
            return false
        default: return true
        }
    }

    /// Sends many letters to one recipient in as few system calls as possible, in order.
    ///
    /// Neighbours of equal size leave as one piece that the kernel cuts into datagrams, where it can
    /// (UDP_SEGMENT): the fastest way to send small messages. Messages are taken from the sequence as they are
    /// sent, a thousand at a time, so the sequence may be lazy and endless.
    ///
    /// - Parameters:
    ///   - rate: how fast they leave, in place of the mailbox's ``sendRate``; nil for that one.
    ///   - timeout: how long each burst may wait for room, once its time has come; nil waits for ever.
    /// - Throws: as ``send(_:to:from:timeout:)``; the letters before the one that failed were sent.
    @inlinable
    public func send(
        contentsOf messages: some Sequence<Outbound>,
        to recipient: SocketAddress,
        rate: SendRate? = nil,
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        try await burstPool.send(
            contentsOf: messages,
            by: outboundCoder,
            over: port,
            to: recipient,
            timeout: timeout,
            pacing: pacing.or(rate),
            on: network,
            counters
        )
    }

    @usableFromInline
    func byteCount(of message: Outbound) -> Int { outboundCoder.size(of: message) }

    @usableFromInline
    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress,
        from source: SocketAddress?
    ) throws(ParleyError) -> Bool {
        do throws(SocketError) {
            return try port.transmit(bytes, to: recipient, from: source)
        } catch {
            throw ParleyError(error, sending: bytes.byteCount)
        }
    }

    @usableFromInline
    func sendWhenPossible(
        _ bytes: [UInt8],
        to recipient: SocketAddress,
        from source: SocketAddress?,
        timeout: Duration?
    ) async throws(ParleyError) {
        let deadline = network.deadline(after: timeout)
        do throws(SocketError) {
            repeat {
                try await port.waitUntilWritable(until: deadline)
            } while try unsafe !port.transmit(bytes.span.bytes, to: recipient, from: source)
        } catch {
            let error = ParleyError(error, sending: bytes.count, timeout: timeout)
            if case .timedOut = error { counters.countUnsent() }
            throw error
        }
    }

    /// Why a letter was not sent that was tried once.
    @usableFromInline
    func noRoom(in timeout: Duration) -> ParleyError {
        counters.countUnsent()
        return .timedOut(timeout, .room)
    }
}
