import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

@Suite(.bothGrounds) struct MailboxTests {
    @Test func `a letter arrives with its sender, and the answer finds the way back`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        let outbox = try await Mailbox(Score.self, at: .udp)
        let score = Score(name: "Trans", math: 83, chinese: 86)
        try await outbox.send(score, to: inbox.localAddress)
        let letter = try #require(try await inbox.next(timeout: patience))
        #expect(letter.message == score)
        #expect(letter.sender.port == outbox.localAddress.port)
        try await inbox.reply(Score(name: "Li", math: 1, chinese: 2), to: letter)
        let answer = try #require(try await outbox.next(timeout: patience))
        #expect(answer.message.name == "Li")
        #expect(answer.sender == inbox.localAddress)
    }

    @Test func `a connection carries messages both ways and ends with the peer`() async throws {
        let listener = try await Listener(Score.self, at: .tcp("127.0.0.1", 0))
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await listener.run { connection in
                    for try await score in connection.messages { try await connection.send(score) }
                }
            }
            let connection = try await Connection(
                Score.self,
                to: .tcp("127.0.0.1", listener.localAddress.port!),
                timeout: patience
            )
            for number in 0..<1000 {
                let score = Score(name: "Li", math: UInt32(number), chinese: 0)
                #expect(try await connection.request(score, timeout: patience) == score)
            }
            try connection.finishSending()
            #expect(try await connection.next(timeout: patience) == nil)
            listener.close()
            try await group.waitForAll()
        }
    }
}
