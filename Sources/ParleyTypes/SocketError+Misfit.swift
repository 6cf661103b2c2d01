extension SocketError {
    /// Two addresses of one operation that cannot go together: seen in the error alone, whatever errno says of it.
    package struct Misfit: Sendable, Hashable {
        package var cause: String
        package var remedy: String
    }

    /// Why our address and the peer's cannot go together; nil where nothing is wrong with them.
    package var misfit: Misfit? { mixedFamilies ?? loopbackSource }

    /// What Linux says of an IPv4 socket and an IPv6 address, and the other way round.
    private static let mixedCodes: Set<ErrorCode> = [
        .addressFamilyNotSupported, .invalidArgument, .networkUnreachable, .addressNotAvailable,
    ]

    private var mixedFamilies: Misfit? {
        guard [.bind, .connect, .send].contains(operation), Self.mixedCodes.contains(code),
            let local, let ours = local.unmapped.ip, let theirs = remote?.unmapped.ip,
            ours.isIPv4 != theirs.isIPv4
        else { return nil }
        // A socket at every address speaks IPv4 too, unless it was told not to.
        if !ours.isIPv4, ours.isWildcard, traits?.isIPv6Only != true { return nil }
        let (family, other) = (ours.familyName, theirs.familyName)
        guard ours.isWildcard else {
            return Misfit(
                cause: "The local address \(ours) is \(family) and the peer's, \(theirs), is \(other): "
                    + "they never meet.",
                remedy: "Give both in one family (local= or --local chooses ours), or leave the local "
                    + "address out."
            )
        }
        let scheme = traits?.transport.rawValue ?? "udp"
        return Misfit(
            cause: "This socket speaks \(family) alone (\(ours)), and \(theirs) is \(other).",
            remedy: "Open it at every local address, without a host (\(scheme)://:\(local.port ?? 0)), or "
                + "give an \(family) address of the peer."
        )
    }

    /// Linux refuses to send from 127.0.0.0/8 by any interface but loopback (EINVAL).
    private var loopbackSource: Misfit? {
        guard [.connect, .send].contains(operation), code == .invalidArgument,
            let ours = local?.unmapped.ip, case .ipv4(let address) = ours, address.isLoopback,
            let theirs = remote?.unmapped.ip, theirs.isIPv4, !theirs.isLoopback
        else { return nil }
        return Self.beyondLoopback(ours, theirs)
    }

    /// Who sends from loopback to elsewhere.
    package static func beyondLoopback(_ ours: IPAddress, _ theirs: IPAddress) -> Misfit {
        Misfit(
            cause: "The local address \(ours) means something within this host alone, and \(theirs) is "
                + "elsewhere: no answer could find the way back.",
            remedy: "Leave the local address out (local=, --local), or give the one of the interface that "
                + "leads there."
        )
    }
}
