import ExampleMessages
import FaultInjection
import ParleyCore
import ParleyEventLoop
import ParleyTypes
import Testing

extension InjectedFaultTests {
    @Test func `an answer waits for room as long as it may, the next ones not until one has left`() async {
        await #expect(processExitsWith: .success) {
            for timeout in [Duration.zero, .milliseconds(20)] {
                let network = KernelNetwork()
                let inbox = try await NetworkEnvironment.$network.withValue(network) {
                    try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                }
                let journal = UnansweredJournal()
                // On a loop of its own, whose calls do not fail.
                let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let answering = Task {
                    await refusal {
                        try await inbox.respond(timeout: timeout, onUnanswered: journal.note) {
                            mark($0.message)
                        }
                    }
                }
                let first = try await outbox.request(score(0), to: inbox.localAddress, timeout: patience)
                require(first.message == marked(0), "\(first)")
                try await withTaskExecutorPreference(network.executor) {
                    try Fault(.sendmmsg, .wouldBlock).inject()
                }
                for number in 1...100 {
                    try await outbox.send(score(number), to: inbox.localAddress)
                    require(await eventually { inbox.statistics.unsent == number }, "\(number)")
                }
                let words = journal.words(of: outbox.localAddress)
                require(words == [String](repeating: "timed out", count: 100), "\(words)")
                require(inbox.statistics.sent == 1 && inbox.statistics.failed == 0, "\(inbox.statistics)")
                answering.cancel()
                require(await answering.value == .cancelled, "it ended otherwise")
            }
        }
    }

    @Test func `an answer that waits for room when the call ends is told of`() async {
        await #expect(processExitsWith: .success) {
            let network = KernelNetwork()
            let inbox = try await NetworkEnvironment.$network.withValue(network) {
                try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            }
            let journal = UnansweredJournal()
            let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let answering = Task {
                await refusal { try await inbox.respond(onUnanswered: journal.note) { mark($0.message) } }
            }
            _ = try await outbox.request(score(0), to: inbox.localAddress, timeout: patience)
            try await withTaskExecutorPreference(network.executor) {
                try Fault(.sendmmsg, .wouldBlock).inject()
            }
            try await outbox.send(score(1), to: inbox.localAddress)
            require(await eventually { inbox.statistics.received == 2 }, "\(inbox.statistics)")
            try await NetworkEnvironment.sleep(for: .milliseconds(50))
            require(inbox.statistics.unsent == 0, "it waits")
            answering.cancel()
            require(await answering.value == .cancelled, "it ended otherwise")
            require(journal.words(of: outbox.localAddress) == ["cancelled"], "it is told of")
            require(inbox.statistics.unsent == 1, "\(inbox.statistics)")
        }
    }
}
