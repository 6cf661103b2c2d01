import ParleyTypes
import Testing

@Suite struct FactoryTests {
    @Test func `an endpoint is the same by whichever name it is made`() {
        #expect(Endpoint.tcp(host: "server.example", port: 8086) == .tcp("server.example", 8086))
        #expect(Endpoint.tcp(host: "::1", port: 8086) == .tcp("::1", 8086))
        #expect(Endpoint.udp(host: "0.0.0.0", port: 8089) == .udp("0.0.0.0", 8089))
        #expect(
            Endpoint.udp(multicast: "239.1.2.3", port: 8089, on: "eth0", sources: ["10.0.0.5"])
                == .udp(group: "239.1.2.3", port: 8089, on: "eth0", sources: ["10.0.0.5"])
        )
        #expect(Endpoint.udp(multicast: "10.1.2.3", port: 1) == .udp(group: "10.1.2.3", port: 1))
        #expect(Endpoint.unix("/run/name.sock") == .unix(path: "/run/name.sock"))
        #expect(Endpoint.unixgram("name.sock") == .unixgram(path: "name.sock"))
        #expect(Endpoint.seqpacket("/run/name.sock") == .seqpacket(path: "/run/name.sock"))
    }

    @Test func `a place within this host that begins with an at sign is a name, as in URLs`() throws {
        #expect(Endpoint.unix("@name") == .unix(abstract: "name"))
        #expect(Endpoint.unixgram("@name") == .unixgram(abstract: "name"))
        #expect(Endpoint.seqpacket("@name") == .seqpacket(abstract: "name"))
        #expect(try Endpoint.unix("@name") == Endpoint(url: "unix://@name"))
        // With its label a path is a path.
        #expect(Endpoint.unix(path: "@name") != .unix("@name"))
    }

    @Test(arguments: ["/run/name.sock", "relative", "@name", "@a@b", "/with space/é"])
    func `a place within this host is written as URLs write it`(place: String) throws {
        for endpoint in [Endpoint.unix(place), .unixgram(place), .seqpacket(place)] {
            #expect(try Endpoint(url: endpoint.description) == endpoint)
        }
    }
}
