public import ParleyTypes

#if Tracing
    internal import Tracing
#endif

/// Spans around what takes time, where the package is built with the trait `Tracing`; otherwise nothing.
///
/// No context travels with a message: its bytes are the program's. A span begins a trace of its own, or
/// belongs to that of the task.
@usableFromInline
enum Spans {
    /// Around a connection's handler: `parley.connection`.
    static func serving<Inbound, Outbound>(
        _ connection: Connection<Inbound, Outbound>,
        at transport: Transport,
        _ body: () async throws -> Void
    ) async throws {
        #if Tracing
            try await withSpan("parley.connection", ofKind: .server) { span in
                span.attributes["network.transport"] = transport.rawValue
                span.attributes["network.peer.address"] = "\(connection.peer)"
                span.attributes["network.local.address"] = "\(connection.localAddress)"
                defer {
                    let statistics = connection.statistics
                    span.attributes["parley.messages.received"] = statistics.received
                    span.attributes["parley.messages.sent"] = statistics.sent
                }
                try await body()
            }
        #else
            try await body()
        #endif
    }

    /// Around a request and its answer: `parley.request`.
    @usableFromInline
    static func requesting<Answer>(
        of peer: SocketAddress,
        _ body: () async throws(ParleyError) -> Answer
    ) async throws(ParleyError) -> Answer {
        #if Tracing
            let result: Result<Answer, ParleyError> = await withSpan("parley.request", ofKind: .client) {
                span in
                span.attributes["network.peer.address"] = "\(peer)"
                do throws(ParleyError) {
                    return .success(try await body())
                } catch {
                    span.recordError(error)
                    span.setStatus(SpanStatus(code: .error))
                    return .failure(error)
                }
            }
            return try result.get()
        #else
            return try await body()
        #endif
    }
}
