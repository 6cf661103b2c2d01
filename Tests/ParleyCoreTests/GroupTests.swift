import ExampleMessages
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Many at once: groups on lo, broadcast in a network of its own. Groups are shared by the whole host: one
/// test at a time.
@Suite(.serialized, .timeLimit(.minutes(5)), .bothGrounds) struct GroupTests {
    @Test func `every member of a group gets its copy, and a non-member nothing`() async throws {
        let first = try await Mailbox(Score.self, at: .udp(group: "239.255.78.1", port: 0, on: "lo"))
        let port = first.localAddress.port!
        let second = try await Mailbox(Score.self, at: .udp(group: "239.255.78.1", port: port, on: "lo"))
        let other = try await Mailbox(Score.self, at: .udp(group: "239.255.78.2", port: port, on: "lo"))
        let stranger = try await Mailbox(Score.self, at: .udp("127.0.0.1", port))
        var endpoint = Endpoint.udp
        endpoint.options.interface = "lo"
        let sender = try await Mailbox(Score.self, at: endpoint)
        for number in 0..<3 { try await sender.send(score(number), to: "239.255.78.1:\(port)") }
        for number in 0..<3 {
            let copy = try #require(try await first.next(timeout: patience))
            #expect(copy.message == score(number))
            #expect(copy.sender.port == sender.localAddress.port)
            #expect(try await second.next(timeout: patience)?.message == score(number))
        }
        // Lo delivers while it is sent: what has not come by now does not come.
        for bystander in [other, stranger] {
            #expect(
                await refusal { try await bystander.next(timeout: .milliseconds(50)) }
                    == .timedOut(.milliseconds(50))
            )
        }
    }

    @Test func `a question to a group is answered by a member, from its own address`() async throws {
        let member = try await Mailbox(Score.self, at: .udp(group: "239.255.78.3", port: 0, on: "lo"))
        let group = member.localAddress
        var endpoint = Endpoint.udp
        endpoint.options.interface = "lo"
        let asker = try await Mailbox(Score.self, at: endpoint)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                let question = try #require(try await member.next(timeout: patience))
                // The address to answer from, never the group's; the port is the group's and ours.
                #expect(question.recipient?.isMulticast == false)
                #expect(question.recipient?.port == group.port)
                try await member.reply(score(2), to: question)
            }
            let answer = try await asker.request(score(1), to: group, timeout: patience)
            #expect(answer.message == score(2))
            #expect(!answer.sender.isMulticast)
            #expect(answer.sender.port == group.port)
            try await tasks.waitForAll()
        }
    }

    @Test func `a member hears nothing that is addressed to its host alone`() async throws {
        let member = try await Mailbox(Score.self, at: .udp(group: "239.255.78.4", port: 0, on: "lo"))
        let port = member.localAddress.port!
        let owner = try await Mailbox(Score.self, at: .udp("127.0.0.1", port))
        try await owner.send(score(1), to: owner.localAddress)
        #expect(try await owner.next(timeout: patience)?.message == score(1))
        let limit = Duration.milliseconds(50)
        #expect(await refusal { try await member.next(timeout: limit) } == .timedOut(limit))
    }

    @Test func `broadcasting without having asked for it is refused with the remedy`() async throws {
        let sender = try await Mailbox(Score.self, at: .udp("0.0.0.0", 0))
        // Lo has a broadcast address; simulated hosts have the one of everybody.
        let everybody = Ground.isSimulated ? "255.255.255.255" : "127.255.255.255"
        guard
            case .socket(let error)? = await refusal({
                try await sender.send(score(1), to: "\(everybody):9")
            })
        else {
            Issue.record("it was sent")
            return
        }
        #expect(error.code == .permissionDenied)
        #expect(error.remedy.contains("broadcast=true"))
    }
}
