internal import Glibc
internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes

// One place, several sockets that share its port, each on an event loop of its own (SO_REUSEPORT).

extension KernelNetwork {
    /// Over how many loops an endpoint asks to be spread; nil for one socket as ever.
    static func shardCount(of endpoint: Endpoint) -> Int? {
        endpoint.options.loops.map { loops in
            let processors = loops == 0 ? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) : loops
            return max(1, min(processors, Endpoint.loopsMax))
        }
    }

    func balancedPort(
        at endpoint: Endpoint,
        bound address: SocketAddress?,
        shards count: Int
    ) throws(SocketError) -> any MessagePort {
        var endpoint = endpoint
        var address = address
        var shards: [KernelDatagramPort] = []
        do throws(SocketError) {
            try openShards(count, at: &endpoint, bound: &address, into: &shards)
        } catch {
            // The loop holds a port until it is closed.
            for shard in shards { shard.close() }
            throw error
        }
        return BalancedPort(shards)
    }

    private func openShards(
        _ count: Int,
        at endpoint: inout Endpoint,
        bound address: inout SocketAddress?,
        into shards: inout [KernelDatagramPort]
    ) throws(SocketError) {
        for number in 0..<count {
            let socket: Socket
            if number == 0, endpoint.port == 0, address?.port ?? 0 == 0 {
                // The system would choose a port that another spread socket of this user has: the first takes
                // one for itself and shares it then.
                var alone = endpoint
                alone.options.loops = nil
                alone.options.reuse = .exclusive
                socket = try Socket.datagram(at: alone, bound: address)
                try socket.setReusesPort(true)
            } else {
                socket = try Socket.datagram(at: endpoint, bound: address)
            }
            let port = try datagramPort(socket, remote: nil, on: loop(numbered: number))
            shards.append(port)
            fix(port.localAddress, in: &endpoint, &address)
        }
    }

    func balancedListeningPort(
        at endpoint: Endpoint,
        bound address: SocketAddress?,
        shards count: Int
    ) throws(SocketError) -> any ListeningPort {
        var endpoint = endpoint
        var address = address
        var shards: [KernelListeningPort] = []
        do throws(SocketError) {
            try openShards(count, at: &endpoint, bound: &address, into: &shards)
        } catch {
            for shard in shards { shard.close() }
            throw error
        }
        return BalancedListeningPort(shards)
    }

    private func openShards(
        _ count: Int,
        at endpoint: inout Endpoint,
        bound address: inout SocketAddress?,
        into shards: inout [KernelListeningPort]
    ) throws(SocketError) {
        let transport = endpoint.transport
        for number in 0..<count {
            let socket = try Socket.listener(at: endpoint, bound: address)
            let local = try socket.localAddress
            let port = try KernelListeningPort(
                socket,
                on: loop(numbered: number),
                of: self,
                over: transport,
                local: local,
                file: nil,
                keepsLoop: true,
                settings: endpoint.options.settings
            )
            shards.append(port)
            fix(local, in: &endpoint, &address)
        }
    }

    /// The others go where the first one is.
    private func fix(_ local: SocketAddress, in endpoint: inout Endpoint, _ address: inout SocketAddress?) {
        guard let port = local.port else { return }
        endpoint.port = port
        address = address?.with(port: port)
    }
}
