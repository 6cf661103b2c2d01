// Mailboxes, connections and listeners that are lent to a closure and closed behind it. Each function is there
// twice, because a closure that does not spell its error type throws `any Error`.

public import ParleyTypes
public import ParleyWire

/// Opens a mailbox for one type of message, lends it to `body`, and closes it however `body` ends.
///
///     try await withMailbox(Score.self, at: .udp) { outbox in
///         try await outbox.send(score, to: "receiver.example:8089")
///     }
///
/// A `body` that throws only `ParleyError` (it says so, `{ (outbox) async throws(ParleyError) in … }`, or throws
/// nothing) makes this call throw only `ParleyError`; the language takes any other closure to throw any error.
///
/// - Throws: what opening throws, a ``ParleyError``, and what `body` throws.
public func withMailbox<M: Message, Result>(
    _ message: M.Type,
    at endpoint: Endpoint,
    _ body: (Mailbox<M, M>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result where M.Coder: PlainMessageCoder {
    let mailbox = try await Mailbox(message, at: endpoint)
    defer { mailbox.close() }
    return try await body(mailbox)
}

/// The same for a `body` that throws errors of others too.
public func withMailbox<M: Message, Result>(
    _ message: M.Type,
    at endpoint: Endpoint,
    _ body: (Mailbox<M, M>) async throws -> Result
) async throws -> Result where M.Coder: PlainMessageCoder {
    let mailbox = try await Mailbox(message, at: endpoint)
    defer { mailbox.close() }
    return try await body(mailbox)
}

/// Opens a mailbox that receives one type of message and sends another, lends it to `body`, and closes it
/// however `body` ends.
///
/// - Throws: what opening throws, a ``ParleyError``, and what `body` throws.
public func withMailbox<Inbound: Message, Outbound: Message, Result>(
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    at endpoint: Endpoint,
    _ body: (Mailbox<Inbound, Outbound>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result
where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let mailbox = try await Mailbox(receiving: inbound, sending: outbound, at: endpoint)
    defer { mailbox.close() }
    return try await body(mailbox)
}

/// The same for a `body` that throws errors of others too.
public func withMailbox<Inbound: Message, Outbound: Message, Result>(
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    at endpoint: Endpoint,
    _ body: (Mailbox<Inbound, Outbound>) async throws -> Result
) async throws -> Result where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let mailbox = try await Mailbox(receiving: inbound, sending: outbound, at: endpoint)
    defer { mailbox.close() }
    return try await body(mailbox)
}

/// Connects for one type of message, lends the connection to `body`, and closes it however `body` ends.
///
///     let answer = try await withConnection(Score.self, to: .tcp("server.example", 8086)) { connection in
///         try await connection.request(score, timeout: .seconds(5))
///     }
///
/// A `body` that throws only `ParleyError` (it says so, `{ (connection) async throws(ParleyError) in … }`, or throws
/// nothing) makes this call throw only `ParleyError`; the language takes any other closure to throw any error.
///
/// - Parameters:
///   - framing: how borders are found on a stream, both ways; nil takes the message's own.
///   - timeout: how long name resolution and connecting may take together; nil leaves it to the system.
/// - Throws: what connecting throws, a ``ParleyError``, and what `body` throws.
public func withConnection<M: Message, Result>(
    _ message: M.Type,
    to endpoint: Endpoint,
    framing: Framing? = nil,
    timeout: Duration? = nil,
    _ body: (Connection<M, M>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result where M.Coder: PlainMessageCoder {
    let connection = try await Connection(message, to: endpoint, framing: framing, timeout: timeout)
    defer { connection.close() }
    return try await body(connection)
}

/// The same for a `body` that throws errors of others too.
public func withConnection<M: Message, Result>(
    _ message: M.Type,
    to endpoint: Endpoint,
    framing: Framing? = nil,
    timeout: Duration? = nil,
    _ body: (Connection<M, M>) async throws -> Result
) async throws -> Result where M.Coder: PlainMessageCoder {
    let connection = try await Connection(message, to: endpoint, framing: framing, timeout: timeout)
    defer { connection.close() }
    return try await body(connection)
}

/// Connects to receive one type of message and send another, lends the connection to `body`, and closes it
/// however `body` ends.
///
/// - Throws: what connecting throws, a ``ParleyError``, and what `body` throws.
public func withConnection<Inbound: Message, Outbound: Message, Result>(
    to endpoint: Endpoint,
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    framing: Framing? = nil,
    timeout: Duration? = nil,
    _ body: (Connection<Inbound, Outbound>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result
where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let connection = try await Connection(
        to: endpoint,
        receiving: inbound,
        sending: outbound,
        framing: framing,
        timeout: timeout
    )
    defer { connection.close() }
    return try await body(connection)
}

/// The same for a `body` that throws errors of others too.
public func withConnection<Inbound: Message, Outbound: Message, Result>(
    to endpoint: Endpoint,
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    framing: Framing? = nil,
    timeout: Duration? = nil,
    _ body: (Connection<Inbound, Outbound>) async throws -> Result
) async throws -> Result where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let connection = try await Connection(
        to: endpoint,
        receiving: inbound,
        sending: outbound,
        framing: framing,
        timeout: timeout
    )
    defer { connection.close() }
    return try await body(connection)
}

/// Listens for peers that exchange one type of message, lends the listener to `body`, and closes it however
/// `body` ends. Connections that `body` accepted and kept stay open.
///
///     try await withListener(Score.self, at: .tcp(port: 8086), limits: .forStrangers) { listener in
///         try await listener.run { connection in
///             for try await score in connection { try await connection.send(score) }
///         }
///     }
///
/// A `body` that throws only `ParleyError` (it says so, `{ (listener) async throws(ParleyError) in … }`, or throws
/// nothing) makes this call throw only `ParleyError`; the language takes any other closure to throw any error.
///
/// - Parameters:
///   - framing: how borders are found on a stream, both ways; nil takes the message's own.
///   - limits: see ``Listener/limits``.
/// - Throws: what opening throws, a ``ParleyError``, and what `body` throws.
public func withListener<M: Message, Result>(
    _ message: M.Type,
    at endpoint: Endpoint,
    framing: Framing? = nil,
    limits: ListenerLimits? = nil,
    _ body: (Listener<M, M>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result where M.Coder: PlainMessageCoder {
    let listener = try await Listener(message, at: endpoint, framing: framing, limits: limits)
    defer { listener.close() }
    return try await body(listener)
}

/// The same for a `body` that throws errors of others too.
public func withListener<M: Message, Result>(
    _ message: M.Type,
    at endpoint: Endpoint,
    framing: Framing? = nil,
    limits: ListenerLimits? = nil,
    _ body: (Listener<M, M>) async throws -> Result
) async throws -> Result where M.Coder: PlainMessageCoder {
    let listener = try await Listener(message, at: endpoint, framing: framing, limits: limits)
    defer { listener.close() }
    return try await body(listener)
}

/// Listens for peers that send one type of message and receive another, lends the listener to `body`, and
/// closes it however `body` ends. Connections that `body` accepted and kept stay open.
///
/// - Throws: what opening throws, a ``ParleyError``, and what `body` throws.
public func withListener<Inbound: Message, Outbound: Message, Result>(
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    at endpoint: Endpoint,
    framing: Framing? = nil,
    limits: ListenerLimits? = nil,
    _ body: (Listener<Inbound, Outbound>) async throws(ParleyError) -> Result
) async throws(ParleyError) -> Result
where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let listener = try await Listener(
        receiving: inbound,
        sending: outbound,
        at: endpoint,
        framing: framing,
        limits: limits
    )
    defer { listener.close() }
    return try await body(listener)
}

/// The same for a `body` that throws errors of others too.
public func withListener<Inbound: Message, Outbound: Message, Result>(
    receiving inbound: Inbound.Type,
    sending outbound: Outbound.Type,
    at endpoint: Endpoint,
    framing: Framing? = nil,
    limits: ListenerLimits? = nil,
    _ body: (Listener<Inbound, Outbound>) async throws -> Result
) async throws -> Result where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    let listener = try await Listener(
        receiving: inbound,
        sending: outbound,
        at: endpoint,
        framing: framing,
        limits: limits
    )
    defer { listener.close() }
    return try await body(listener)
}
