import Foundation
import Testing

@testable import ParleyCommand

/// `call --number` and `serve reply --number`: questions that survive loss.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct NumberedCallTests {
    private static let layout = "n:u16 a:u32"

    private func serve(_ more: String...) throws -> (server: Running, place: String) {
        let words = ["serve", "reply", "udp://127.0.0.1:0", "--as", Self.layout, "--number", "n"] + more
        let server = try Running(Parley.path, words)
        return (server, "udp://127.0.0.1:\(try server.port())")
    }

    private func call(_ place: String, _ more: String...) throws -> Parley.Outcome {
        try Running(Parley.path, ["call", place, "--as", Self.layout, "--number", "n"] + more).outcome()
    }

    @Test func `every question is answered where three of ten are lost each way, and none is run twice`()
        throws
    {
        let (server, place) = try serve("--lose", "30%", "--json")
        let outcome = try call(place, "--retry", "40", "--window", "16", "--count", "40", "--json", "a=7")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 40)
        #expect(lines.allSatisfy { $0.contains(#""a":7}"#) && $0.contains(#""tries":"#) })
        #expect(outcome.errors.contains(#""questions":40,"answers":40,"unanswered":0"#), "\(outcome.errors)")
        #expect(outcome.errors.contains(#""repeated":"#))
        server.signal(SIGINT)
        let summary = try server.outcome().errors
        let datagrams = try #require(summary.number(of: "datagrams"))
        #expect(datagrams - (summary.number(of: "remembered") ?? 0) == 40, "\(summary)")
        #expect(summary.number(of: "thrownAway") ?? 0 > 0)
    }

    @Test func `a question without an answer says how often it was sent, and which limit ended it`() throws {
        let (server, place) = try serve("--lose", "100%")
        let byTries = try call(place, "--retry", "0", "a=1")
        #expect(byTries.status == 2)
        #expect(
            byTries.errors.contains(
                "no answer in 1.0s, in which it was sent once, as often as --retry lets it"
            ),
            "\(byTries.errors)"
        )
        let byTime = try call(place, "--retry", "9", "--timeout", "300ms", "a=1")
        #expect(byTime.status == 2)
        #expect(
            byTime.errors.contains(/no answer in 3\d\dms, in which it was sent once: --timeout was over/),
            "\(byTime.errors)"
        )
        server.signal(SIGINT)
        #expect(try server.outcome().errors.contains("served 0 datagrams, lost 2 more on purpose"))
    }

    @Test func `an answer of a kind without a number is not sent, and the server says so once`() throws {
        let folder = try Folder()
        try folder.write(
            "k.h",
            "struct ping { unsigned char kind, seq; }; struct pong { unsigned char kind, x; };"
        )
        let words = ["udp://127.0.0.1:0", "--as", "k.h:kind{1=ping,2=pong}", "--number", "ping.seq"]
        let server = try Running(Parley.path, ["serve", "reply"] + words + ["pong.x=1"], folder: folder)
        let place = "udp://127.0.0.1:\(try server.port())"
        let asking = ["call", place] + words.dropFirst() + ["--retry", "1", "ping.seq=0"]
        let outcome = try Running(Parley.path, asking, folder: folder).outcome()
        #expect(outcome.status == 2, "\(outcome.errors)")
        server.signal(SIGINT)
        let errors = try server.outcome().errors
        #expect(errors.ranges(of: "an answer is of a kind that carries no number").count == 1, "\(errors)")
        #expect(errors.contains("1 of them came again and was not run again, could not send 1 answer"))
    }

    @Test func `a server that is not there yet is waited for`() throws {
        let socket = try Datagrams(port: 0)
        let port = socket.port
        socket.close()
        let caller = try Running(
            Parley.path,
            ["call", "udp://127.0.0.1:\(port)", "--as", Self.layout, "--number", "n", "--retry", "20", "a=3"]
        )
        Thread.sleep(forTimeInterval: 0.5)
        let server = try Running(
            Parley.path,
            ["serve", "reply", "udp://127.0.0.1:\(port)", "--as", Self.layout, "--number", "n", "a=4"]
        )
        let outcome = try caller.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("a  4"))
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test(arguments: [
        (["udp://127.0.0.1:9", "--retry", "3", "a=1"], "--retry needs --number FIELD"),
        (
            ["udp://127.0.0.1:9", "--number", "n", "--window", "0", "a=1"],
            "--window must be 1 to 1024, not 0"
        ),
        (["udp://127.0.0.1:9", "--number", "n", "--match", "n", "a=1"], "leave --match out"),
        (["tcp://127.0.0.1:9", "--number", "n", "a=1"], "tcp loses nothing"),
        (["udp://127.0.0.1:9", "--number", "x", "a=1"], "has no field x"),
        (["udp://127.0.0.1:9", "--number", "n", "--timeout", "0s", "a=1"], "--timeout"),
    ])
    func `what cannot be asked under numbers says what to write`(words: [String], sentence: String) throws {
        let outcome = try Running(Parley.path, ["call"] + words + ["--as", Self.layout]).outcome()
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    }

    @Test func `losing on purpose is for datagrams`() throws {
        let outcome = try Parley.run("serve", "echo", "tcp://127.0.0.1:0", "--lose", "3%")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--lose is for datagrams, and tcp loses none"))
        let bad = try Parley.run("serve", "echo", "udp://127.0.0.1:0", "--lose", "300%")
        #expect(bad.status == 64)
    }
}

extension String {
    /// The number of a member of the last object.
    fileprivate func number(of name: String) -> Int? {
        guard let start = range(of: "\"\(name)\":", options: .backwards)?.upperBound else { return nil }
        return Int(self[start...].prefix { $0.isNumber })
    }
}
