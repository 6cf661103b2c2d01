internal import ParleyTypes

extension Endpoint {
    /// Why nobody can be reached there by its port, nil where somebody may be. TCP's hosts would refuse it, and
    /// UDP's never hear of it.
    var reachesNobody: ParleyError.Misuse? {
        guard inherited == nil, !transport.isLocal, host != nil else { return nil }
        return port == 0 ? .noPort : nil
    }
}
