internal import ParleyTypes

extension Endpoint {
    /// Why nobody can be written to at an endpoint, before anything is asked of the system; nil where it may reach
    /// somebody.
    var reachesNobody: ParleyError.Misuse? {
        guard inherited == nil, !transport.isLocal, let host else { return nil }
        if host == .any { return .noRecipient }
        if isStreamForMany { return .streamForMany }
        return port == 0 ? .noPort : nil
    }

    /// Whether a stream is wanted with all who have a group's address, or everybody's.
    var isStreamForMany: Bool {
        guard transport == .tcp, inherited == nil else { return false }
        return isGroup || host?.unmapped == .ipv4(.broadcast)
    }

    /// Refuses what this use would accept and ignore.
    func mustObey(_ use: Use, by other: Endpoint? = nil) throws(ParleyError) {
        if let refusal = refusal(for: use, by: other) { throw .endpoint(refusal) }
    }
}

extension ParleyError.Misuse {
    /// The reason as the end of a sentence about an endpoint, with an example that fits it.
    func reason(about endpoint: Endpoint) -> String {
        guard let host = endpoint.host else { return rawValue }
        let example: Endpoint
        switch self {
        case .noRecipient:
            let port = endpoint.port == 0 ? 8089 : endpoint.port
            example = Endpoint(endpoint.transport, host: .ipv4(.loopback), port: port)
        case .streamForMany:
            let port = endpoint.port == 0 ? 8089 : endpoint.port
            example = Endpoint(.udp, host: host, port: port)
        case .noPort: example = Endpoint(endpoint.transport, host: host, port: 8089)
        case .streamForMailbox, .datagramsForListener: return rawValue
        }
        return "\(rawValue), as in \(example)"
    }
}
