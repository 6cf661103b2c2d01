public import ParleyNetwork
internal import ParleySockets
public import ParleyTypes

extension KernelNetwork {
    public func connect(
        to endpoint: Endpoint,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> any Port {
        if let inherited = endpoint.inherited { return try adoptConnection(inherited) }
        let resolved = try await resolve(endpoint, until: deadline)
        guard !resolved.isEmpty else {
            throw SocketError(.connect, .destinationRequired, subject: endpoint.description)
        }
        let addresses = try endpoint.addressesOfItsFamily(resolved)
        guard endpoint.transport.isConnectionOriented else {
            return try connectDatagrams(endpoint, to: addresses)
        }
        if addresses.count == 1 {
            return try await connectStream(endpoint, to: addresses[0], until: deadline)
        }
        return try await race(endpoint, addresses, until: deadline)
    }

    // MARK: Datagrams

    private func connectDatagrams(_ endpoint: Endpoint, to addresses: [SocketAddress]) throws(SocketError)
        -> any Port
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
                return try datagramPort(socket, remote: address)
            } catch {
                // The first address is the one the user would name; its failure says most.
                failure = failure ?? error.sending(by: endpoint.options.interface)
            }
        }
        throw failure ?? SocketError(.connect, .destinationRequired)
    }

    // MARK: Streams

    /// How long an attempt is alone before the next address is tried beside it (RFC 8305, section 5).
    private static let attemptDelay = Duration.milliseconds(250)
    /// How long to wait for room in a Unix listener's full queue before asking again.
    private static let queuePause = Duration.milliseconds(5)

    private func connectStream(
        _ endpoint: Endpoint,
        to address: SocketAddress,
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> any Port {
        while true {
            let socket = try Socket.stream(for: endpoint, to: address)
            do throws(SocketError) {
                let isConnected = try socket.connect(to: address) == .connected
                // Over loopback the handshake is often over at once, and may have met itself.
                if isConnected { try socket.finishConnecting(to: address) }
                // Within a host nothing is ever in progress.
                if !endpoint.transport.isStream { return try packetPort(socket, remote: address) }
                let port = try streamPort(socket, remote: address)
                if !isConnected { try await port.finishConnecting(until: deadline) }
                return port
            } catch {
                // A Unix listener's queue is full: a blocking connect would wait here.
                guard error.code == .wouldBlock, error.operation == .connect else { throw error }
            }
            let pause = now.advanced(by: Self.queuePause)
            guard pause < deadline else { throw SocketError(.wait, .timedOut, remote: address) }
            try await sleep(until: pause)
        }
    }

    private enum Runner: Sendable {
        case connected(any Port)
        case failed(SocketError)
        /// The last attempt has been alone for long enough.
        case delayed
    }

    /// Tries the addresses beside each other, each a little later than the one before or as soon as that has
    /// failed; the first connection wins and the others are closed (RFC 8305, section 5).
    private func race(
        _ endpoint: Endpoint,
        _ addresses: [SocketAddress],
        until deadline: MonotonicInstant
    ) async throws(SocketError) -> any Port {
        let result: Result<any Port, SocketError> = await withTaskGroup(of: Runner.self) { group in
            var waiting = addresses[...]
            var running = 0
            var failure: SocketError?
            var winner: (any Port)?
            func startNext() {
                guard let address = waiting.popFirst() else { return }
                running += 1
                group.addTask { [self] in
                    do throws(SocketError) {
                        return .connected(try await connectStream(endpoint, to: address, until: deadline))
                    } catch {
                        return .failed(error)
                    }
                }
                guard !waiting.isEmpty else { return }
                group.addTask { [self] in
                    try? await sleep(until: now.advanced(by: Self.attemptDelay))
                    return .delayed
                }
            }
            startNext()
            while running > 0, let runner = await group.next() {
                switch runner {
                case .connected(let port):
                    running -= 1
                    if winner == nil {
                        winner = port
                        waiting = []
                        group.cancelAll()
                    } else {
                        port.close()
                    }
                case .failed(let error):
                    running -= 1
                    // The first address is the one the user would name; its failure says most.
                    failure = failure ?? error
                    if winner == nil, !error.isEndOfWait { startNext() }
                case .delayed:
                    if winner == nil { startNext() }
                }
            }
            group.cancelAll()
            if let winner { return .success(winner) }
            return .failure(failure ?? SocketError(.connect, .cancelled))
        }
        return try result.get()
    }
}

extension SocketError {
    /// Whether the caller's time or patience is over, so that no further address is worth a try.
    fileprivate var isEndOfWait: Bool { operation == .wait && (code == .cancelled || code == .timedOut) }
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

extension SocketError {
    /// With the interface that the endpoint names, where the socket itself does not tell: IPv4 keeps to itself by which
    /// one groups are sent.
    fileprivate func sending(by name: String?) -> SocketError {
        guard let name, let traits, traits.interface == 0, traits.outgoingInterface == 0,
            let index = try? Interfaces.index(of: name)
        else { return self }
        var error = self
        error.traits?.outgoingInterface = index
        return error
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
