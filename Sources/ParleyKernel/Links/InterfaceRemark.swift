internal import ParleyTypes

/// Something about an interface that loses packets, or keeps a group silent.
public struct InterfaceRemark: Sendable, Hashable {
    public var kind: Kind
    /// Sentences: what is so, and what to do where something can be done.
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = SafeText.line(text)
    }

    /// What it is about. The raw values stay; sentences may change.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case down
        case noCarrier = "no-carrier"
        case noMulticastFlag = "no-multicast-flag"
        case noGroupRoute = "no-group-route"
        case otherGroupRoute = "other-group-route"
        case reversePathFilter = "rp-filter"
        case isIPv6Off = "ipv6-off"
        case snooping
        case duplicateAddress = "duplicate-address"
        case tentativeAddress = "tentative-address"
        case receiveErrors = "receive-errors"
        case receiveDrops = "receive-drops"
        case missed
        case unhandled
        case sendErrors = "send-errors"
        case sendDrops = "send-drops"
    }
}

extension InterfaceRecord {
    /// What is wrong or worth knowing about the interface: first what keeps it silent, then what it lost.
    ///
    /// - Parameter routeName: The name of the interface that ``InterfaceSettings/groupInterface`` is the index of.
    public func remarks(_ settings: InterfaceSettings, routeName: String? = nil) -> [InterfaceRemark] {
        carrierRemarks + groupRemarks(settings, routeName) + addressRemarks + lossRemarks
    }

    private var carrierRemarks: [InterfaceRemark] {
        if !flags.contains(.up) {
            return [
                .init(
                    .down,
                    "It is down: nothing comes or goes, though a group can be joined. "
                        + "`ip link set \(name) up` switches it on."
                )
            ]
        }
        guard !flags.contains(.lowerUp) else { return [] }
        let cause =
            kind == "veth"
            ? "the other end of the pair is down" : "no cable, or the other side is switched off"
        return [.init(.noCarrier, "It is up and has no link: \(cause). What is sent here is lost.")]
    }

    private func groupRemarks(_ settings: InterfaceSettings, _ routeName: String?) -> [InterfaceRemark] {
        var remarks: [InterfaceRemark] = []
        let isLoopback = flags.contains(.loopback)
        if !flags.contains(.multicast), !isLoopback {
            let text =
                "It has no MULTICAST flag: Linux still joins and hears groups here, but drivers may filter them out "
                + "and programs that look for the flag pass it by. `ip link set \(name) multicast on` sets it."
            remarks.append(.init(.noMulticastFlag, text))
        }
        if settings.groupInterface == 0, !isLoopback {
            let text =
                "No route leads to 224.0.0.0/4: who joins an IPv4 group or sends to one without naming an interface "
                + "is refused. Name it (?interface=\(name)), or `ip route add 224.0.0.0/4 dev \(name)`."
            remarks.append(.init(.noGroupRoute, text))
        } else if settings.groupInterface != index, flags.contains(.up), let routeName {
            let text =
                "IPv4 groups without a named interface are joined and sent on \(routeName), not here: name this one "
                + "(?interface=\(name))."
            remarks.append(.init(.otherGroupRoute, text))
        }
        if let text = Self.filterText(settings.reversePathFilter, name) {
            remarks.append(.init(.reversePathFilter, text))
        }
        if settings.isIPv6Off {
            let text =
                "IPv6 is off here: no IPv6 address or group. "
                + "`sysctl -w net.ipv6.conf.\(name.sysctlName).disable_ipv6=0` switches it on."
            remarks.append(.init(.isIPv6Off, text))
        }
        if let bridge, bridge.isSnooping, !bridge.isQuerier {
            let text =
                "The bridge forwards groups only to members that it heard of and asks for none itself: without a "
                + "querier on the link they fall silent after some minutes. "
                + "`ip link set \(name) type bridge mcast_querier 1` lets it ask, mcast_snooping 0 lets all through."
            remarks.append(.init(.snooping, text))
        }
        return remarks
    }

    private static func filterText(_ level: Int, _ name: String) -> String? {
        let cause: String
        switch level {
        case 1: cause = "that this interface is not the way back to"
        case 2: cause = "that no route leads back to"
        default: return nil
        }
        return
            "rp_filter is \(level): IPv4 packets, those to groups too, are dropped without a word if they come "
            + "from a sender \(cause). `sysctl -w net.ipv4.conf.\(name.sysctlName).rp_filter=0`, and the same for "
            + "`all`, takes them in."
    }

    private var addressRemarks: [InterfaceRemark] {
        addresses.compactMap { address in
            if address.flags.contains(.duplicate) {
                let text =
                    "\(address.address) is not used: another host of the link has it. Give one of them another."
                return .init(.duplicateAddress, text)
            }
            guard address.flags.contains(.tentative) else { return nil }
            let text =
                "\(address.address) is not usable yet: the link is being asked whether it is free, and bind says "
                + "EADDRNOTAVAIL until then."
            return .init(.tentativeAddress, text)
        }
    }

    private var lossRemarks: [InterfaceRemark] {
        let losses: [(InterfaceRemark.Kind, UInt64, String)] = [
            (
                .receiveErrors, counters.received.errors,
                "came broken: look at the cable, the driver (`ethtool -S \(name)`) and the MTU of the other side."
            ),
            (
                .missed, counters.missed,
                "were missed because the device’s queue was full: the host is too slow for what comes "
                    + "(`ethtool -G \(name)` makes the queue longer)."
            ),
            (
                .receiveDrops, counters.received.dropped,
                "were dropped after they had come: nobody here speaks their protocol, or a processor’s queue was "
                    + "full (net.core.netdev_max_backlog; the second column of /proc/net/softnet_stat)."
            ),
            (
                .unhandled, counters.unhandled,
                "came for a protocol that nobody here speaks, or on a part of a bond that is not in use."
            ),
            (
                .sendErrors, counters.sent.errors,
                "could not be sent: look at the link and the driver (`ethtool -S \(name)`)."
            ),
            (
                .sendDrops, counters.sent.dropped,
                "were dropped before they were sent: the queue of \(queuePacketsMax) was full, or the link was down. "
                    + "Send more slowly, or `ip link set \(name) txqueuelen` makes it longer."
            ),
        ]
        return losses.compactMap { kind, count, words in
            count == 0 ? nil : .init(kind, "\(count) \(count == 1 ? "packet" : "packets") \(words)")
        }
    }
}

extension String {
    /// An interface's name as sysctl(8) takes it: it changes points and slashes.
    fileprivate var sysctlName: String { String(map { $0 == "." ? "/" : $0 }) }
}
