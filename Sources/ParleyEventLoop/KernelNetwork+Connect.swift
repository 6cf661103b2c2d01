public import ParleyNetwork
internal import ParleySockets
public import ParleyTypes

extension KernelNetwork {
    public func connect(
        to endpoint: Endpoint,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> PeerPort {
        if let inherited = endpoint.inherited { return try adoptConnection(inherited) }
        let endpoint = try Self.grounded(endpoint)
        let resolved = try await resolve(endpoint, until: deadline)
        guard !resolved.isEmpty else {
            throw SocketError(.connect, .destinationRequired, subject: endpoint.description)
        }
        let addresses = try endpoint.addressesOfItsFamily(resolved)
        guard endpoint.transport.isConnectionOriented else {
            return try connectDatagrams(endpoint, to: addresses)
        }
        // One address is no race: the caller's own thread goes on.
        if addresses.count == 1 {
            return try await connectStream(endpoint, to: addresses[0], until: deadline)
        }
        return try await race(addresses) { [self] (address) async throws(SocketError) in
            try await connectStream(endpoint, to: address, until: deadline)
        }
    }

    // MARK: Datagrams

    private func connectDatagrams(_ endpoint: Endpoint, to addresses: [SocketAddress]) throws(SocketError)
        -> PeerPort
    {
        var failure: SocketError?
        for address in addresses {
            do throws(SocketError) {
                var place = endpoint
                place.host = endpoint.host == nil ? nil : .any
                place.port = 0
                if place.unixAddress != nil { place.unixAddress = .unnamed }
                place.options.groupSources = []
                place.options.allowsBroadcast = endpoint.isBroadcast ? true : nil
                let local = endpoint.options.localAddress ?? address.anyOfSameFamily
                let socket = try Socket.datagram(at: place, bound: local)
                _ = try socket.connect(to: address)
                return .messages(try datagramPort(socket, remote: address))
            } catch {
                // The first address is the one the user would name; its failure says most.
                failure = failure ?? error
            }
        }
        throw failure ?? SocketError(.connect, .destinationRequired)
    }

    // MARK: Streams

    /// How long to wait for room in a Unix listener's full queue before asking again.
    private static let queuePause = Duration.milliseconds(5)

    private func connectStream(
        _ endpoint: Endpoint,
        to address: SocketAddress,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> PeerPort {
        while true {
            let socket = try Socket.stream(for: endpoint, to: address)
            do throws(SocketError) {
                let isConnected = try socket.connect(to: address) == .connected
                // Over loopback the handshake is often over at once, and may have met itself.
                if isConnected { try socket.finishConnecting(to: address) }
                // Within a host nothing is ever in progress.
                if !endpoint.transport.isStream {
                    return .messages(try packetPort(socket, remote: address))
                }
                let port = try streamPort(socket, remote: address)
                if !isConnected { try await port.finishConnecting(until: deadline) }
                return .stream(port)
            } catch {
                // A Unix listener's queue is full: a blocking connect would wait here.
                guard error.code == .wouldBlock, error.operation == .connect else { throw error }
            }
            let pause = now.advanced(by: Self.queuePause)
            guard pause < deadline else { throw SocketError(.wait, .timedOut, remote: address) }
            try await sleep(until: pause)
        }
    }
}

extension Endpoint {
    /// Those of a peer's addresses that the local address, where one is given, can speak to: a socket has one family.
    fileprivate func addressesOfItsFamily(_ addresses: [SocketAddress]) throws(SocketError) -> [SocketAddress]
    {
        guard let local = options.localAddress else { return addresses }
        let fitting = addresses.filter { local.isOfSameFamily(as: $0) }
        guard fitting.isEmpty else { return fitting }
        // As Linux says of an IPv4 socket and an IPv6 address; of the reverse it says this or that.
        throw SocketError(
            .connect,
            .addressFamilyNotSupported,
            local: local,
            remote: addresses.first,
            traits: SocketTraits(transport: transport, isIPv6Only: true)
        )
    }
}

extension SocketAddress {
    /// Whether one socket can have both; IPv4 inside IPv6 counts as IPv4.
    fileprivate func isOfSameFamily(as other: SocketAddress) -> Bool {
        switch (unmapped, other.unmapped) {
        case (.ipv4, .ipv4), (.ipv6, .ipv6), (.unix, .unix): true
        default: false
        }
    }

    fileprivate var anyOfSameFamily: SocketAddress {
        switch self {
        case .ipv4: .ipv4(.any, port: 0)
        case .ipv6: .ipv6(.any, port: 0, zone: 0)
        case .unix: .unix(.unnamed)
        }
    }
}
