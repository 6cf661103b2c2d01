internal import ParleyTypes

extension Cause {
    /// The interface that was named, or whose network the peer is in, is down; or it is up and has no link.
    static let interfaceDown = Cause(name: "interface-down") { error, host in
        let isSilent = error.code == .timedOut
        guard
            isSilent
                || [.networkUnreachable, .networkDown, .hostUnreachable, .noSuchDevice, .addressNotAvailable]
                    .contains(error.code),
            [.connect, .send, .receive, .join].contains(error.operation)
        else { return nil }
        let theirs = error.theirIP
        if let named = host.interface(error.device) {
            return named.isUp
                ? isSilent && named.lacksCarrier ? noCarrier(named, theirs) : nil
                : down(
                    named,
                    "The interface \(named.name)\(theirs.map { ", by which \($0) was to be reached," } ?? "")"
                )
        }
        guard let theirs, !theirs.isMulticast, host.interface(having: theirs) == nil else { return nil }
        if let interface = host.way(to: theirs, from: error.ourIP, by: 0).route.flatMap({
            host.interface($0.interface)
        }) {
            return isSilent && interface.lacksCarrier ? noCarrier(interface, theirs) : nil
        }
        for interface in host.interfaces where !interface.isUp {
            guard let place = interface.places.first(where: { $0.network(contains: theirs) }) else {
                continue
            }
            return down(interface, "\(theirs) is in the network of \(interface.name) (\(place)), which")
        }
        return nil
    }

    private static func down(_ interface: HostInterface, _ subject: String) -> Diagnosis {
        Diagnosis(cause: "\(subject) is down.", remedy: "`ip link set \(interface.name) up`.")
    }

    private static func noCarrier(_ interface: HostInterface, _ theirs: IPAddress?) -> Diagnosis {
        let way = theirs.map { ", which leads to \($0)," } ?? ""
        return Diagnosis(
            cause: "The interface \(interface.name)\(way) is up and has no link (no carrier): what is sent "
                + "there is lost.",
            remedy: "Connect the cable, or bring up the other end."
        )
    }
}
