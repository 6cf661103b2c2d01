extension SocketOption {
    /// The catalogue, by level.
    public static let all: [SocketOption] =
        socketQueues + socketSharing + socketReports + socketFacts + ipOptions + ipv6Options + ipv6Reports
        + tcpOptions + tcpDetails + udpOptions + rawOptions + packetOptions + otherOptions

    /// The option of this name in C, or of this key among those of some kinds.
    public static func find(_ text: String, in kinds: [Kind] = Kind.allCases) -> SocketOption? {
        let fitting = all.filter { option in option.kinds.contains { kinds.contains($0) } }
        if let option = fitting.first(where: { $0.name == text }) { return option }
        return fitting.first { $0.key == text }
    }

    /// Those that sockets of some kinds have.
    public static func options(of kinds: [Kind]) -> [SocketOption] {
        all.filter { option in option.kinds.contains { kinds.contains($0) } }
    }

    /// Those that a URL of a transport may set.
    public static func settable(by transport: Transport) -> [SocketOption] {
        let kinds = Kind.kinds(of: transport)
        return options(of: kinds).filter(\.isSettable)
    }
}
