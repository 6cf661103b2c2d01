internal import ParleyNetwork
public import ParleyTypes
public import ParleyWire

extension Connection where Inbound.Coder: PlainMessageCoder, Outbound.Coder: PlainMessageCoder {
    /// Both ends of a connection within this process: the smallest case there is, for a test of what asks or serves.
    ///
    ///     let (client, server) = try await Connection.pair(Score.self)
    ///     async let served: Void = serve(server)
    ///     let answer = try await client.request(Score(name: "Trans", math: 83, chinese: 86), timeout: .seconds(1))
    ///
    /// They are opened on the task's network (``NetworkEnvironment/current``): on a simulated one they cost no time but
    /// its own. Nobody else reaches them.
    ///
    /// - Parameters:
    ///   - transport: `.seqpacket`, whose messages have borders by themselves; `.unix`; or `.tcp`, over the host's own
    ///     address.
    ///   - framing: how borders are found on a stream, both ways; nil takes each coder's own.
    /// - Throws: ``ParleyError/socket(_:)``, ``ParleyError/cancelled``.
    public static func pair(
        receiving inbound: Inbound.Type,
        sending outbound: Outbound.Type,
        over transport: Transport = .seqpacket,
        framing: Framing? = nil
    ) async throws(ParleyError) -> (near: Connection<Inbound, Outbound>, far: Connection<Outbound, Inbound>) {
        precondition(transport.isConnectionOriented, "a pair is a connection: seqpacket, unix or tcp")
        var place = Endpoint.tcp("127.0.0.1", 0)
        if transport.isLocal {
            let name = "parley-pair-\(UInt64.random(in: .min ... .max))"
            place = Endpoint(transport, .abstract(Array(name.utf8)))
        }
        let listener = try await Listener(receiving: outbound, sending: inbound, at: place, framing: framing)
        defer { listener.close() }
        if let port = listener.localAddress.port { place.port = port }
        let near = try await Connection(to: place, receiving: inbound, sending: outbound, framing: framing)
        while true {
            let far = try await listener.accept()
            // Another process may have found the place first.
            let isOurs =
                transport.isLocal
                ? far.peerCredentials == near.peerCredentials : far.peer == near.localAddress
            if isOurs { return (near, far) }
        }
    }

    /// As ``pair(receiving:sending:over:framing:)``, for one type of message both ways.
    public static func pair(
        _ message: Inbound.Type,
        over transport: Transport = .seqpacket,
        framing: Framing? = nil
    ) async throws(ParleyError) -> (near: Connection<Inbound, Inbound>, far: Connection<Inbound, Inbound>)
    where Inbound == Outbound {
        try await pair(receiving: message, sending: message, over: transport, framing: framing)
    }
}
