extension Endpoint {
    /// The keys that a URL's query may have.
    public enum Option: String, Sendable, Hashable, CaseIterable {
        case interface, ttl, broadcast, loop, backlog, rcvbuf, sndbuf, nodelay, local, reuse, source, linger
        case keepalive, usertimeout, dscp, lite, multipath, timestamps, loops

        /// Whether the option means something to a transport: to sockets that are there already none does, whoever
        /// made them has chosen. Transports of other packages may use all of them.
        public func applies(to transport: Transport) -> Bool { transport.row.options.contains(self) }

        /// What the value must be, for the sentence "… must be".
        var expectation: String {
            switch self {
            case .interface: "an interface's name, its index or one of its addresses"
            case .ttl: "a number from 1 to 255, or 0 for datagrams that only groups of this host hear"
            case .broadcast, .loop, .nodelay, .multipath, .timestamps: "true or false"
            case .lite: "how many bytes the checksum covers: 8 to 65535, or 0 for all"
            case .backlog: "a number from 0 to \(Int32.max)"
            case .rcvbuf, .sndbuf: "a number of bytes from 1 to \(Int32.max), such as 65536, 64K or 4M"
            case .local: "an IP address, with or without a port"
            case .loops: "a number of event loops from 2 to \(Endpoint.loopsMax), or auto for one a processor"
            case .reuse: PortReuse.allCases.map(\.rawValue).joined(separator: ", ")
            case .source: "the IP address of a sender, or of several with commas between them"
            case .linger: "whole seconds, such as 5s; 0 resets the connection"
            case .keepalive:
                "true, false, or times and a count, as in 30s (silence), 30s/10s (and between questions) or "
                    + "30s/10s/3"
            case .usertimeout: "a time such as 500ms, 10s or 5m"
            case .dscp: "a number from 0 to 63 or a name such as ef, af41, cs1 or le"
            }
        }
    }
}

extension Endpoint.Options {
    /// Reads one option's text.
    mutating func set(_ option: Endpoint.Option, to text: String) throws(EndpointError) {
        func required<T>(_ value: T?) throws(EndpointError) -> T {
            guard let value else { throw .invalidOption(option, value: text) }
            return value
        }
        switch option {
        case .interface: interface = try required(Self.isInterface(text) ? text : nil)
        case .ttl: timeToLive = try required(Endpoint.number(text, in: 0...255).map { UInt8($0) })
        case .broadcast: allowsBroadcast = try required(Self.flag(text))
        case .loop: hearsOwnHost = try required(Self.flag(text))
        case .backlog: backlog = try required(Endpoint.number(text, in: 0...Int(Int32.max)).map { Int32($0) })
        case .rcvbuf: receiveBufferBytes = try required(Self.bytes(text))
        case .sndbuf: sendBufferBytes = try required(Self.bytes(text))
        case .nodelay: noDelay = try required(Self.flag(text))
        case .timestamps: reportsArrivalTime = try required(Self.flag(text))
        case .local: (localAddress, localZone) = try required(Self.address(text))
        case .loops:
            let all: Int? = text == "auto" ? 0 : nil
            loops = try required(all ?? Endpoint.number(text, in: 2...Endpoint.loopsMax))
        case .reuse: reuse = try required(PortReuse(rawValue: text))
        case .source: groupSources = try required(Self.sources(text))
        case .linger: linger = try required(Self.duration(text))
        case .keepalive: keepAlive = try required(KeepAlive(text))
        case .usertimeout: userTimeout = try required(Self.duration(text))
        case .dscp: trafficClass = try required(TrafficClass(text))
        case .lite: checksumCoverage = try required(Self.coverage(text))
        case .multipath: multipath = try required(Self.flag(text))
        }
    }

