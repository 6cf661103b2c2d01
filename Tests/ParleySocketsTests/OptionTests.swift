import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct OptionTests {
    private static let conduct =
        "nodelay=true&linger=0&keepalive=30s/10s/3&usertimeout=4321ms&dscp=af41&ttl=77&rcvbuf=32768"

    private func expectConduct(of socket: borrowing Socket) throws {
        #expect(try socket.noDelay)
        #expect(try socket.lingerSeconds == 0)
        #expect(try socket.keepsAlive)
        #expect(try socket.keepAliveIdleSeconds == 30)
        #expect(try socket.keepAliveIntervalSeconds == 10)
        #expect(try socket.keepAliveProbes == 3)
        #expect(try socket.userTimeoutMilliseconds == 4321)
        #expect(try socket.trafficClass == .assured(4, drop: 1))
        #expect(try socket.timeToLive == 77)
        #expect(try socket.receiveBufferBytes == 65536)
    }

    @Test(arguments: ["127.0.0.1", "[::1]", ""])
    func connectionsHaveWhatTheirListenersEndpointSays(host: String) throws {
        let server = try listener("tcp://\(host):0?\(Self.conduct)")
        let local = try server.localAddress
        let client = try connect(to: local.isWildcard ? loopback(local.port ?? 0) : local)
        let child = try accept(server)
        try expectConduct(of: server)
        try expectConduct(of: child)
        #expect(try client.lingerSeconds == nil)
        #expect(try !client.keepsAlive)
    }

    @Test func aConnectingSocketHasWhatItsEndpointSays() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress, as: "tcp://:0?\(Self.conduct)")
        try expectConduct(of: client)
        let child = try accept(server)
        #expect(try child.userTimeoutMilliseconds == 0)
    }

    @Test func partsOfASecondCountAsAWholeOne() throws {
        let socket = try listener("tcp://127.0.0.1:0?linger=1500ms&keepalive=500ms/1001ms")
        #expect(try socket.lingerSeconds == 2)
        #expect(try socket.keepAliveIdleSeconds == 1)
        #expect(try socket.keepAliveIntervalSeconds == 2)
        #expect(try socket.keepAliveProbes == 9)
    }

    @Test func aCloseThatLingersZeroSecondsIsSeenAsAReset() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress, as: "tcp://:0?linger=0")
        let child = try accept(server)
        client.close()
        #expect(wait(child.fileDescriptor))
        var bytes: [UInt8] = [0]
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        #expect(refusal { try child.receive(into: &raw) }?.code == .connectionReset)
    }

    @Test func whatIsOutOfRangeIsRefusedWithTheOptionsName() throws {
        let socket = try Socket(.ipv4, .stream)
        #expect(refusal { try socket.setKeepAliveIdleSeconds(32768) }?.subject == "TCP_KEEPIDLE")
        #expect(refusal { try socket.setKeepAliveProbes(0) }?.code == .invalidArgument)
        #expect(refusal { try socket.setUserTimeoutMilliseconds(-1) }?.code == .invalidArgument)
        #expect(refusal { try socket.setCongestionControl("nosuch") }?.subject == "TCP_CONGESTION")
        #expect(refusal { try socket.pathPacketBytesMax }?.code == .notConnected)
    }

    @Test func optionsOfTCPReadBackWhatTheKernelMadeOfThem() throws {
        let socket = try Socket(.ipv6, .stream)
        try socket.setCorked(true)
        #expect(try socket.isCorked)
        try socket.setAcknowledgesAtOnce(false)
        #expect(try !socket.acknowledgesAtOnce)
        // Retransmissions of the handshake after 1, 3, 7, … seconds: 5 becomes 7.
        try socket.setAcceptDelaySeconds(5)
        #expect(try socket.acceptDelaySeconds == 7)
        try socket.setSegmentBytesMax(1000)
        #expect(try socket.segmentBytesMax == 1000)
        try socket.setHandshakeRetries(2)
        #expect(try socket.handshakeRetries == 2)
        try socket.setEndWaitSeconds(5)
        #expect(try socket.endWaitSeconds == 5)
        try socket.setUnsentBytesMax(16384)
        #expect(try socket.unsentBytesMax == 16384)
        try socket.setRetriesSteadily(true)
        #expect(try socket.retriesSteadily)
        try socket.setConnectsWithData(true)
        #expect(try socket.connectsWithData)
        try socket.setWindowBytesMax(40000)
        #expect(try socket.windowBytesMax == 40000)
        try socket.setCongestionControl("reno")
        #expect(try socket.congestionControl == "reno")
        let server = try listener("tcp://127.0.0.1:0")
        try server.setFastOpenBacklog(5)
        #expect(try server.fastOpenBacklog == 5)
    }

    @Test func optionsOfEverySocketReadBack() throws {
        let socket = try Socket(.ipv4, .datagram)
        try socket.setPriority(5)
        #expect(try socket.priority == 5)
        try socket.setBypassesRouting(true)
        #expect(try socket.bypassesRouting)
        try socket.setKeepsUrgentInline(true)
        #expect(try socket.keepsUrgentInline)
        try socket.setPacingBytesPerSecondMax(1_000_000)
        #expect(try socket.pacingBytesPerSecondMax == 1_000_000)
        try socket.setAllowsZeroCopy(true)
        #expect(try socket.allowsZeroCopy)
        try socket.setPeekOffset(0)
        #expect(try socket.peekOffset == 0)
        try socket.setIncomingProcessor(0)
        #expect(try socket.incomingProcessor == 0)
        #expect(try socket.kind == .datagram)
        #expect(try socket.protocolNumber == 17)
        #expect(try !socket.isListening)
        #expect(try listener("tcp://127.0.0.1:0").isListening)
        #expect(try socket.cookie != Socket(.ipv4, .datagram).cookie)
        let stream = try Socket(.ipv4, .stream)
        try stream.setReadableBytesMin(10)
        #expect(try stream.readableBytesMin == 10)
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: needs CAP_NET_ADMIN"))
    func optionsThatNeedARightReadBack() throws {
        let socket = try Socket(.ipv4, .datagram)
        try socket.setMark(7)
        #expect(try socket.mark == 7)
        try socket.setBusyPollMicroseconds(50)
        #expect(try socket.busyPollMicroseconds == 50)
        try socket.setPrefersBusyPoll(true)
        #expect(try socket.prefersBusyPoll)
        try socket.forceReceiveBufferBytes(1 << 26)
        #expect(try socket.receiveBufferBytes == 1 << 27)
        try socket.forceSendBufferBytes(1 << 26)
        #expect(try socket.sendBufferBytes == 1 << 27)
        try socket.setTransparent(true)
        #expect(try socket.isTransparent)
    }

    @Test(arguments: [SocketFamily.ipv4, .ipv6])
    func optionsOfThePathReadBack(family: SocketFamily) throws {
        let socket = try Socket(family, .datagram)
        try socket.setTrafficClass(.expedited)
        #expect(try socket.trafficClass == .expedited)
        try socket.setTimeToLiveMin(255)
        #expect(try socket.timeToLiveMin == 255)
        try socket.setReportsErrors(true)
        #expect(try socket.reportsErrors)
        try socket.setPathDiscovery(.never)
        #expect(try socket.pathDiscovery == .never)
        try socket.setBindsFreely(true)
        #expect(try socket.bindsFreely)
        #expect(try socket.localPorts == nil)
        try socket.setLocalPorts(40000...40099)
        #expect(try socket.localPorts == 40000...40099)
        let target = SocketAddress(family == .ipv4 ? .ipv4(.loopback) : .ipv6(.loopback), port: 9)
        _ = try socket.connect(to: target)
        #expect(try socket.pathPacketBytesMax > 1280)
        #expect((40000...40099).contains(try socket.port))
    }

    @Test func anAddressThatNoInterfaceHasCanBeBoundFreely() throws {
        let address = SocketAddress.ipv4(IPv4Address(192, 0, 2, 77), port: 0)
        let socket = try Socket(.ipv4, .datagram)
        #expect(refusal { try socket.bind(to: address) }?.code == .addressNotAvailable)
        try socket.setBindsFreely(true)
        try socket.bind(to: address)
        #expect(try socket.localAddress.ip == address.ip)
    }
}
