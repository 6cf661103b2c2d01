import ParleyTypes
import Testing

@Suite struct NearestTests {
    private let names = [
        "rcvbuf", "sndbuf", "rcvbufforce", "sndbufforce", "rcvlowat", "ttl", "tos", "mark", "local", "loop",
        "loops",
        "broadcast", "interface", "reuse", "source", "dscp", "lite",
    ]

    @Test
    func `a word written almost like a name is answered with the nearest, at most five, and where all are`() {
        #expect(Nearest.names(to: "rcvbuff", among: names) == ["rcvbuf"])
        #expect(
            Nearest.hint(for: "rcvbuff", among: names, listedBy: "parley options udp")
                == "Did you mean rcvbuf? `parley options udp` lists them."
        )
        let many = (0..<50).map { "option\($0)" }
        #expect(Nearest.names(to: "optoin1", among: many).count == 5)
    }

    @Test func `a word that begins names is near to them, the shortest first`() {
        #expect(
            Nearest.names(to: "x86", among: ["x86-64", "x86-64-long", "arm32"]) == ["x86-64", "x86-64-long"]
        )
    }

    @Test func `where nothing is near, few names are listed and many are left to the command`() {
        #expect(Nearest.hint(for: "zzz", among: ["tcp", "udp"]) == "Known are: tcp, udp.")
        #expect(
            Nearest.hint(for: "zzzzz", among: names, listedBy: "parley list") == "`parley list` lists them."
        )
        #expect(Nearest.hint(for: "zzzzz", among: names).hasSuffix("and 12 more."))
    }

    @Test func `an unknown option or transport of a URL names the nearest and not two hundred others`() {
        let option = EndpointError.unknownOption("rcvbuff", .udp).description
        #expect(option.hasPrefix("“rcvbuff” is no option of udp. Did you mean rcvbuf"))
        #expect(option.contains("`parley options udp`") && !option.contains("wifistatus"))
        #expect(option.utf8.count < 200)
        // One of another transport is told as that.
        let other = EndpointError.unknownOption("nodealy", .udp).description
        #expect(other.contains("Did you mean nodelay? It is an option of tcp."))
        #expect(EndpointError.unknownScheme("tpc").description == "“tpc” is no transport. Did you mean tcp?")
        #expect(EndpointError.unknownScheme("gopher").description.contains("begin with udp"))
    }
}
