import ParleyTypes
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("udp://:8089", Endpoint.udp(port: 8089)),
        ("udp://*:8089", .udp(port: 8089)),
        ("udp://:0", .udp),
        ("UDP://host.example:8089", .udp("host.example", 8089)),
        ("udp://host.example:8089/", .udp("host.example", 8089)),
        ("udp://127.0.0.1", .udp("127.0.0.1", 0)),
        ("udp://[::1]:8089", .udp("::1", 8089)),
        ("udp://[fe80::1%eth0]:8089", .udp("fe80::1%eth0", 8089)),
        ("udp://239.1.2.3:8089?interface=eth0", .udp(group: "239.1.2.3", port: 8089, on: "eth0")),
        ("udp://192.168.1.255:8089?broadcast=yes", .udp(broadcast: "192.168.1.255", port: 8089)),
        ("udp://192.168.1.255:8089?broadcast", .udp(broadcast: "192.168.1.255", port: 8089)),
        ("tcp://:8086", .tcp(port: 8086)),
        ("tcp://server.example:65535", .tcp("server.example", 65535)),
        ("unix:///run/a.sock", .unix(path: "/run/a.sock")),
        ("unix:a/b.sock", .unix(path: "a/b.sock")),
        ("unix:///a%20b%3F.sock", .unix(path: "/a b?.sock")),
        ("unix:%40a", .unix(path: "@a")),
        ("unix://@name", .unix(abstract: "name")),
        ("unix:@name", .unix(abstract: "name")),
        ("seqpacket:///run/a.sock", .seqpacket(path: "/run/a.sock")),
        ("seqpacket:a/b.sock", .seqpacket(path: "a/b.sock")),
        ("seqpacket://@name", .seqpacket(abstract: "name")),
        ("unixgram:///a.sock", .unixgram(path: "/a.sock")),
        ("unixgram://@name", .unixgram(abstract: "name")),
        ("unixgram:", .unixgram),
        ("unixgram://", .unixgram),
    ])
    func aURLIsTheEndpointThatItsFactoryMakes(text: String, expected: Endpoint) throws {
        #expect(try Endpoint(url: text) == expected)
    }

    @Test(arguments: [
        "udp://:8089", "udp://127.0.0.1:0", "udp://[fe80::1%eth0]:8089?ttl=4",
        "udp://239.1.2.3:8089?interface=eth0&ttl=255&broadcast=false&loop=false&reuse=group",
        "tcp://host.example:8086?backlog=0&rcvbuf=4194304&sndbuf=1&nodelay=true&local=192.0.2.1&reuse=restartable",
        "tcp://:8086?local=192.0.2.1:4000", "tcp://:8086?local=fd00::1", "udp://:1?local=%5Bfe80::1%252%5D:7",
        "unix:///run/a%20b", "seqpacket://@a%00?backlog=3&rcvbuf=65536&sndbuf=65536", "unix:%40a@b",
        "unix://@%00%FF", "unixgram:", "unixgram:?rcvbuf=65536",
    ])
    func aURLInCanonicalSpellingComesBackAsItWas(text: String) throws {
        let endpoint = try Endpoint(url: text)
        #expect(endpoint.description == text)
        #expect(try Endpoint(url: endpoint.description) == endpoint)
    }

    @Test func everyOptionArrivesTyped() throws {
        let options = try Endpoint(
            url:
                "udp://:1?interface=lo&ttl=4&broadcast=1&loop=no&rcvbuf=4M&sndbuf=64k&local=10.0.0.1:5&reuse=loadBalanced"
        ).options
        #expect(options.interface == "lo")
        #expect(options.timeToLive == 4)
        #expect(options.allowsBroadcast == true)
        #expect(options.hearsOwnHost == false)
        #expect(options.receiveBufferBytes == 4 << 20)
        #expect(options.sendBufferBytes == 65536)
        #expect(options.localAddress == .ipv4(IPv4Address(10, 0, 0, 1), port: 5))
        #expect(options.reuse == .loadBalanced)
    }

    @Test(arguments: [
        ("", EndpointError.missingScheme("")),
        ("8089", .missingScheme("8089")),
        ("localhost:8089", .unknownScheme("localhost")),
        ("sctp://:1", .unknownScheme("sctp")),
        ("udp:8089", .missingSlashes(.udp)),
        ("udp://a b:1", .invalidHost("a b")),
        ("udp://127.1:1", .invalidHost("127.1")),
        ("udp://010.0.0.1:1", .invalidHost("010.0.0.1")),
        ("udp://256.0.0.1:1", .invalidHost("256.0.0.1")),
        ("udp://0x7f000001:1", .invalidHost("0x7f000001")),
        ("udp://-a:1", .invalidHost("-a")),
        ("udp://a..b:1", .invalidHost("a..b")),
        ("udp://.:1", .invalidHost(".")),
        ("udp://::1:8089", .invalidHost("::1:8089")),
        ("udp://[::1:8089", .invalidHost("[::1:8089")),
        ("udp://[::1]8089", .invalidHost("[::1]8089")),
        ("udp://[fe80::1%]:1", .invalidHost("[fe80::1%]:1")),
        ("udp://[127.0.0.1]:1", .invalidHost("[127.0.0.1]:1")),
        ("udp://host:", .invalidPort("")),
        ("udp://host:65536", .invalidPort("65536")),
        ("udp://host:+1", .invalidPort("+1")),
        ("udp://host:1/x", .unexpectedPath("x")),
        ("udp://host:1#x", .fragment),
        ("unix://host/x", .unexpectedHost("host/x", .unix)),
        ("seqpacket://host/x", .unexpectedHost("host/x", .seqpacket)),
        ("seqpacket:", .missingPath(.seqpacket)),
        ("seqpacket:a?nodelay=true", .optionDoesNotApply(.nodelay, .seqpacket)),
        ("unix:", .missingPath(.unix)),
        ("unix://@", .missingPath(.unix)),
        ("unix:///%00", .invalidPath("/%00")),
        ("unix:///%FF", .invalidPath("/%FF")),
        ("unix:///%4", .invalidEscape("/%4")),
        ("unix:///%zz", .invalidEscape("/%zz")),
        ("udp://:1?colour=red", .unknownOption("colour", .udp)),
        ("unix:a?ttl=1", .optionDoesNotApply(.ttl, .unix)),
        ("tcp://:1?loop=1", .optionDoesNotApply(.loop, .tcp)),
        ("udp://:1?ttl=1&ttl=1", .repeatedOption(.ttl)),
        ("tcp://:1?ttl=0", .invalidOption(.ttl, value: "0")),
        ("udp://:1?ttl=256", .invalidOption(.ttl, value: "256")),
        ("udp://:1?rcvbuf=2G", .invalidOption(.rcvbuf, value: "2G")),
        ("udp://:1?rcvbuf=4Q", .invalidOption(.rcvbuf, value: "4Q")),
        ("udp://:1?interface=", .invalidOption(.interface, value: "")),
        ("udp://:1?interface=sixteen-letters-", .invalidOption(.interface, value: "sixteen-letters-")),
        ("udp://:1?local=localhost", .invalidOption(.local, value: "localhost")),
        ("udp://:1?reuse=always", .invalidOption(.reuse, value: "always")),
    ])
    func whatIsNoEndpointIsATypedErrorThatSaysWhatToWrite(text: String, expected: EndpointError) {
        #expect(throws: expected) { try Endpoint(url: text) }
        #expect(expected.description.hasSuffix("."))
    }

    @Test func anUnknownSchemeOrOptionListsTheKnownOnes() {
        #expect(
            EndpointError.unknownScheme("x").description.contains("udp, tcp, unix, unixgram or seqpacket")
        )
        #expect(
            EndpointError.unknownOption("x", .unix).description.contains(
                "it knows backlog, rcvbuf, sndbuf. `parley options unix` lists those of the kernel."
            )
        )
    }

    @Test func aUnixNameHasAtMost107Bytes() throws {
        let longest = String(repeating: "a", count: 106)
        #expect(try Endpoint(url: "unix:///\(longest)") == .unix(path: "/" + longest))
        #expect(throws: EndpointError.pathTooLong(bytes: 108)) { try Endpoint(url: "unix:///a\(longest)") }
        #expect(throws: EndpointError.pathTooLong(bytes: 109)) { try Endpoint(url: "unix:///aa\(longest)") }
        #expect(throws: EndpointError.pathTooLong(bytes: 108)) { try Endpoint(url: "unix://@aa\(longest)") }
        #expect(throws: EndpointError.tooLong(bytes: 2049)) {
            try Endpoint(url: "unix:///" + String(repeating: "a", count: 2041))
        }
    }

    @Test func aGroupIsKnownByItsAddressAndBroadcastByTheLimitedOne() throws {
        #expect(Endpoint.udp(group: "224.0.0.1", port: 1).isGroup)
        #expect(Endpoint.udp("ff02::1%eth0", 1).isGroup)
        #expect(!Endpoint.udp("240.0.0.1", 1).isGroup)
        #expect(try Endpoint(url: "udp://255.255.255.255:8089").isBroadcast)
        #expect(try !Endpoint(url: "udp://255.255.255.255:8089?broadcast=false").isBroadcast)
        // The factory cannot throw: the opener refuses the policy at such an address.
        #expect(Endpoint.udp(group: "10.0.0.1", port: 1).options.reuse == .groupMember)
    }

    @Test func hostAndPortAreReadWithoutAScheme() throws {
        #expect(try Endpoint.hostAndPort("receiver.example:8089") == (.name("receiver.example"), 8089))
        #expect(try Endpoint.hostAndPort("[::1]") == (.ipv6(.loopback, zone: nil), nil))
        #expect(try Endpoint.hostAndPort(":80") == (.any, 80))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func bytesFromOutsideNeverTrapAndWhatIsReadComesBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let seeds = [
            "udp://239.1.2.3:8089?interface=eth0&ttl=4", "tcp://[fe80::1%eth0]:1?local=[::1]:2&reuse=group",
            "unix:///a%20b?rcvbuf=4M", "unixgram://@a%00", "udp://:1?sndbuf=1G&backlog=3",
        ]
        let alphabet = Array("[]:/@%?&=#.0129afGMudp*-\u{0}é\u{301} ".utf8) + [0xFF, 0xC0]
        for _ in 0..<2000 {
            var bytes = Array(seeds.randomElement(using: &generator)!.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0...bytes.count, using: &generator)
                let byte = alphabet.randomElement(using: &generator)!
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.insert(byte, at: index)
                case 1 where index < bytes.count: bytes[index] = byte
                default: if index < bytes.count { bytes.remove(at: index) }
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let endpoint = try? Endpoint(url: text) else { continue }
            #expect(try Endpoint(url: endpoint.description) == endpoint, "seed \(seed): \(text)")
        }
    }
}
