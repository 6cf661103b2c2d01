internal import ParleyTypes

/// How large a datagram may be on a way, and whose word that is.
struct PacketLimit {
    let isIPv4: Bool
    /// Of the message, where they are known.
    let bytes: Int?
    let route: Route?
    let table: InterfaceTable?

    /// The most that any datagram holds: 65,535 less the headers, of which the length of IPv6 counts but UDP's.
    private var most: Int { isIPv4 ? 65507 : 65527 }
    private var headerBytes: Int { isIPv4 ? 28 : 48 }

    private var atMost: String {
        "A UDP datagram holds at most \(most) bytes over \(isIPv4 ? "IPv4" : "IPv6")"
    }

    func diagnosis(to place: String) -> Diagnosis {
        let this = bytes.map { "This message of \($0) bytes" } ?? "This message"
        let stream = "use a stream (tcp://), which has no such limit"
        if let bytes, bytes > most {
            return Diagnosis(
                cause: "\(atMost), and this message has \(bytes).",
                remedy: "Send less in one message, or \(stream).",
                limits: [Diagnosis.Limit(name: "UDP", value: "\(most)")]
            )
        }
        guard let route, let mtu = route.packetBytesMax, Int(mtu) - headerBytes < most else {
            return Diagnosis(
                cause: "\(atMost).",
                remedy: "Send less in one message, or \(stream)."
            )
        }
        let fits = max(0, Int(mtu) - headerBytes)
        let limits = [Diagnosis.Limit(name: "MTU", value: "\(mtu)")]
        // What is not too large for UDP is refused only where fragments are forbidden.
        guard let bytes, bytes > fits else {
            return Diagnosis(
                cause: "\(atMost); on the way to \(place) a packet holds \(mtu) (\(origin(mtu))), so what "
                    + "has more than \(fits) bytes goes in fragments, or not at all where fragments are "
                    + "forbidden.",
                remedy: "Send less in one message, or \(stream).",
                limits: limits
            )
        }
        let allowing = isIPv4 ? "?mtudiscover=want" : "?mtudiscover6=want, ?dontfrag=0"
        return Diagnosis(
            cause: "\(this) does not fit one packet on the way to \(place), which holds \(fits) "
                + "(\(origin(mtu)), less \(headerBytes) of headers), and this socket forbids fragments.",
            remedy: "Send at most \(fits) bytes, allow fragments (\(allowing)), or \(stream).",
            limits: limits
        )
    }

    /// Whose word the number is.
    private func origin(_ mtu: UInt32) -> String {
        let interface = route.flatMap { table?[index: $0.interface] }
        guard let interface else { return "MTU \(mtu)" }
        if mtu >= interface.packetBytesMax { return "the MTU of \(interface.name) is \(mtu)" }
        if let seconds = route?.learnedForSeconds {
            return "a router said so by ICMP, and \(mtu) is remembered for another \(seconds) s"
        }
        return "the route says \(mtu)"
    }
}
