import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// UDP-Lite and Multipath TCP: by option, where the kernel has them.
@Suite struct TransportOptionTests {
    static let hasLite = isThere(.ipv4, .datagram, .udpLite)
    static let hasMultipath = isThere(.ipv4, .stream, .multipathTCP)

    @Test func `the options arrive typed and come back as they were written`() throws {
        #expect(try Endpoint(url: "udp://:1?lite=8").options.checksumCoverage == 8)
        #expect(try Endpoint(url: "tcp://:1?multipath").options.multipath == true)
        for url in ["udp://:1?lite=0", "udp://:1?lite=65535", "tcp://:1?multipath=true"] {
            #expect(try Endpoint(url: url).description == url)
        }
        for url in ["udp://:1?lite", "udp://:1?lite=7", "udp://:1?lite=65536", "tcp://:1?multipath=maybe"] {
            #expect(throws: EndpointError.self) { try Endpoint(url: url) }
        }
        #expect(throws: EndpointError.optionDoesNotApply(.lite, .tcp)) {
            try Endpoint(url: "tcp://:1?lite=8")
        }
        #expect(throws: EndpointError.optionDoesNotApply(.multipath, .udp)) {
            try Endpoint(url: "udp://:1?multipath=1")
        }
        #expect(throws: EndpointError.optionDoesNotApply(.lite, .unix)) { try Endpoint(url: "unix:a?lite=8") }
    }

    @Test(.enabled(if: hasLite, "the kernel has no UDP-Lite"), arguments: ["127.0.0.1", "[::1]", ""])
    func `UDP-Lite carries datagrams with the coverage that the endpoint asks for`(host: String) throws {
        let receiver = try datagram("udp://\(host):0?lite=20")
        let sender = try datagram("udp://\(host):0?lite=12")
        let enough = try datagram("udp://\(host):0?lite=20")
        let whole = try datagram("udp://\(host):0?lite=0")
        #expect(try sender.checksumCoverage == 12 && (try whole.checksumCoverage) == 0)
        let target =
            host == "[::1]"
            ? SocketAddress.ipv6(.loopback, port: try receiver.port, zone: 0)
            : loopback(try receiver.port)
        try sender.say("covers too little", to: target)
        try enough.say("covers what is asked", to: target)
        try whole.say("covers everything", to: target)
        #expect(try receiver.next().bytes == Array("covers what is asked".utf8))
        #expect(try receiver.next().bytes == Array("covers everything".utf8))
        expectSilence(receiver)
    }

    @Test(.enabled(if: hasLite, "the kernel has no UDP-Lite"))
    func `UDP-Lite and UDP have ports of their own`() throws {
        let lite = try datagram("udp://127.0.0.1:0?lite=8")
        let port = try lite.port
        guard let plain = try? datagram("udp://127.0.0.1:\(port)") else { return }
        try plain.say("plain", to: plain.localAddress)
        #expect(try plain.next().bytes == Array("plain".utf8))
        expectSilence(lite)
    }

    @Test(.enabled(if: hasLite, "the kernel has no UDP-Lite"))
    func `batches go over UDP-Lite`() throws {
        let receiver = try datagram("udp://127.0.0.1:0?lite=8")
        let sender = try datagram("udp://127.0.0.1:0?lite=8")
        for number in 0..<10 { try sender.say("\(number)", to: receiver.localAddress) }
        for number in 0..<10 { #expect(try receiver.next().bytes == Array("\(number)".utf8)) }
    }

    @Test func `where the kernel lacks a protocol, the error names its option`() {
        let lite = SocketError(.open, .protocolNotSupported, subject: "AF_INET SOCK_DGRAM IPPROTO_UDPLITE")
        #expect(
            lite.remedy == "This kernel lacks it: it needs CONFIG_INET, which Linux has no longer since 7.1."
        )
        let path = SocketError(.open, .protocolNotSupported, subject: "AF_INET SOCK_STREAM IPPROTO_MPTCP")
        #expect(path.remedy == "This kernel lacks it: it needs CONFIG_MPTCP.")
    }

    @Test(
        .enabled(if: hasMultipath, "the kernel has no MPTCP, or it is switched off"),
        arguments: [
            "127.0.0.1", "[::1]",
        ]
    )
    func `a connection is multipath where both sides ask for it, and plain TCP otherwise`(host: String) throws
    {
        for (server, client) in [(true, true), (true, false), (false, true), (false, false)] {
            let listener = try listener("tcp://\(host):0?multipath=\(server)")
            let far = try connect(to: listener.localAddress, as: "tcp://:0?multipath=\(client)&nodelay=true")
            let near = try accept(listener)
            // Whether the peer knows more is sure once data has come back.
            #expect(try far.transmit([1]) == 1)
            #expect(try near.take() == [1])
            #expect(try near.transmit([2]) == 1)
            #expect(try far.take() == [2])
            #expect(try far.isMultipath == (server && client))
            #expect(try near.isMultipath == (server && client))
        }
        #expect(try Socket(.unix, .stream).isMultipath == false)
    }

    @Test(.enabled(if: hasMultipath, "the kernel has no MPTCP, or it is switched off"))
    func `an option that Multipath TCP lacks is named`() throws {
        do {
            _ = try listener("tcp://127.0.0.1:0?multipath=true&ttl=5")
        } catch let error as SocketError {
            #expect(error.subject == "IP_TTL" && error.remedy.contains("leave it out"))
        }
    }

    @Test(.enabled(if: Confinement.isPossible && hasMultipath, "needs root and MPTCP"))
    func `a network that has Multipath TCP switched off says how to switch it on`() async {
        await #expect(processExitsWith: .success) { try await Self.switchOff() }
    }

    @MainActor
    private static func switchOff() throws {
        Confinement.enterNewNetwork()
        #expect(Confinement.run("echo 0 > /proc/sys/net/mptcp/enabled"))
        let before = openDescriptors()
        let error = refusal { try listener("tcp://127.0.0.1:0?multipath=true") }
        #expect(error?.code == .protocolOptionUnavailable)
        #expect(error?.subject == "AF_INET SOCK_STREAM IPPROTO_MPTCP")
        #expect(error?.remedy.contains("net.mptcp.enabled=1") == true)
        guard case .absent = try SocketSupport.probe(.ipv4, .stream, .multipathTCP) else {
            Issue.record("the switch does nothing")
            return
        }
        #expect(openDescriptors() == before)
    }
}

extension Socket {
    fileprivate func transmit(_ bytes: [UInt8]) throws -> Int? { unsafe try send(bytes.span.bytes) }

    fileprivate func take() throws -> [UInt8] {
        #expect(wait(fileDescriptor))
        var bytes = [UInt8](repeating: 0, count: 16)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        let count = try #require(try receive(into: &raw))
        return Array(bytes.prefix(count))
    }
}
