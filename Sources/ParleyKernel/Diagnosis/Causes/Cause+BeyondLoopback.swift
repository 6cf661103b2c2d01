internal import ParleyTypes

extension Cause {
    /// What is sent from ::1, or by the interface lo, stays in this host: mostly no error says so, it is only silent.
    static let beyondLoopback = Cause(name: "beyond-loopback") { error, host in
        guard [.timedOut, .networkUnreachable].contains(error.code),
            let theirs = error.theirIP, !theirs.isMulticast, !theirs.isWildcard
        else { return nil }
        if let own = host.interface(having: theirs) { return goesAround(error, theirs, own, host) }
        if error.code == .timedOut, let ours = error.ourIP, ours.isLoopback {
            let misfit = SocketError.beyondLoopback(ours, theirs)
            return Diagnosis(cause: misfit.cause, remedy: misfit.remedy)
        }
        guard let device = host.interface(error.device), device.isLoopback else { return nil }
        return Diagnosis(
            cause: "The socket sends by \(device.name), which leads to this host alone, and \(theirs) is "
                + "none of its addresses.",
            remedy: "Leave the interface out (interface=, --interface), or name the one that leads there: "
                + "`ip route get \(theirs)` shows it."
        )
    }

    /// An address of this host, asked for by an interface that has it not: what leaves there does not come back.
    private static func goesAround(
        _ error: SocketError,
        _ theirs: IPAddress,
        _ own: HostInterface,
        _ host: any HostFacts
    ) -> Diagnosis? {
        guard let device = host.interface(error.device), device.isUp, !device.isLoopback || !theirs.isIPv4,
            device.index != own.index, own.master != device.index,
            !host.interfaces.contains(where: { $0.index == device.index && $0.addresses.contains(theirs) })
        else { return nil }
        return Diagnosis(
            cause:
                "\(theirs) is an address of this host, of its interface \(own.name), and the socket sends by "
                + "\(device.name): what leaves there does not come back.",
            remedy: "Leave the interface out (interface=, --interface), or name \(own.name)."
        )
    }
}
