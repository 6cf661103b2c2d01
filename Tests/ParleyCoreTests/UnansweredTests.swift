import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Letters whose answers do not leave.
@Suite(.timeLimit(.minutes(5))) struct UnansweredTests {
    @Test(arguments: [false, true])
    func `who has no answer because of a throw is told of`(_ later: Bool) async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let journal = UnansweredJournal()
        let answer: @Sendable (Letter<Score>) throws -> Score? = { letter in
            if letter.message.math == 13 { throw ClosureMishap() }
            return letter.message.math == 14 ? nil : mark(letter.message)
        }
        let answering = Task {
            if later {
                try await inbox.respond(onUnanswered: journal.note) { letter async throws in
                    try answer(letter)
                }
            } else {
                try await inbox.respond(onUnanswered: journal.note, answer)
            }
        }
        let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        for number in [13, 14, 15, 13, 16] { try await outbox.send(score(number), to: inbox.localAddress) }
        for number in [15, 16] {
            #expect(try await outbox.next(timeout: patience)?.message == marked(number))
        }
        inbox.close()
        try await answering.value
        #expect(journal.words(of: outbox.localAddress) == ["ClosureMishap", "ClosureMishap"])
        #expect(inbox.statistics.failed == 2)
    }

    @Test(arguments: [false, true])
    func `each answer that its recipient has no room for is told of once`(_ later: Bool) async throws {
        let inbox = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        let journal = UnansweredJournal()
        let answering = Task {
            if later {
                try await inbox.respond(timeout: .zero, onUnanswered: journal.note) { letter async in
                    mark(letter.message)
                }
            } else {
                try await inbox.respond(onUnanswered: journal.note) { mark($0.message) }
            }
        }
        let deaf = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        let other = try await Mailbox(Score.self, at: .unixgram(abstract: Fresh.name))
        for number in 0..<500 {
            try await deaf.send(score(number), to: inbox.localAddress, timeout: patience)
        }
        let answer = try await other.request(score(1), to: inbox.localAddress, timeout: patience)
        #expect(answer.message == marked(1))
        #expect(await eventually { inbox.statistics.sent + inbox.statistics.unsent == 501 })
        inbox.close()
        try await answering.value
        let words = journal.words(of: deaf.localAddress)
        #expect(words.count == inbox.statistics.unsent && !words.isEmpty)
        #expect(words.allSatisfy { $0 == "timed out" })
        #expect(journal.words(of: other.localAddress).isEmpty)
        #expect(inbox.statistics.failed == 0)
    }
}
