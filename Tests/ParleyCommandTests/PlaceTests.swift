import Foundation
import Testing

/// Where: families, interfaces, zones, and what an endpoint lacks or cannot obey.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct PlaceTests {
    @Test(arguments: [
        ("0.0.0.0", "//0.0.0.0:", "(IPv4 only)"), ("[::]", "//[::]:", "(IPv6 only)"),
        ("", "//:", "(IPv4 and IPv6)"), ("[::ffff:0.0.0.0]", "//0.0.0.0:", "(IPv4 only)"),
        ("127.0.0.1", "//127.0.0.1:", ""),
    ])
    func `the first line says which families every local address means`(
        host: String,
        place: String,
        families: String
    ) throws {
        for words in [
            ["receive", "udp:"], ["receive", "tcp:"], ["serve", "echo", "udp:"], ["serve", "echo", "tcp:"],
        ] {
            let url = "\(words.last!)//\(host):0"
            let running = try Running(Parley.path, words.dropLast() + [url])
            let line = try running.waitForError("\n")
            running.signal(SIGTERM)
            #expect(line.contains(" at \(words.last!)\(place)"), "\(line)")
            let end = families.isEmpty ? "" : " \(families)"
            #expect(line.prefix { $0 != "\n" }.contains(/:[0-9]+/) && line.contains("\(end)\n"), "\(line)")
            #expect(line.contains("IPv") != families.isEmpty, "\(line)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, for a network of its own"))
    func `the first line says which interface a group was joined on, and which was named`() throws {
        let receive = { (url: String) in "parley receive '\(url)' --timeout 10ms;" }
        let outcome = try Parley.shell(
            "unshare -n sh -c \"ip link set lo up; ip route add 224.0.0.0/4 dev lo; \(receive("udp://239.1.2.3:0")) "
                + "\(receive("udp://239.1.2.3:0?interface=1")) \(receive("udp://[::1%lo]:0")) "
                + "\(receive("udp://:0?interface=lo"))\""
        )
        let lines = outcome.errors.split(separator: "\n").filter { $0.contains("receiving at") }
        #expect(lines.count == 4, "\(outcome.errors)")
        #expect(lines.first?.hasSuffix("(on lo, by the routing table)") == true, "\(outcome.errors)")
        for line in lines.dropFirst().prefix(2) { #expect(line.hasSuffix("(on lo)"), "\(outcome.errors)") }
        #expect(lines.last?.hasSuffix("(IPv4 and IPv6, on lo)") == true, "\(outcome.errors)")
    }

    @Test(arguments: ["send", "call"], ["udp", "tcp"])
    func `a destination without a port or a host is wrong usage, with an example`(
        verb: String,
        transport: String
    ) throws {
        for (url, example) in [
            ("\(transport)://127.0.0.1", "as in \(transport)://127.0.0.1:8089"),
            ("\(transport)://localhost:0", "as in \(transport)://localhost:8089"),
            ("\(transport)://:9000", "as in \(transport)://127.0.0.1:9000"),
            ("\(transport)://", "as in \(transport)://127.0.0.1:8089"),
        ] {
            let outcome = try Parley.run(verb, url, "hello")
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(example), "\(outcome.errors)")
        }
    }

    @Test func `an IPv4-mapped address is the IPv4 address, for whoever sends, serves and asks`() throws {
        let receiver = try Parley.start(
            "receive",
            "udp://[::ffff:127.0.0.1]:0",
            "--count",
            "1",
            "--as",
            "lines"
        )
        let port = try receiver.port()
        #expect(
            try Parley.run("send", "udp://[::ffff:127.0.0.1]:\(port)", "--local", "::ffff:127.0.0.5", "hi")
                .status == 0
        )
        let outcome = try receiver.outcome()
        #expect(
            outcome.status == 0 && outcome.output.contains("127.0.0.5"),
            "\(outcome.output)\(outcome.errors)"
        )
        for transport in ["udp", "tcp"] {
            let server = try Parley.start(
                "serve",
                "echo",
                "\(transport)://[::ffff:127.0.0.1]:0",
                "--per-peer",
                "1"
            )
            let url = "\(transport)://[::ffff:127.0.0.1]:\(try server.port())"
            let answer = try Parley.run("call", url, "--as", "lines", "--count", "1", "hello")
            #expect(answer.status == 0 && answer.output.contains("hello"), "\(answer.errors)")
            let ports = try Parley.run("ports", url)
            #expect(
                ports.status == 0 && ports.output.contains(/127\.0\.0\.1 +no/),
                "\(ports.output)\(ports.errors)"
            )
        }
    }

    @Test(arguments: [
        ["send", "udp://[fe80::1%nosuch0]:9", "x"], ["send", "udp://[fe80::1%25nosuch0]:9", "x"],
        ["send", "udp://[fe80::1]:9?interface=nosuch0", "x"],
        ["send", "udp://127.0.0.1:9?interface=99999", "x"],
        ["send", "udp://[::1]:9", "--local", "fe80::1%nosuch0", "x"],
        ["call", "tcp://[fe80::1%99999]:9", "x"],
        ["receive", "udp://[fe80::1%nosuch0]:0"], ["receive", "tcp://:0?interface=nosuch0"],
        ["ports", "udp://[fe80::1%nosuch0]:9"], ["ports", "tcp://:9?interface=99999"],
        ["ports", "9", "--address", "fe80::1%nosuch0"],
    ])
    func `an interface that there is not is answered with those that there are, wherever it stands`(
        words: [String]
    ) throws {
        let outcome = try Running(Parley.path, words).outcome()
        #expect(outcome.status == 4)
        #expect(outcome.errors.contains(/(nosuch0|99999) \(this host has (1 )?lo/), "\(outcome.errors)")
    }

    @Test(arguments: [
        (["send", "tcp://127.0.0.1:9?backlog=3", "x"], "backlog has no use for a connection"),
        (["call", "udp://127.0.0.1:9?timestamps", "x"], "timestamps has no use"),
        (["send", "udp://127.0.0.1:9?loop=false", "x"], "this is one host"),
        (["receive", "udp://127.0.0.1:0?local=127.0.0.2"], "write one of the two"),
        (["ports", "udp://127.0.0.1:9?local=127.0.0.2"], "write one of the two"),
        (["send", "udp://127.0.0.1%lo:9", "x"], "which only IPv6 addresses have"),
    ])
    func `what could not be obeyed is refused with the reason`(words: [String], reason: String) throws {
        let outcome = try Running(Parley.path, words).outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }

    @Test func `who sends nothing remarks on options of sending`() throws {
        let outcome = try Parley.run("receive", "udp://127.0.0.1:0?ttl=4&loop=false", "--timeout", "10ms")
        #expect(outcome.errors.contains("ttl, loop: for who sends datagrams"), "\(outcome.errors)")
        let server = try Parley.start("serve", "echo", "udp://127.0.0.1:0?timestamps=true&ttl=4")
        let text = try server.waitForError("serving echo")
        #expect(text.contains("timestamps: serve shows no messages") && !text.contains("ttl"), "\(text)")
    }
}
