internal import ParleyTypes

extension Cause {
    /// An IPv6 peer or group behind an interface that has no address to send from.
    static let noSourceAddress = Cause(name: "no-source-address") { error, host in
        guard [.addressNotAvailable, .networkUnreachable].contains(error.code),
            [.connect, .send].contains(error.operation), error.ourIP == nil, let theirs = error.theirIP,
            !theirs.isIPv4, !theirs.isLoopback
        else { return nil }
        let index =
            error.device != 0
            ? error.device : host.way(to: theirs, from: nil, by: 0).route?.interface ?? 0
        guard let interface = host.interface(index), interface.isUp,
            !interface.bindable.contains(where: { !$0.isIPv4 })
        else { return nil }
        let name = interface.name
        if host.isIPv6Off(name) {
            return Diagnosis(
                cause: "IPv6 is off on \(name), which leads to \(theirs): there is no address to send from.",
                remedy: "`sysctl -w net.ipv6.conf.\(name).disable_ipv6=0`, or use IPv4."
            )
        }
        if let waiting = interface.addresses.first(where: { !$0.isIPv4 }) {
            return Diagnosis(
                cause: "\(name), which leads to \(theirs), has no IPv6 address that can be used yet: "
                    + "\(waiting) is tentative or was found to be another host's.",
                remedy: "Wait about a second and try again; `parley interfaces \(name)` shows how far it is."
            )
        }
        return Diagnosis(
            cause: "\(name), which leads to \(theirs), has no IPv6 address to send from.",
            remedy: "Give it one (`ip address add ADDRESS/64 dev \(name)`), or use IPv4."
        )
    }
}
