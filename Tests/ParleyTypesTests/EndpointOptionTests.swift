import ParleyTypes
import Testing

/// The options of connections and groups, as text and typed.
@Suite struct EndpointOptionTests {
    @Test(arguments: [
        "udp://232.1.2.3:8089?interface=eth0&source=10.0.0.5,10.0.0.6",
        "udp://[ff35::1%eth0]:8089?source=fd00::1,fe80::2", "udp://232.1.2.3:1?interface=fd00::1",
        "udp://:1?ttl=0&dscp=ef", "udp://:1?dscp=47",
        "tcp://host.example:1?nodelay=true&linger=0s&keepalive=30s/10s/3&usertimeout=500ms&dscp=af41",
        "tcp://:1?keepalive=false", "tcp://:1?keepalive=true", "tcp://:1?keepalive=30s//3",
        "tcp://:1?keepalive=/10s", "tcp://:1?linger=2m&usertimeout=1h",
        "udp://:1?timestamps=true", "udp://:1?timestamps=false",
    ])
    func aURLInCanonicalSpellingComesBackAsItWas(text: String) throws {
        let endpoint = try Endpoint(url: text)
        #expect(endpoint.description == text)
        #expect(try Endpoint(url: endpoint.description) == endpoint)
    }

    @Test func everyOptionArrivesTyped() throws {
        let options = try Endpoint(
            url: "tcp://:1?linger=0&keepalive=90/1500ms/3&usertimeout=2m&dscp=AF41&nodelay"
        ).options
        #expect(options.linger == .zero)
        #expect(options.keepAlive == KeepAlive(after: .seconds(90), every: .milliseconds(1500), count: 3))
        #expect(options.userTimeout == .seconds(120))
        #expect(options.trafficClass == .assured(4, drop: 1))
        #expect(options.noDelay == true)
        #expect(try Endpoint(url: "udp://:1?timestamps").options.reportsArrivalTime == true)
        let group = try Endpoint(url: "udp://[ff35::1]:1?source=fd00::1,[fd00::2],fd00::1")
        #expect(group == .udp(group: "ff35::1", port: 1, sources: ["fd00::1", "fd00::2"]))
    }

    @Test(arguments: [
        ("udp://232.1.2.3:1?source=", EndpointError.invalidOption(.source, value: "")),
        ("udp://232.1.2.3:1?source=host", .invalidOption(.source, value: "host")),
        ("udp://232.1.2.3:1?source=10.0.0.1,", .invalidOption(.source, value: "10.0.0.1,")),
        ("udp://232.1.2.3:1?source=239.0.0.1", .invalidOption(.source, value: "239.0.0.1")),
        ("tcp://:1?source=10.0.0.1", .optionDoesNotApply(.source, .tcp)),
        ("udp://:1?keepalive=30s", .optionDoesNotApply(.keepalive, .udp)),
        ("unix:a?linger=0", .optionDoesNotApply(.linger, .unix)),
        ("unix:a?usertimeout=1s", .optionDoesNotApply(.usertimeout, .unix)),
        ("tcp://:1?timestamps", .optionDoesNotApply(.timestamps, .tcp)),
        ("unixgram:a?timestamps", .optionDoesNotApply(.timestamps, .unixgram)),
        ("udp://:1?timestamps=1s", .invalidOption(.timestamps, value: "1s")),
        ("tcp://:1?ttl=0", .invalidOption(.ttl, value: "0")),
        ("tcp://:1?linger=-1", .invalidOption(.linger, value: "-1")),
        ("tcp://:1?linger=1.5s", .invalidOption(.linger, value: "1.5s")),
        ("tcp://:1?linger=9999999999h", .invalidOption(.linger, value: "9999999999h")),
        ("tcp://:1?keepalive=never", .invalidOption(.keepalive, value: "never")),
        ("tcp://:1?keepalive=0s/1s", .invalidOption(.keepalive, value: "0s/1s")),
        ("tcp://:1?keepalive=32768s", .invalidOption(.keepalive, value: "32768s")),
        ("tcp://:1?keepalive=1s/1s/128", .invalidOption(.keepalive, value: "1s/1s/128")),
        ("tcp://:1?keepalive=1s/1s/1/1", .invalidOption(.keepalive, value: "1s/1s/1/1")),
        ("tcp://:1?usertimeout=10q", .invalidOption(.usertimeout, value: "10q")),
        ("tcp://:1?usertimeout=", .invalidOption(.usertimeout, value: "")),
        ("tcp://:1?dscp=64", .invalidOption(.dscp, value: "64")),
        ("tcp://:1?dscp=af44", .invalidOption(.dscp, value: "af44")),
    ])
    func whatDoesNotFitIsATypedErrorThatSaysWhatToWrite(text: String, expected: EndpointError) {
        #expect(throws: expected) { try Endpoint(url: text) }
        #expect(expected.description.hasSuffix("."))
    }

    @Test func anOptionOfAnotherTransportIsAnsweredWithTheKnownOnes() {
        #expect(
            EndpointError.optionDoesNotApply(.linger, .udp).description.hasSuffix(
                "it knows interface, ttl, broadcast, loop, rcvbuf, sndbuf, local, reuse, source, dscp, lite, "
                    + "timestamps, loops."
            )
        )
        #expect(
            EndpointError.optionDoesNotApply(.source, .tcp).description.hasSuffix(
                "reuse, linger, keepalive, usertimeout, dscp, multipath, loops."
            )
        )
    }

    @Test func trafficClassesHaveTheNumbersOfTheirRFCs() throws {
        #expect(TrafficClass("ef")?.rawValue == 46)
        #expect(TrafficClass("le")?.rawValue == 1)
        #expect(TrafficClass("cs1")?.rawValue == 8)
        #expect(TrafficClass("af11")?.rawValue == 10)
        #expect(TrafficClass("af43")?.rawValue == 38)
        #expect(TrafficClass.assured(5, drop: 1) == nil && TrafficClass.selector(8) == nil)
        for number in 0..<64 as Range<UInt8> {
            let value = try #require(TrafficClass(rawValue: number))
            #expect(TrafficClass(value.description) == value)
        }
        #expect(TrafficClass(rawValue: 64) == nil)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func bytesFromOutsideNeverTrapAndWhatIsReadComesBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let keys = ["source", "linger", "keepalive", "usertimeout", "dscp", "interface", "ttl"]
        let alphabet = Array("0123456789smhfac.:/,[]% ".utf8)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...14, using: &generator)
            let value = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
            let key = keys.randomElement(using: &generator)!
            let scheme = ["udp", "tcp"].randomElement(using: &generator)!
            let text = "\(scheme)://:1?\(key)=" + String(decoding: value, as: UTF8.self)
            guard let endpoint = try? Endpoint(url: text) else { continue }
            #expect(try Endpoint(url: endpoint.description) == endpoint, "seed \(seed): \(text)")
        }
    }
}
