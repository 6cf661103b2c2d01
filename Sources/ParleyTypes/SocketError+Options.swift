extension SocketError {
    /// What to do where an option was refused, from the catalogue.
    var remedyForOption: String? {
        guard let option = subject.flatMap({ SocketOption.find($0) }) else { return nil }
        switch code {
        case .notPermitted, .permissionDenied:
            return option.right.map { right in
                "Setting it needs \(right.capability)" + (right.when.map { " when \($0)" } ?? "")
                    + ": run as root or give the program that capability."
            }
        case .protocolOptionUnavailable, .operationNotSupported:
            let kinds = option.kinds.map(\.rawValue).joined(separator: ", ")
            let since = option.since.map { " since Linux \($0)" } ?? ""
            return "Sockets of this protocol have no such option: leave it out. "
                + "Those of \(kinds) have it\(since)."
        default: return nil
        }
    }
}
