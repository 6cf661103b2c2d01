import Foundation
import Testing

/// `call` over a connection, where a question cannot be sent: it ends at once and says why, although the peer is silent
/// and keeps the connection.
@Suite struct UnsentQuestionTests {
    private func ask(_ server: String, _ words: [String], input: String? = nil) throws -> Parley.Outcome {
        let place = "tcp://127.0.0.1:\(try freeStreamPort())"
        let serving = try Parley.start("serve", server, place)
        _ = try serving.waitForError("serving")
        defer { serving.signal(SIGTERM) }
        return try Running(Parley.path, ["call", place] + words, input: input).outcome()
    }

    @Test func `a message that does not fit ends the call`() throws {
        let refused = try ask("discard", ["--as", "n:u16", "n=70000"])
        #expect(refused.status == 5 || refused.status == 64)
        #expect(refused.errors.contains("70000"))
        let ended = try ask("discard", ["--as", "text", "--framing", "terminator:0x0a", "a\nb"])
        #expect(ended.status == 5, "\(ended.errors)")
    }

    @Test func `a line of JSON that does not fit ends it, after the answers to what was sent`() throws {
        let input = "{\"n\":1}\n{\"n\":2}\n{\"m\":3}\n"
        let silent = try ask("discard", ["--as", "n:u16", "-"], input: input)
        #expect(silent.status == 5, "\(silent.errors)")
        #expect(silent.errors.contains("m"))
        let answered = try ask("echo", ["--as", "n:u16", "--json", "-"], input: input)
        #expect(answered.status == 5, "\(answered.errors)")
        #expect(answered.output.split(separator: "\n").count == 2)
    }
}