    /// One option's text, nil where it is not set.
    func text(of option: Endpoint.Option) -> String? {
        switch option {
        case .interface: interface
        case .ttl: timeToLive.map { "\($0)" }
        case .broadcast: allowsBroadcast.map { "\($0)" }
        case .loop: hearsOwnHost.map { "\($0)" }
        case .backlog: backlog.map { "\($0)" }
        case .rcvbuf: receiveBufferBytes.map { "\($0)" }
        case .sndbuf: sendBufferBytes.map { "\($0)" }
        case .nodelay: noDelay.map { "\($0)" }
        case .timestamps: reportsArrivalTime.map { "\($0)" }
        case .local: localAddress.map { Self.text(of: $0, zone: localZone) }
        case .loops: loops.map { $0 == 0 ? "auto" : "\($0)" }
        case .reuse: reuse?.rawValue
        case .source: groupSources.isEmpty ? nil : groupSources.map(Self.plain).joined(separator: ",")
        case .linger: linger?.endpointText
        case .keepalive: keepAlive?.description
        case .usertimeout: userTimeout?.endpointText
        case .dscp: trafficClass?.description
        case .lite: checksumCoverage.map { "\($0)" }
        case .multipath: multipath.map { "\($0)" }
        }
    }

    /// A name, an index, or an address of either family.
    private static func isInterface(_ text: String) -> Bool {
        Endpoint.isInterfaceName(text) || IPAddress(text) != nil
    }

    /// `10.0.0.5,10.0.0.6`, `fd00::1,[fd00::2]`: addresses of hosts, no groups.
    private static func sources(_ text: String) -> [Endpoint.Host]? {
        var hosts: [Endpoint.Host] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isBracketed = part.hasPrefix("[") && part.hasSuffix("]")
            let text = String(isBracketed ? part.dropFirst().dropLast() : part)
            guard let address = IPAddress(text)?.unmapped, !address.isMulticast else { return nil }
            let host = Endpoint.Host(address.description)
            if !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }

    private static func plain(_ host: Endpoint.Host) -> String {
        if case .ipv6(let address, nil) = host { address.description } else { host.description }
    }

    /// At most what the system's milliseconds hold, 24 days.
    private static func duration(_ text: String) -> Duration? {
        guard let duration = Duration(endpointText: text), duration <= .milliseconds(Int32.max) else {
            return nil
        }
        return duration
    }

    /// An option without a value (`?broadcast`) means yes.
    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "yes", "on", "1", "": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// RFC 3828, 3.1: the checksum covers at least the header, whose 8 bytes 0 does not mean.
    private static func coverage(_ text: String) -> UInt16? {
        text == "0" ? 0 : Endpoint.number(text, in: 8...65535).map { UInt16($0) }
    }

    /// `65536`, `64K`, `4M`, `1G`: K is 1024.
    private static func bytes(_ text: String) -> Int32? {
        let shift: Int =
            switch text.utf8.last {
            case UInt8(ascii: "k"), UInt8(ascii: "K"): 10
            case UInt8(ascii: "m"), UInt8(ascii: "M"): 20
            case UInt8(ascii: "g"), UInt8(ascii: "G"): 30
            default: 0
            }
        let digits = shift == 0 ? text[...] : text.dropLast()
        return Endpoint.number(digits, in: 1...Int(Int32.max) >> shift).map { Int32($0 << shift) }
    }

    /// `192.0.2.1`, `192.0.2.1:4000`, `fd00::1`, `fe80::1%eth0`, `[fe80::1%2]:4000`. A zone that is a name is
    /// looked up when the endpoint is used.
    private static func address(_ text: String) -> (SocketAddress, zone: String?)? {
        let isBare = !text.hasPrefix("[") && text.utf8.count { $0 == UInt8(ascii: ":") } > 1
        guard let (host, port) = try? Endpoint.hostAndPort(isBare ? "[\(text)]" : text) else { return nil }
        switch host {
        case .ipv4(let address): return (.ipv4(address, port: port ?? 0), nil)
        case .ipv6(let address, let zone):
            let index = zone.flatMap { Endpoint.number($0, in: 1...Int(Int32.max)) }
            return (.ipv6(address, port: port ?? 0, zone: UInt32(index ?? 0)), index == nil ? zone : nil)
        case .any, .name: return nil
        }
    }

    private static func text(of address: SocketAddress, zone: String?) -> String {
        if let zone, case .ipv6(let host, let port, 0) = address {
            return "[\(host)%\(Endpoint.Host.text(ofZone: zone))]:\(port)"
        }
        if case .ipv6(_, _, let zone) = address, zone != 0 { return "\(address)" }
        return address.port == 0 && !address.isLinkLocal ? address.ip?.description ?? "" : "\(address)"
    }
}
