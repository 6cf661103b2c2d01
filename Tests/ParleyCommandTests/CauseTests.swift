import Foundation
import Testing

/// What a user is told where errno alone says too little: in namespaces of their own, one break each.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct CauseTests {
    private static let hasNamespaces: Bool = {
        guard getuid() == 0,
            let outcome = try? Parley.shell(
                "unshare -n ip link add a1 type veth peer "
                    + "name a2"
            )
        else {
            return false
        }
        return outcome.status == 0
    }()
    private static let needsNamespaces: Comment = "needs root, unshare(1) and ip(8) with veth pairs"

    /// Two pairs, v0 with 10.0.0.1 and w0 with 10.0.1.1, whose far ends are there and answer nothing.
    private static let pairs = """
        ip link set lo up
        for n in v w; do ip link add ${n}0 type veth peer name ${n}1; ip link set ${n}0 up; ip link set ${n}1 up; done
        ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.1.1/24 dev w0
        """

    private func apart(_ lines: String, in folder: Folder? = nil) throws -> Parley.Outcome {
        try Parley.shell("unshare -n sh -c '\(Self.pairs)\n\(lines)'", in: folder)
    }

    /// Starts a receiver, waits until it is there, runs a line and ends the receiver.
    private func beside(_ receiver: String, _ line: String) throws -> Parley.Outcome {
        try apart(
            """
            parley receive \(receiver) 2>said >/dev/null & server=$!
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q " at " said && break; sleep 0.1
            done
            \(line)
            status=$?; kill $server; exit $status
            """,
            in: try Folder()
        )
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces), arguments: ["tcp", "udp"])
    func `a receiver bound to another interface is named with the interface that the question came by`(
        _ transport: String
    ) throws {
        for (address, device) in [("10.0.0.1", "v0"), ("127.0.0.1", "lo")] {
            let outcome = try beside(
                "\"\(transport)://:8086?interface=w0\"",
                "parley call \(transport)://\(address):8086 hello --timeout 5s"
            )
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("at [::]:8086, bound to w0, and the question came by \(device)"))
            #expect(outcome.errors.contains("Ask at \(transport)://10.0.1.1:8086"), "\(outcome.errors)")
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a tentative address is said to be tentative, and an interface that is down to be down`() throws {
        let running = try apart(
            """
            sysctl -qw net.ipv6.conf.v0.dad_transmits=60; ip addr add fd00::7/64 dev v0
            exec parley receive "tcp://[fd00::7]:8086"
            """
        )
        #expect(running.status == 4)
        #expect(
            running.errors.contains(
                "fd00::7 is an address of v0, and tentative: the link is being "
                    + "asked"
            )
        )
        let down = try apart(
            """
            ip link set w0 down; ip addr add fd01::7/64 dev w0; exec parley receive "tcp://[fd01::7]:8086"
            """
        )
        #expect(down.errors.contains("tentative: the interface is down"), "\(down.errors)")
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `an address that another host has is said to have failed duplicate detection`() throws {
        let outcome = try apart(
            """
            ip addr add fd04::5/64 dev w1 nodad; sleep 0.2; ip addr add fd04::5/64 dev w0
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
            ip addr show dev w0 | grep -q dadfailed && break; sleep 0.2; done; ip addr del fd04::5/64 dev w1
            exec parley receive "tcp://[fd04::5]:8086"
            """
        )
        #expect(
            outcome.errors.contains(
                "duplicate address detection failed "
                    + "(dadfailed)"
            ),
            "\(outcome.errors)"
        )
    }

    @Test(arguments: [("127.0.0.1", "[::1]"), ("[::1]", "127.0.0.1")], ["tcp", "udp"])
    func `a local address of the other family than the peer is named, whichever way round`(
        _ addresses: (local: String, remote: String),
        _ transport: String
    ) throws {
        for command in ["send", "call"] {
            let url = "\(transport)://\(addresses.remote):9?local=\(addresses.local)"
            let outcome = try Parley.run(command, url, "hello")
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("they never meet. Give both in one family"), "\(outcome.errors)")
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a loopback source for a peer elsewhere is named, by errno over IPv4 and by silence over IPv6`()
        throws
    {
        for line in [
            "send \"tcp://10.0.0.2:8086?local=127.0.0.1\" hello",
            "send "
                + "\"udp://10.0.0.2:8086?local=127.0.0.1\" hello",
            "call \"tcp://[fd00::2]:8086?local=[::1]\" hello --timeout 300ms",
            "call \"udp://[fd00::2]:8086?local=[::1]\" hello --timeout 300ms",
        ] {
            let outcome = try apart("ip addr add fd00::1/64 dev v0 nodad; exec parley \(line)")
            #expect(outcome.errors.contains("means something within this host alone"), "\(outcome.errors)")
            #expect(outcome.status == 3 || outcome.status == 2)
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `what is sent by a way on which nothing arrives is remarked on, though no operation fails`() throws {
        for (url, sentence) in [
            ("udp://[fd00::2]:9?local=[::1]", "means something within this host alone"),
            ("udp://10.0.0.2:9?interface=lo", "sends by lo, which leads to this host alone"),
            ("udp://127.0.0.1:9?interface=w0", "of its interface lo, and the socket sends by w0"),
            ("udp://10.0.0.1:9?interface=w0", "of its interface v0, and the socket sends by w0"),
        ] {
            let outcome = try apart("ip addr add fd00::1/64 dev v0 nodad; exec parley send \"\(url)\" hello")
            #expect(outcome.errors.contains(sentence), "\(url): \(outcome.errors)")
        }
        for url in ["udp://10.0.0.2:9?interface=v0", "udp://[fd00::2]:9?local=[fd00::1]"] {
            let outcome = try apart("ip addr add fd00::1/64 dev v0 nodad; exec parley send \"\(url)\" hello")
            #expect(outcome.errors == "", "\(url): \(outcome.errors)")
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces), arguments: ["tcp", "udp"])
    func `who named an interface by which no route leads is not advised to name one`(_ transport: String)
        throws
    {
        let outcome = try apart(
            "ip addr add fd00::1/64 dev v0 nodad; ip addr add fd01::1/64 dev w0 nodad; "
                + "exec parley call \"\(transport)://[fd00::2]:9?interface=w0\" hello --timeout 5s"
        )
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("by w0, which the socket keeps to; one leads there by v0"))
        #expect(!outcome.errors.contains("or name an interface"), "\(outcome.errors)")
    }

    @Test func `UDP and UDP-Lite have ports of their own, and each is told of the other`() throws {
        for (option, scheme, said) in [
            ("?lite=0", "", "by UDP-Lite, and nobody by UDP. Use udp:// with ?lite=0"),
            ("", "?lite=0", "by UDP, and nobody by UDP-Lite. Use udp:// without ?lite"),
        ] {
            let receiver = try Parley.start("receive", "udp://127.0.0.1:0\(option)")
            let port = try receiver.port()
            let outcome = try Parley.run("send", "udp://127.0.0.1:\(port)\(scheme)", "hello")
            receiver.signal(SIGTERM)
            _ = try receiver.outcome()
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains(said), "\(outcome.errors)")
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a group on an interface that is down is named with the line that brings it up, sent to or joined`()
        throws
    {
        for line in [
            "send \"udp://239.1.2.3:8089?interface=w0\" hello", "send \"udp://[ff02::1234%w0]:8089\" hello",
            "receive \"udp://239.1.2.3:8089?interface=w0\" --timeout 300ms",
            "receive \"udp://[ff02::1234]:8089?interface=w0\" --timeout 300ms",
        ] {
            let outcome = try apart("ip link set w0 down; exec parley \(line)")
            #expect(outcome.errors.contains("The interface w0, by which "), "\(outcome.errors)")
            #expect(outcome.errors.contains("is down. `ip link set w0 up`."))
        }
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a peer in the network of an interface that is down is told so`() throws {
        let outcome = try apart("ip link set w0 down; exec parley send tcp://10.0.1.2:8086 hello")
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("10.0.1.2 is in the network of w0 (10.0.1.1/24), which is down."))
    }

    @Test(
        .enabled(if: hasNamespaces, needsNamespaces),
        arguments: [("blackhole", "EINVAL"), ("prohibit", "EACCES"), ("unreachable", "EHOSTUNREACH")]
    )
    func `a route or rule that refuses is named, and how it is taken away`(_ type: String, _ code: String)
        throws
    {
        for network in ["10.7.0.0/16", "fd07::/64"] {
            let peer = network.contains(":") ? "[fd07::1]" : "10.7.0.1"
            let outcome = try apart("ip route add \(type) \(network); exec parley send udp://\(peer):9 hello")
            #expect(outcome.errors.contains("(\(code)). The route “\(type) \(network)”"), "\(outcome.errors)")
            #expect(outcome.errors.contains("route del \(type) \(network)`."))
        }
        let rule = try apart("ip rule add to 10.7.0.0/16 \(type); exec parley send tcp://10.7.0.1:9 hello")
        #expect(rule.errors.contains("The rule “to 10.7.0.0/16 \(type)” (priority "), "\(rule.errors)")
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a message too large for the way says its size, what fits, and whose word that is`() throws {
        let outcome = try apart(
            """
            ip link set v0 mtu 1400
            head -c 2000 /dev/zero | parley send "udp://10.0.0.2:9?mtudiscover=do" --as raw
            """
        )
        let words =
            "This message of 2000 bytes does not fit one packet on the way to 10.0.0.2, which "
            + "holds 1372"
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(
            outcome.errors.contains("the MTU of v0 is 1400")
                && outcome.errors.contains(
                    "forbids "
                        + "fragments"
                )
        )
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a half-open connection is named in ports, with what it waits for`() throws {
        guard try Parley.shell("command -v nft").status == 0 else { return print("skipped: no nft") }
        let outcome = try beside(
            "tcp://127.0.0.1:8086",
            """
            nft add table inet guard || { echo skipped >&2; kill $server; exit; }
            nft "add chain inet guard leaving { type filter hook output priority 0; }"
            nft "add rule inet guard leaving tcp dport 8086 tcp flags & (syn|ack) == ack drop"
            parley call tcp://127.0.0.1:8086 hello --timeout 5s -q & asked=$!
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.1
            parley ports --state new_syn_received 2>&1 | grep -q NEW_SYN && break; done
            parley ports 8086 --kind tcp --json; kill $asked
            """
        )
        guard !outcome.errors.contains("skipped") else { return print("skipped: no nftables here") }
        #expect(
            outcome.output.contains(
                "a half-open connection of the listener is in NEW_SYN_RECEIVED at "
                    + "127.0.0.1:8086"
            )
        )
        #expect(
            outcome.output.contains("the peer has not confirmed")
                && !outcome.output.contains(
                    "holds "
                        + "any more"
                )
        )
    }

    // MARK: Names

    @Test(arguments: [
        (["options", "udp", "--set", "SO_RCVBUFF=1"], "Did you mean SO_RCVBUF?"),
        (["receive", "udp://:8089?rcvbuff=1"], "Did you mean rcvbuf"),
        (["receive", "tpc://:8089"], "Did you mean tcp?"),
        (
            ["serve", "ecko", "tcp://:0"],
            "Did you mean "
                + "echo?"
        ),
        (["receive", "tcp://:0", "--framing", "lins"], "Did you mean lines?"),
        (["receive", "udp://:0", "--as", "jsn"], "Did you mean json?"),
        (["layout", "Extras/Examples/score/proto.h:msg_st", "--abi", "x86"], "Did you mean x86-64?"),
        (["decode", "--from", "hexx"], "Did you mean hex"),
        (
            ["ports", "--state", "establishd"],
            "Did you "
                + "mean established?"
        ),
        (["ports", "--kind", "tpc"], "Did you mean tcp"), (["families", "inte"], "Did you mean inet"),
        (["encode", "--as", "name:u8 math:u32", "nmae=1", "math=2"], "id you mean name?"),
    ])
    func `a misspelt name is answered with the nearest, at most five`(_ arguments: [String], _ hint: String)
        throws
    {
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        let outcome = try Parley.shell("parley \(words) </dev/null")
        #expect(outcome.status == 64 || outcome.status == 5)
        #expect(outcome.errors.contains(hint), "\(outcome.errors)")
        #expect(outcome.errors.utf8.count < 700, "\(outcome.errors)")
    }
}
