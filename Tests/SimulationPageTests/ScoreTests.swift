// swift-format-ignore-file
// docs/simulation.md and README.md: a test that a reader pastes. Tests/TidyTests finds each block here.

import Parley
import ParleySimulation
import Testing

@WireMessage
struct Score {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32
}

/// The server of your program: a point more for everybody.
func serveScores(at place: Endpoint) async throws {
    let inbox = try await Mailbox(Score.self, at: place)
    for try await letter in inbox {
        var score = letter.message
        score.math += 1
        try await inbox.reply(score, to: letter)
    }
}

/// The client of your program: asks again when no answer has come for a second.
func ask(_ score: Score, at server: String) async throws(ParleyError) -> Score {
    let outbox = try await Mailbox(Score.self, at: .udp)
    while true {
        do {
            return try await outbox.request(score, to: server, timeout: .seconds(1)).message
        } catch ParleyError.timedOut {}
    }
}

@Test func `a question is answered, although a third of all packets is lost`() async throws {
    try await SimulatedNetwork(seed: 7) { network in
        network.conditions.loss = .random(0.33)
        network.host("server").start { try await serveScores(at: .udp(port: 8089)) }
        try await network.host("client").run {
            let answer = try await ask(Score(name: "Trans", math: 83, chinese: 86), at: "server:8089")
            #expect(answer.math == 84)
        }
    }
}
