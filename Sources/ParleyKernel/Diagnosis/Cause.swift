internal import ParleyTypes

/// One cause of failures: by what it is known, how it is told, what to do. Each stands in a file of its own under
/// Causes, is judged by facts alone and says nothing where these do not show it.
struct Cause: Sendable {
    let name: String
    /// The diagnosis where this is the cause.
    let find: @Sendable (SocketError, any HostFacts) -> Diagnosis?

    /// The ones that say more come first.
    static let all: [Cause] = [
        .misfit, .beyondLoopback, .addressState, .noSourceAddress, .refusingRoute, .interfaceDown,
        .otherDevice, .silentNeighbour, .noWayByDevice,
    ]

    /// What the first of them says that is the cause of an error.
    static func diagnosis(of error: SocketError, on host: any HostFacts = LiveHost()) -> Diagnosis? {
        for cause in all {
            if let diagnosis = cause.find(error, host) { return diagnosis }
        }
        return nil
    }
}

extension SocketError {
    /// The interface that the socket keeps to, sends by, or that the peer's address names; 0: whichever.
    var device: UInt32 {
        if let traits {
            if traits.interface != 0 { return traits.interface }
            if traits.outgoingInterface != 0 { return traits.outgoingInterface }
        }
        for case .ipv6(_, _, let zone)? in [remote, local] where zone != 0 { return zone }
        return 0
    }

    /// Our address, where the socket has one of its own.
    var ourIP: IPAddress? { local?.unmapped.ip.flatMap { $0.isWildcard ? nil : $0 } }

    var theirIP: IPAddress? { remote?.unmapped.ip }
}
