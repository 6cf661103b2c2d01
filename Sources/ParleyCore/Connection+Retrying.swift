internal import ParleyWire

extension Connection {
    /// Asks until the answer comes, over datagrams: as `request(_:to:retrying:)` of ``Mailbox`` does, of this peer.
    ///
    ///     let answer = try await connection.request(Order(amount: 3), retrying: .usual)
    ///
    /// - Throws: as there; ``ParleyError/unnumbered(_:)`` with ``ParleyError/Unnumbered/lossless`` on streams and over
    ///   `seqpacket`, where nothing is lost.
    public func request(_ message: Outbound, retrying: Retrying) async throws(ParleyError) -> Answer<Inbound>
    {
        guard case .datagrams = intake else { throw .unnumbered(.lossless) }
        let numbering = try numbering.pair(inboundCoder, outboundCoder)
        let bytes = try encoded(message, by: outboundCoder, framing: nil)
        guard let place = unsafe numbering.outbound.place(in: bytes.span.bytes) else {
            throw .unnumbered(.kind)
        }
        return try await Spans.requesting(of: peer) { () async throws(ParleyError) in
            var answer = try await ask(
                bytes,
                numberedAt: place,
                of: nil,
                retrying
            ) { bytes throws(ParleyError) in
                try unsafe transmit(bytes.span.bytes)
            }
            answer.sender = peer
            return answer
        }
    }
}
