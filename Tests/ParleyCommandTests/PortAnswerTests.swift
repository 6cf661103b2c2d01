import Foundation
import Testing

/// `parley ports PORT`.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct PortAnswerTests {
    private static let isRoot = getuid() == 0

    private func rows(_ outcome: Parley.Outcome) -> [String: [String]] {
        var rows: [String: [String]] = [:]
        for line in outcome.lines {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            let cells =
                line.hasPrefix("  every address") ? Array(words.dropFirst(2)) : Array(words.dropFirst())
            rows[line.hasPrefix("  every address") ? "every" : first] = cells
        }
        return rows
    }

    @Test func `a free port says so, and yes to every policy`() throws {
        let port = try freeStreamPort()
        let outcome = try Parley.run("ports", "\(port)", "--kind", "tcp")
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("tcp port \(port) is free.\n"))
        #expect(rows(outcome)["127.0.0.1"] == ["yes", "yes", "yes"])
        #expect(!outcome.output.contains("\u{1b}["))
    }

    @Test func `a listener is named with its queue, and the verdict is what a bind then meets`() throws {
        let server = try Parley.start("receive", "tcp://127.0.0.1:0?backlog=7")
        let port = try server.port()
        let outcome = try Parley.run("ports", "\(port)", "--kind", "tcp")
        #expect(
            outcome.output.contains("listens\n  at 127.0.0.1:\(port)")
                || outcome.output.contains("listens at")
        )
        #expect(outcome.output.contains("Accept queue: 0 of 8 (listen(7) admits one more)."))
        #expect(outcome.output.contains("SYN cookies"))
        let rows = rows(outcome)
        #expect(rows["127.0.0.1"] == ["no", "(1)", "no", "(1)", "no", "(2)"], "\(outcome.output)")
        for (place, policy, status) in [
            ("127.0.0.1", "restartable", 4), ("127.0.0.1", "loadBalanced", 4), ("127.0.0.2", "exclusive", 2),
        ] {
            let judged = try Parley.run(
                "ports",
                "\(port)",
                "--kind",
                "tcp",
                "--address",
                place,
                "--reuse",
                policy
            )
            let bound = try Parley.run(
                "receive",
                "tcp://\(place):\(port)?reuse=\(policy)",
                "--timeout",
                "20ms"
            )
            #expect(bound.status == status)
            let cell = self.rows(judged)[place]?.first
            #expect(cell == (status == 4 ? "no" : "yes"), "\(judged.output)")
        }
    }

    @Test func `of several sockets the one that receives is named`() throws {
        let place = "udp://127.0.0.1:0?reuse=loadBalanced"
        let first = try Parley.start("receive", place)
        let port = try first.port()
        let second = try Parley.start("receive", "udp://127.0.0.1:\(port)?reuse=loadBalanced")
        try second.waitForError("receiving at")
        let outcome = try Parley.run("ports", "\(port)", "--kind", "udp")
        let flat = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(flat.contains("A datagram to 127.0.0.1: one of these, by a hash"), "\(flat)")
        #expect(rows(outcome)["127.0.0.1"]?.suffix(1) == ["yes"])
        #expect(flat.contains("SO_REUSEADDR off, SO_REUSEPORT on."))
        let json = try Parley.run("ports", "\(port)", "--kind", "udp", "--json")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
        #expect(line["schema"] as? String == "parley.port/1" && line["port"] as? Int == port)
        #expect((line["holders"] as? [Any])?.count == 2)
        let receivers = try #require(line["receivers"] as? [[String: Any]])
        #expect(receivers.first?["reception"] as? String == "spread")
        let binds = try #require(line["binds"] as? [[String: Any]])
        #expect(
            binds.contains { $0["verdict"] as? String == "fails" && $0["error"] as? String == "EADDRINUSE" }
        )
        #expect(
            json.output.hasPrefix(
                #"{"schema":"parley.port/1","port":\#(port),"kind":"udp","holders":[{"kind":"udp","#
                    + #""state":"UNCONNECTED","#
            )
        )
        // Nobody's datagrams were taken to find out.
        _ = try Parley.run("send", "udp://127.0.0.1:\(port)", "hello")
        let deadline = Date().addingTimeInterval(5)
        var isThere = false
        while !isThere, Date() < deadline {
            isThere = [first, second].contains { $0.outputText.contains("hello") }
            usleep(5000)
        }
        #expect(isThere)
    }

    @Test(.enabled(if: isRoot, "needs a user to become"))
    func `who is not root sees the state, and what only root may see is unknown`() throws {
        let folder = try Folder()
        let copy = folder.url.appending(path: "parley-copy").path
        try FileManager.default.copyItem(atPath: Parley.path, toPath: copy)
        unsafe chmod(folder.url.path, 0o755)
        let server = try Parley.start("receive", "tcp://127.0.0.1:0")
        let port = try server.port()
        let outcome = try Parley.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups '\(copy)' ports \(port) --kind tcp"
        )
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("SO_REUSEADDR unknown, SO_REUSEPORT unknown"), "\(outcome.output)")
        #expect(outcome.output.contains("A process of user root (which one cannot be seen without root)"))
    }

    @Test func `an endpoint's URL narrows the question`() throws {
        let outcome = try Parley.run("ports", "tcp://127.0.0.1:\(try freeStreamPort())?reuse=exclusive")
        #expect(rows(outcome)["127.0.0.1"] == ["yes"] && !outcome.output.contains("udp port"))
    }

    @Test func `what is wrong with a question is said with what is known`() throws {
        for (arguments, known) in [
            (["ports", "8086", "--reuse", "greedy"], "exclusive, restartable, loadBalanced, group"),
            (["ports", "8086", "--address", "here"], "127.0.0.1 or ::1"),
            (["ports", "8086", "--kind", "unix"], "tcp, udp, udplite"), (["ports", "0"], "from 1 to 65535"),
            (["ports", "--reuse", "exclusive"], "parley ports 8086"), (["ports", "unix:///x"], "port"),
        ] {
            let outcome = try Running(Parley.path, arguments).outcome()
            #expect(outcome.status == 64 && outcome.errors.contains(known), "\(arguments): \(outcome.errors)")
        }
    }
}
