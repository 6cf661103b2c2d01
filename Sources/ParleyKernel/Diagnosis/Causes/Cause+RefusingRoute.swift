internal import ParleyTypes

extension Cause {
    /// A route or a rule whose purpose is to refuse: blackhole (EINVAL), prohibit (EACCES), unreachable (EHOSTUNREACH;
    /// a rule ENETUNREACH).
    static let refusingRoute = Cause(name: "refusing-route") { error, host in
        guard [.connect, .send].contains(error.operation), let theirs = error.theirIP, !theirs.isWildcard,
            let refused = RouteRefusal.Kind(code: error.code)
        else { return nil }
        var ours = error.ourIP
        var answer = host.way(to: theirs, from: ours, by: error.device)
        if ours == nil, let source = answer.route?.source {
            // The kernel asks once more when it has chosen our address: rules may go by that.
            ours = source
            answer = host.way(to: theirs, from: source, by: error.device)
        }
        guard answer.code == error.code else { return nil }
        let matching = host.refusals(ofIPv4: theirs.isIPv4).filter {
            $0.kind == refused && $0.matches(theirs, from: ours, as: error.code)
        }
        // Among routes the narrowest, among rules the first; a rule comes before all routes.
        let best = matching.first(where: \.isRule) ?? matching.max { $0.prefixLength < $1.prefixLength }
        // Without a route at all it is ENETUNREACH as well, for an address like 0.1.2.3 EINVAL.
        guard best != nil || [.permissionDenied, .hostUnreachable].contains(error.code) else { return nil }
        let what = best.map { "The \($0)" } ?? "A route or rule of the type \(refused.rawValue)"
        let get = theirs.isIPv4 ? "ip" : "ip -6"
        return Diagnosis(
            cause: "\(what) of this host \(refused.deed) what goes to \(theirs).",
            remedy: best.map { "If that is not meant: `\(get) \($0.removal)`." }
                ?? "`\(get) rule` and `\(get) route show table all type \(refused.rawValue)` list them."
        )
    }
}
