import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct StreamTests {
    @Test(arguments: ["tcp://127.0.0.1:0", "tcp://[::1]:0", "tcp://:0", "unix://@parley-stream"])
    func bytesArriveInOrderAndTheEndIsZero(url: String) throws {
        let name = url.hasPrefix("unix") ? "\(url)-\(UInt64.random(in: 0 ... .max))" : url
        let server = try listener(name)
        let client = try connect(to: reachable(server.localAddress))
        let child = try accept(server)
        #expect(try write("hello", to: client) == 5)
        #expect(try read(child) == "hello")
        try client.shutdown(.sending)
        #expect(try read(child) == "")
        // Only one half has ended.
        #expect(try write("bye", to: child) == 3)
        #expect(try read(client) == "bye")
    }

    @Test func aDualStackListenerShowsIPv4PeersAsIPv4() throws {
        let server = try listener("tcp://:0")
        let client = try connect(to: loopback(server.port))
        #expect(wait(server.fileDescriptor))
        switch try server.accept() {
        case .accepted(let child, let peer):
            #expect(peer == loopback(try client.port))
            #expect(try child.remoteAddress == peer)
            #expect(try child.localAddress == loopback(try server.port))
        default: Issue.record("no connection came")
        }
        guard case .wouldBlock = try server.accept() else {
            Issue.record("two connections came")
            return
        }
    }

    @Test func anIPv6ListenerLeavesThePortOfIPv4Free() throws {
        let six = try listener("tcp://[::]:0")
        #expect(try six.isIPv6Only)
        #expect(try listener("tcp://0.0.0.0:\(try six.port)").port == (try six.port))
    }

    @Test func writingToAClosedPeerIsAnErrorAndNoSignal() throws {
        let pair = try Socket.pair(.stream)
        let first = pair.first
        pair.second.close()
        // SIGPIPE's default would end this process.
        #expect(refusal { try write("x", to: first) }?.code == .brokenPipe)
        #expect(refusal { try first.say("x", to: .unix(.unnamed)) } != nil)
    }

    @Test func aFullQueueTakesAPartAndThenNothing() throws {
        let pair = try Socket.pair(.stream)
        let first = pair.first
        let second = pair.second
        let block = [UInt8](repeating: 1, count: 100_000)
        var sent = 0
        while let count = unsafe try first.send(block.span.bytes) { sent += count }
        var received = 0
        var room = [UInt8](repeating: 0, count: 65536)
        while true {
            var span = room.mutableSpan
            var raw = unsafe span.mutableBytes
            guard let count = try second.receive(into: &raw) else { break }
            received += count
        }
        #expect(received == sent)
        #expect(unsafe try first.send(block.span.bytes) != nil)
    }

    @Test func aClientThatResetsBeforeAcceptStillYieldsASocketWhoseFirstReadSaysSo() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress)
        try client.setLingerSeconds(0)
        client.close()
        let child = try accept(server)
        #expect(refusal { try read(child) }?.code == .connectionReset)
    }

    @Test func connectingWhereNobodyListensIsRefused() throws {
        let gone = try listener("tcp://127.0.0.1:0")
        let address = try gone.localAddress
        gone.close()
        let error = refusal { try connect(to: address) }
        #expect(error?.operation == .connect)
        #expect(error?.code == .connectionRefused)
        #expect(error?.remote == address)
    }

    @Test func aConnectionToItselfIsFoundAndFails() throws {
        let probe = try datagram("udp://127.0.0.1:0")
        let own = loopback(try probe.port)
        let error = refusal { try connect(to: own, as: "tcp://:0?local=\(own)") }
        #expect(error?.code == .connectionAborted)
        #expect(error?.local == own && error?.remote == own)
        #expect(error?.remedy.contains("met itself") == true)
    }

    @Test func aSecondConnectionWithTheSameFiveValuesIsAddressNotAvailable() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let address = try server.localAddress
        let own = loopback(try datagram("udp://127.0.0.1:0").port)
        let first = try connect(to: address, as: "tcp://:0?local=\(own)&reuse=restartable")
        let error = refusal { try connect(to: address, as: "tcp://:0?local=\(own)&reuse=restartable") }
        #expect(error?.code == .addressNotAvailable)
        #expect(error?.remedy.contains("already has a connection") == true)
        #expect(try first.localAddress == own)
    }

    @Test func theLocalAddressOfAnEndpointIsWhereAConnectionComesFrom() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress, as: "tcp://:0?local=127.0.0.9&nodelay=true&ttl=7")
        #expect(try client.localAddress.ip == .ipv4(IPv4Address(127, 0, 0, 9)))
        #expect(try client.noDelay)
        #expect(try client.timeToLive == 7)
    }

    @Test func aUnixListenerWhoseQueueIsFullIsAnErrorAndNotProgress() throws {
        let server = try listener("unix://@parley-full-\(UInt64.random(in: 0 ... .max))?backlog=0")
        let address = try server.localAddress
        let first = try connect(to: address)
        let error = refusal { try connect(to: address) }
        #expect(error?.code == .wouldBlock)
        #expect(error?.remedy.contains("queue") == true)
        #expect(try first.remoteAddress == address)
    }

    @Test func optionsReadBackWhatWasSet() throws {
        let socket = try Socket(.ipv6, .stream)
        try socket.setKeepsAlive(true)
        try socket.setLingerSeconds(3)
        try socket.setReceiveBufferBytes(32768)
        try socket.setSendBufferBytes(32768)
        try socket.setNoDelay(true)
        try socket.setAllowsBroadcast(true)
        #expect(try socket.keepsAlive)
        #expect(try socket.lingerSeconds == 3)
        #expect(try socket.receiveBufferBytes == 65536)
        #expect(try socket.sendBufferBytes == 65536)
        #expect(try socket.noDelay)
        #expect(try socket.allowsBroadcast)
        #expect(try socket.pendingError == nil)
        try socket.setLingerSeconds(nil)
        #expect(try socket.lingerSeconds == nil)
        #expect(refusal { try datagram("udp://:0").setNoDelay(true) }?.subject == "TCP_NODELAY")
    }

    private func reachable(_ address: SocketAddress) -> SocketAddress {
        address.isWildcard ? loopback(address.port ?? 0) : address
    }

    private func write(_ text: String, to socket: borrowing Socket) throws -> Int? {
        let bytes = Array(text.utf8)
        return unsafe try socket.send(bytes.span.bytes)
    }

    private func read(_ socket: borrowing Socket) throws -> String {
        #expect(wait(socket.fileDescriptor))
        var bytes = [UInt8](repeating: 0, count: 100)
        try unsafe bytes.withUnsafeMutableBytes { buffer in
            // Room that is in use already stays as it is.
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 1)
            let count = try socket.receive(into: &output)
            #expect(output.byteCount == 1 + (count ?? 0))
        }
        bytes = Array(bytes.dropFirst().prefix { $0 != 0 })
        return String(decoding: bytes, as: UTF8.self)
    }
}
