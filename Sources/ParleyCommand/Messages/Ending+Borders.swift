import ParleyTypes

extension Ending {
    /// The same where a stream was closed by its peer: it may have read something else than was meant.
    func askingForBorders(_ endpoint: Endpoint) -> Ending {
        let isCut = [.brokenPipe, .connectionReset].contains(error?.code) && error?.operation != .connect
        guard endpoint.transport.isStream, isCut else { return self }
        var ending = self
        ending.remedy = [remedy, "If that happens again: do both sides agree on --as and --framing?"]
            .compactMap { $0 }.joined(separator: " ")
        return ending
    }

    /// What makes a peer wait, or give up, where everything else is right.
    static let borders =
        "Do both sides agree on --as and --framing? Who expects other borders waits for more."
}
