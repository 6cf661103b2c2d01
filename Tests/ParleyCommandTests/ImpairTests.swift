import Foundation
import Testing

@testable import ParleyCommand

/// `impair`: a bad network between real programs.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct ImpairTests {
    private static let layout = "n:u16 a:u32"

    /// An impairment in front of a server, both as processes.
    private func impaired(_ words: [String]) throws -> (impairment: Running, server: Running, place: String) {
        let server = try Running(Parley.path, ["serve", "echo", "udp://127.0.0.1:0"])
        let target = "udp://127.0.0.1:\(try server.port())"
        let impairment = try Running(
            Parley.path,
            ["impair", "udp://127.0.0.1:0", "--to", target, "--json"] + words
        )
        return (impairment, server, "udp://127.0.0.1:\(try impairment.port())")
    }

    /// Questions through it, and what it says in the end.
    private func ask(_ words: [String], _ asking: [String]) throws -> (errors: String, summary: [String: Any])
    {
        let (impairment, server, place) = try impaired(words)
        let call = ["call", place, "--as", Self.layout, "--number", "n", "--json", "a=7"] + asking
        let outcome = try Running(Parley.path, call).outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        impairment.signal(SIGINT)
        let end = try impairment.outcome()
        #expect(end.status == 130)
        server.signal(SIGINT)
        _ = try server.outcome()
        let line = try #require(end.errors.split(separator: "\n").last)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return (outcome.errors, try #require(object as? [String: Any]))
    }

    private func way(_ name: String, _ summary: [String: Any]) throws -> [String: Int] {
        try #require(summary[name] as? [String: Int])
    }

    @Test func `without a fault all pass, both ways`() throws {
        let (_, summary) = try ask([], ["--count", "50"])
        for name in ["there", "back"] {
            let way = try way(name, summary)
            #expect(way["received"] == 50 && way["sent"] == 50 && way["dropped"] == 0)
        }
        #expect(summary["peers"] as? Int == 1)
    }

    @Test func `what is lost is asked again, and all is accounted for`() throws {
        let faults = ["--loss", "15%", "--duplicate", "20%", "--seed", "3"]
        let (errors, summary) = try ask(faults, ["--retry", "40", "--window", "30", "--count", "30"])
        #expect(errors.contains(#""questions":30,"answers":30"#), "\(errors)")
        for name in ["there", "back"] {
            let way = try way(name, summary)
            let (received, dropped) = (way["received"] ?? 0, way["dropped"] ?? 0)
            #expect(dropped > 0 && received > dropped && way["lost"] == dropped)
            #expect(way["sent"] == received - dropped - (way["inside"] ?? 0) + (way["copies"] ?? 0))
        }
    }

    @Test func `one way alone is bad that was named, and bytes are flipped where they may be`() throws {
        let (impairment, server, place) = try impaired(["--there", "corrupt=100%", "--back", "mtu=1500"])
        let outcome = try Running(
            Parley.path,
            ["call", place, "--as", "text", "--timeout", "20s", "AAAA"]
        ).outcome()
        let answer = outcome.output.trimmingCharacters(in: .newlines)
        #expect(outcome.status == 0 && answer != "AAAA" && !answer.isEmpty, "\(outcome.errors)")
        for process in [impairment, server] {
            process.signal(SIGINT)
            _ = try process.outcome()
        }
    }

    @Test(arguments: [
        (["--loss", "5"], "--loss 5: a share is 0% to 100%"),
        (["--loss", "101%"], "a share is 0% to 100%"),
        (["--burst", "3"], "add --loss 5%"),
        (["--loss", "5%", "--burst", "0"], "1 to 1000000"),
        (["--delay=-4ms"], "a time is 0 to 1h"),
        (["--jitter", "10ms"], "let --delay be as long at least"),
        (["--delay", "1s", "--jitter", "gauss:10ms"], "distributions are uniform, normal and pareto"),
        (["--rate", "0"], "more than 0"),
        (["--rate", "10/s"], "in bits a second"),
        (["--queue", "5"], "add --rate 2mbit"),
        (["--reorder", "5"], "perhaps a time"),
        (["--mtu", "5"], "28 to 65535"),
        (["--there", "lost=5%"], "the words are loss, burst, delay"),
        (["--back", "loss=5"], "--back loss 5: a share"),
        (["--peers", "0"], "1 to 65536"),
        (["--to", "tcp://127.0.0.1:9"], "impair passes datagrams on"),
    ])
    func `what cannot be is refused, and what can be is said`(words: [String], sentence: String) throws {
        var all = ["impair", "udp://127.0.0.1:0"] + words
        if !words.contains("--to") { all += ["--to", "udp://127.0.0.1:9"] }
        let outcome = try Running(Parley.path, all).outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    }
}
