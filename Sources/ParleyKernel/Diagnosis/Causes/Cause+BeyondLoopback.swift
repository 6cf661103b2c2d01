internal import ParleyTypes

extension Cause {
    /// What is sent from ::1, or by the interface lo, stays in this host: mostly no error says so, it is only silent.
    static let beyondLoopback = Cause(name: "beyond-loopback") { error, host in
        guard [.timedOut, .networkUnreachable].contains(error.code),
            let theirs = error.theirIP, !theirs.isLoopback, !theirs.isMulticast, !theirs.isWildcard,
            host.interface(having: theirs) == nil
        else { return nil }
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
}
