import ParleyTypes
import Testing

/// What an endpoint says is obeyed, or refused with why, whatever it is used for.
@Suite struct EndpointUseTests {
    private static let values: [Endpoint.Option: String] = [
        .interface: "lo", .ttl: "4", .broadcast: "true", .loop: "false", .backlog: "3", .rcvbuf: "64K",
        .sndbuf: "64K", .nodelay: "true", .local: "127.0.0.2", .reuse: "loadBalanced", .source: "10.0.0.5",
        .linger: "5s", .keepalive: "true", .usertimeout: "5s", .dscp: "ef", .lite: "8", .multipath: "true",
        .timestamps: "true", .loops: "2",
    ]

    /// The law as a table: what each use refuses of one host's endpoint. Everything else it obeys.
    private static let refused: [Endpoint.Use: Set<Endpoint.Option>] = [
        .mailbox: [.local], .listener: [.local],
        .connection: [.loop, .backlog, .reuse, .source, .timestamps, .loops],
        .recipient: Set(Endpoint.Option.allCases),
    ]

    @Test(arguments: Endpoint.Use.allCases)
    func `every option is obeyed or refused, in every use`(use: Endpoint.Use) throws {
        for transport in ["udp://127.0.0.1:9", "tcp://127.0.0.1:9", "unix:a", "unixgram:a", "seqpacket:a"] {
            for option in Endpoint.Option.allCases {
                let text = try #require(Self.values[option])
                guard let endpoint = try? Endpoint(url: "\(transport)?\(option.rawValue)=\(text)") else {
                    continue
                }
                let refusal = endpoint.refusal(for: use)
                let isRefused = Self.refused[use]?.contains(option) ?? false
                #expect((refusal != nil) == isRefused, "\(endpoint) as \(use.rawValue)")
                guard let refusal else { continue }
                guard case .optionWithoutUse(option, use, _) = refusal else {
                    Issue.record("\(refusal)")
                    continue
                }
                #expect(
                    "\(refusal)".hasPrefix("The option \(option.rawValue) has no use for a \(use.rawValue): ")
                )
                #expect("\(refusal)".hasSuffix("."))
            }
        }
    }

    @Test(arguments: [
        ("udp://239.1.2.3:9?loop=false&ttl=0", Endpoint.Use.connection),
        ("udp://host.example:9?loop=false", .connection),
        ("udp://127.0.0.1:9?reuse=exclusive", .connection),
        ("udp://127.0.0.1:9?reuse=loadBalanced&local=127.0.0.1:7", .connection),
        ("udp://:9?local=127.0.0.1", .mailbox), ("udp://127.0.0.1:9?local=127.0.0.1", .mailbox),
        ("udp://[::ffff:127.0.0.1]:9?local=127.0.0.1", .listener), ("udp://:9?ttl=0&loop=false", .mailbox),
        ("udp://[fe80::1]:9?interface=eth0", .recipient), ("udp://[ff02::1%eth0]:9", .recipient),
    ])
    func `an option that has a use is no error`(url: String, use: Endpoint.Use) throws {
        #expect(try Endpoint(url: url).refusal(for: use) == nil)
    }

    @Test(arguments: [
        ("udp://127.0.0.1:9?ttl=0", Endpoint.Use.connection, EndpointError.UselessOption.groupsOnly),
        ("udp://127.0.0.1:9?local=127.0.0.1:8", .mailbox, .hostIsLocal),
        ("udp://localhost:9?local=127.0.0.1", .listener, .hostIsLocal),
        ("udp://10.0.0.1:9?interface=eth0", .recipient, .mailboxDecides),
        ("udp://[fd00::1%eth0]:9", .recipient, .mailboxDecides),
    ])
    func `an option that depends on another is refused with the reason`(
        url: String,
        use: Endpoint.Use,
        reason: EndpointError.UselessOption
    ) throws {
        guard case .optionWithoutUse(_, use, reason)? = try Endpoint(url: url).refusal(for: use) else {
            Issue.record("\(url) is taken")
            return
        }
    }

    @Test func `a recipient may say what its mailbox says`() throws {
        let mailbox = try Endpoint(url: "udp://:0?interface=eth0&ttl=4")
        #expect(
            try Endpoint(url: "udp://10.0.0.1:9?interface=eth0&ttl=4").refusal(for: .recipient, by: mailbox)
                == nil
        )
        #expect(try Endpoint(url: "udp://[fd00::1%eth0]:9").refusal(for: .recipient, by: mailbox) == nil)
        #expect(try Endpoint(url: "udp://10.0.0.1:9?ttl=5").refusal(for: .recipient, by: mailbox) != nil)
        #expect(
            try Endpoint(url: "udp://10.0.0.1:9?interface=v0").refusal(for: .recipient, by: mailbox) != nil
        )
    }

    // MARK: Addresses

    @Test(arguments: [
        ("udp://[::ffff:127.0.0.1]:9", "udp://127.0.0.1:9"), ("tcp://[::ffff:7f00:1]:9", "tcp://127.0.0.1:9"),
        ("udp://[::ffff:239.1.2.3]:9", "udp://239.1.2.3:9"), ("udp://[::ffff:0.0.0.0]:9", "udp://0.0.0.0:9"),
        ("udp://:9?local=::ffff:127.0.0.1", "udp://:9?local=127.0.0.1"),
        ("udp://:9?local=[::ffff:127.0.0.1]:7", "udp://:9?local=127.0.0.1:7"),
        ("udp://232.1.2.3:9?source=::ffff:10.0.0.5", "udp://232.1.2.3:9?source=10.0.0.5"),
        ("udp://[fe80::1%25eth0]:9", "udp://[fe80::1%eth0]:9"),
        ("udp://[fe80::1%252]:9", "udp://[fe80::1%252]:9"),
        ("udp://[fe80::1%2525gs]:9", "udp://[fe80::1%2525gs]:9"),
        ("udp://:9?local=fe80::1%eth0", "udp://:9?local=%5Bfe80::1%25eth0%5D:0"),
        ("udp://:9?local=fe80::1%25eth0", "udp://:9?local=%5Bfe80::1%25eth0%5D:0"),
        ("udp://:9?local=%5Bfe80::1%25eth0%5D:7", "udp://:9?local=%5Bfe80::1%25eth0%5D:7"),
        ("udp://:9?local=fd00::1%252", "udp://:9?local=%5Bfd00::1%252%5D:0"),
    ])
    func `mapped addresses are IPv4 and zones are read in both spellings`(url: String, canonical: String)
        throws
    {
        let endpoint = try Endpoint(url: url)
        #expect(endpoint.description == canonical)
        #expect(try Endpoint(url: canonical) == endpoint)
        #expect(endpoint.unmapped == endpoint)
    }

    @Test func `an endpoint that was put together counts as the address that it stands for`() throws {
        let mapped = IPv6Address(mapping: IPv4Address(239, 1, 2, 3))
        let group = Endpoint(.udp, host: .ipv6(mapped, zone: nil), port: 9)
        #expect(group.isGroup && group.unmapped.host == .ipv4(IPv4Address(239, 1, 2, 3)))
        let all = Endpoint(.udp, host: .ipv6(IPv6Address(mapping: .broadcast), zone: nil), port: 9)
        #expect(all.isBroadcast)
    }

    @Test(arguments: ["udp://127.0.0.1%eth0:9", "udp://[::ffff:127.0.0.1%eth0]:9"])
    func `a zone of an IPv4 address is named as what it is`(url: String) {
        let error = #expect(throws: EndpointError.self) { try Endpoint(url: url) }
        #expect(error?.description.contains("which only IPv6 addresses have") == true)
    }
}
