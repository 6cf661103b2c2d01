extension Endpoint {
    /// What an endpoint is used for. Each use has options that it could not obey.
    public enum Use: String, Sendable, Hashable, CaseIterable {
        /// Bound, to receive datagrams and to send them.
        case mailbox
        /// Connected to its host: a stream, or datagrams with one peer.
        case connection
        /// Bound, for others to connect to.
        case listener
        /// Written to by a mailbox, whose own endpoint has the options.
        case recipient
    }

    /// The first option that a use would accept and ignore, as an error that says why; nil where all are obeyed.
    ///
    /// - Parameter other: The mailbox's endpoint where this one is a recipient: what both say is obeyed.
    public func refusal(for use: Use, by other: Endpoint? = nil) -> EndpointError? {
        for option in Option.allCases where options.text(of: option) != nil {
            if let reason = reason(against: option, for: use, other) {
                return .optionWithoutUse(option, use, reason)
            }
        }
        guard use == .recipient, let zone = zoneOfNoUse, zone != other?.options.interface else { return nil }
        return .optionWithoutUse(.interface, use, .mailboxDecides)
    }

    /// The table. What is not in it is obeyed, or refused by the system with an error of its own.
    private func reason(
        against option: Option,
        for use: Use,
        _ other: Endpoint?
    ) -> EndpointError.UselessOption? {
        switch (use, option) {
        case (.recipient, .interface) where isLinkLocal: nil
        case (.recipient, _):
            options.text(of: option) == other?.options.text(of: option) ? nil : .mailboxDecides
        case (.mailbox, .local), (.listener, .local): isBoundElsewhere ? .hostIsLocal : nil
        case (.mailbox, _), (.listener, _): nil
        case (.connection, .backlog): .listenersHaveQueues
        case (.connection, .loops): .oneLoop
        case (.connection, .source): .membersChoose
        case (.connection, .timestamps): .lettersHaveTimes
        case (.connection, .reuse):
            options.reuse == .exclusive || options.localAddress?.port ?? 0 != 0 ? nil : .noPortToShare
        case (.connection, .loop): isOneHost ? .groupsOnly : nil
        case (.connection, .ttl): isOneHost && options.timeToLive == 0 ? .groupsOnly : nil
        case (.connection, _): nil
        }
    }

    private var isLinkLocal: Bool {
        guard case .ipv6(let address, _)? = host else { return false }
        return address.isLinkLocal
    }

    /// A zone at an address that needs none: it names the interface, which a recipient cannot.
    private var zoneOfNoUse: String? {
        guard case .ipv6(_, let zone)? = host, !isLinkLocal else { return nil }
        return zone
    }

    /// Whether `local` says another address than the host, which is local already.
    private var isBoundElsewhere: Bool {
        guard let local = options.localAddress?.unmapped, let host = host?.unmapped else { return false }
        let isSame =
            switch host {
            case .any: true
            case .ipv4(let address): local.ip == .ipv4(address)
            case .ipv6(let address, _): local.ip == .ipv6(address)
            case .name: false
            }
        return !isSame || (local.port ?? 0 != 0 && port != 0 && local.port != port)
    }

    /// Whether the host is an address that is certainly no group.
    private var isOneHost: Bool {
        switch host {
        case .ipv4, .ipv6: !isGroup
        case .any, .name, nil: false
        }
    }
}

extension EndpointError {
    /// Why an option would be of no use, as the end of a sentence.
    public enum UselessOption: String, Sendable, Hashable, CaseIterable {
        case mailboxDecides =
            "a datagram leaves as the mailbox it is sent from was opened, so the option belongs to that one's endpoint"
        case hostIsLocal = "the host of this endpoint is the local address already: write one of the two"
        case listenersHaveQueues = "connections wait at who listens: give it there, or leave it out"
        case oneLoop =
            "one connection lives on one event loop: give it to a listener or a mailbox, or leave it out"
        case membersChoose = "it says whom a member of a group hears: give it where the group is joined"
        case lettersHaveTimes = "only letters of a mailbox tell when they came in: leave it out"
        case noPortToShare =
            "the system chooses a port that nobody has: name one as well, as in local=127.0.0.1:4000"
        case groupsOnly = "it is for what goes to groups, and this is one host: leave it out"
    }
}
