import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Options of the system in URLs: from text to the kernel and back.
@Suite(.serialized) struct SettingTests {
    /// What cannot stand in a URL that is to be opened, and why.
    private static let unopenable: [String: String] = [
        "TCP_REPAIR": "connects without the peer",
        "IPV6_V6ONLY": "the host decides it",
        "TCP_QUICKACK": "listen begins it anew; connections get it when they are accepted",
    ]

    private static let places: [(transport: Transport, kind: SocketOption.Kind, place: String)] = [
        (.tcp, .tcp, "//127.0.0.1:0"), (.tcp, .tcp6, "//[::1]:0"), (.udp, .udp, "//127.0.0.1:0"),
        (.udp, .udp6, "//[::1]:0"), (.unix, .unix, "//@"), (.unixgram, .unixgram, "//@"),
        (.seqpacket, .seqpacket, "//@"),
    ]

    @Test(arguments: places.indices)
    func `every key works in a URL`(index: Int) throws {
        let (transport, kind, place) = Self.places[index]
        for option in SocketOption.options(of: [kind]) where option.isSettable {
            if Self.unopenable[option.name] != nil || OptionException.toSetting(option, on: kind) != nil {
                continue
            }
            if geteuid() != 0, option.right != nil { continue }
            let fresh = option.access == .readWrite ? try Socket(kind).text(of: option) : ""
            let sample = OptionSample(option, on: kind, insteadOf: fresh)
            let name =
                place.hasSuffix("@") ? place + "parley-\(getpid())-\(option.key)" : place
            let isOwn = Endpoint.Option(rawValue: option.key) != nil
            for key in isOwn ? [option.name] : [option.key, option.name] {
                let text = "\(transport):\(name)?\(key)=\(sample.text)"
                let endpoint = try Endpoint(url: text)
                #expect(try Endpoint(url: endpoint.description) == endpoint, "\(text)")
                let setting = try #require(endpoint.options.settings.first)
                #expect(setting.option == option)
                do {
                    let socket =
                        transport.isConnectionOriented ? try listener(text) : try datagram(text)
                    guard option.access == .readWrite else { continue }
                    #expect(try socket.text(of: option) == sample.reads, "\(text)")
                } catch let error as SocketError {
                    let isNewer = option.since != nil
                    let codes: [ErrorCode] = [.protocolOptionUnavailable, .operationNotSupported]
                    guard isNewer, codes.contains(error.code) else {
                        Issue.record("\(text): \(error)")
                        continue
                    }
                    print("lacking here: \(option.name)")
                }
            }
        }
    }

    @Test func `an IPv6 socket gets both families' option by one key`() throws {
        let socket = try datagram("udp://:0?recvttl&mtudiscover=do&tos=8")
        #expect(try socket.reportsTimeToLive)
        #expect(try socket.pathDiscovery == .never)
        #expect(try socket.typeOfService == 8)
        for name in ["IP_RECVTTL", "IPV6_RECVHOPLIMIT"] {
            #expect(try socket.text(of: #require(SocketOption.find(name))) == "1")
        }
    }

    @Test func `a connecting socket has what its URL says`() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(
            to: server.localAddress,
            as: "tcp://:0?congestion=reno&SO_PRIORITY=5&syncnt=2"
        )
        #expect(try client.congestionControl == "reno")
        #expect(try client.priority == 5)
        #expect(try client.handshakeRetries == 2)
    }

    @Test(arguments: [
        ("udp://:1?recverr=2", "recverr"), ("tcp://:1?congestion=", "congestion"),
        ("tcp://:1?syncnt=0", "syncnt"),
        ("tcp://:1?syncnt=128", "syncnt"), ("udp://:1?mtudiscover=maybe", "mtudiscover"),
        ("udp://:1?localportrange=9-8", "localportrange"), ("udp://:1?mark=-1", "mark"),
        ("udp://:1?mark=4294967296", "mark"), ("udp://:1?options=0", "options"),
        ("udp://:1?options=0g", "options"),
        ("tcp://:1?txdelay=99999999999999999999s", "txdelay"), ("udp://:1?txtime=1", "txtime"),
        ("udp://:1?SO_LINGER=-1", "linger"), ("udp://:1?bindtodevice=a%20b", "bindtodevice"),
    ])
    func `a value that does not fit is refused with what would`(text: String, key: String) throws {
        let option = try #require(SocketOption.find(key, in: [.udp, .tcp]))
        let error = #expect(throws: EndpointError.self) { try Endpoint(url: text) }
        guard case .invalidSetting(option, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(try #require(error))".contains("it must be"))
    }

    @Test func `what a URL cannot set is a typed error`() throws {
        #expect(throws: EndpointError.unknownOption("nonsense", .tcp)) {
            try Endpoint(url: "tcp://:1?nonsense=1")
        }
        let mark = try #require(SocketOption.find("mark"))
        #expect(throws: EndpointError.repeatedSetting(mark)) {
            try Endpoint(url: "tcp://:1?mark=1&SO_MARK=1")
        }
        let type = try #require(SocketOption.find("SO_TYPE"))
        #expect(throws: EndpointError.settingIsReadOnly(type)) { try Endpoint(url: "tcp://:1?SO_TYPE=1") }
        let quick = try #require(SocketOption.find("TCP_QUICKACK"))
        #expect(throws: EndpointError.settingDoesNotApply(quick, .udp)) {
            try Endpoint(url: "udp://:1?quickack")
        }
        for transport in Transport.known where !transport.isInherited {
            let text = EndpointError.unknownOption("x", transport).description
            #expect(text.contains("`parley options \(transport)` lists those of the kernel."))
        }
        #expect(EndpointError.settingIsReadOnly(type).description.contains("parley options SO_TYPE"))
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: needs root to give it up"))
    func `a missing right is named`() throws {
        let option = try #require(SocketOption.find("SO_MARK"))
        let error = SocketError(.option, .notPermitted, subject: option.name)
        #expect(
            error.remedy == "Setting it needs CAP_NET_ADMIN or CAP_NET_RAW: run as root or give the program "
                + "that capability."
        )
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `text from outside never traps, and what is read comes back`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("0123456789abcdefmskKMG-/.% ".utf8)
        let options = SocketOption.settable(by: .udp) + SocketOption.settable(by: .tcp)
        for _ in 0..<3000 {
            let option = options.randomElement(using: &generator)!
            let count = Int.random(in: 0...22, using: &generator)
            let value = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
            let scheme = option.kinds.contains(.udp) ? "udp" : "tcp"
            let text = "\(scheme)://:1?\(option.name)=" + String(decoding: value, as: UTF8.self)
            guard let endpoint = try? Endpoint(url: text) else { continue }
            #expect(try Endpoint(url: endpoint.description) == endpoint, "seed \(seed): \(text)")
        }
    }
}
