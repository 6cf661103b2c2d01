internal import ParleyTypes

extension Cause {
    /// An address that this host has and that cannot be bound: tentative, a duplicate, on an interface that is down
    /// or on another one than the socket's. One that is deprecated can be bound.
    static let addressState = Cause(name: "address-state") { error, host in
        guard error.code == .addressNotAvailable, [.bind, .connect, .send].contains(error.operation),
            let ours = error.ourIP
        else { return nil }
        let having = host.interfaces.filter { $0.addresses.contains(ours) }
        guard let first = having.first else { return nil }
        let device = error.device
        if device != 0, !having.contains(where: { $0.index == device }), !ours.isIPv4 {
            let name = host.interface(device)?.name ?? "interface \(device)"
            return Diagnosis(
                cause: "\(ours) is an address of \(first.name), and the socket is to keep to \(name).",
                remedy: "Name \(first.name) as the interface, or an address of \(name)."
            )
        }
        let interface = having.first { $0.index == device } ?? first
        let flags = interface.places.first { $0.address == ours }?.flags ?? []
        return duplicate(ours, interface, flags) ?? tentative(ours, interface, flags)
            ?? usableNow(error, ours, interface)
    }

    private static func duplicate(
        _ ours: IPAddress,
        _ interface: HostInterface,
        _ flags: InterfaceRecord.Address.Flags
    ) -> Diagnosis? {
        guard flags.contains(.duplicate) else { return nil }
        return Diagnosis(
            cause: "\(ours) is an address of \(interface.name), and another host of its link has it too: "
                + "duplicate address detection failed (dadfailed), so this host does not use it.",
            remedy: "Give one of the two another address; then `ip address del` and `ip address add` it "
                + "anew, for it is not tried again by itself."
        )
    }

    private static func tentative(
        _ ours: IPAddress,
        _ interface: HostInterface,
        _ flags: InterfaceRecord.Address.Flags
    ) -> Diagnosis? {
        guard flags.contains(.tentative) else { return nil }
        let start = "\(ours) is an address of \(interface.name), and tentative: "
        if !interface.isUp {
            return Diagnosis(
                cause: start + "the interface is down, so nobody can be asked whether it is free.",
                remedy: "`ip link set \(interface.name) up`, and about a second later it can be used."
            )
        }
        if interface.lacksCarrier {
            return Diagnosis(
                cause: start + "the interface has no link (no carrier), so nobody can be asked whether it "
                    + "is free.",
                remedy: "Connect the cable, or bring up the other end; about a second later it can be used."
            )
        }
        return Diagnosis(
            cause: start + "the link is being asked whether it is free (duplicate address detection), and "
                + "nobody may bind it until then.",
            remedy: "Wait about a second and try again; `ip address add … nodad` adds one without asking, "
                + "and net.ipv6.conf.\(interface.name).accept_dad=0 switches it off."
        )
    }

    private static func usableNow(
        _ error: SocketError,
        _ ours: IPAddress,
        _ interface: HostInterface
    ) -> Diagnosis? {
        guard error.operation == .bind else { return nil }
        return Diagnosis(
            cause: "\(ours) is an address of \(interface.name) and can be used now: when it was tried it "
                + "was not there yet, or still tentative.",
            remedy: "Try again."
        )
    }
}
