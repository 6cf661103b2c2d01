import Foundation
import ParleyTypes
import Testing

@testable import ParleyCommand

/// What is said again and again.
@Suite struct RemarkLedgerTests {
    private func instant(_ seconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(by: .seconds(seconds))
    }

    @Test func `a text is new once, then counted at growing distances and at the end`() {
        let ledger = RemarkLedger()
        #expect(ledger.note("a", at: instant(0)).isNew)
        var told: [Int: [RemarkLedger.Repetition]] = [:]
        for second in 1...100 {
            let (isNew, before) = ledger.note("a", at: instant(second))
            #expect(!isNew)
            if !before.isEmpty { told[second] = before }
        }
        #expect(
            told == [
                10: [.init(text: "a", count: 10)], 30: [.init(text: "a", count: 20)],
                70: [.init(text: "a", count: 40)],
            ]
        )
        #expect(ledger.takeUntold() == [.init(text: "a", count: 30)])
        #expect(ledger.takeUntold().isEmpty)
    }

    @Test func `texts that differ in a number are different remarks, told in the order of their first time`()
    {
        let ledger = RemarkLedger()
        for text in ["port 1", "port 2", "port 1", "port 3", "port 2", "port 1"] {
            _ = ledger.note(text, at: instant(0))
        }
        #expect(ledger.takeUntold() == [.init(text: "port 1", count: 2), .init(text: "port 2", count: 1)])
    }

    @Test func `however many texts there are, few are remembered, and no count is lost with a text`() {
        let ledger = RemarkLedger()
        var (said, counted) = (0, 0)
        var generator = SeededGenerator(seed: 12)
        let total = 20_000
        for _ in 0..<total {
            let number = Int.random(in: 0..<400, using: &generator)
            let long = String(repeating: "x", count: number.isMultiple(of: 2) ? 3 : 5000)
            let (isNew, before) = ledger.note("\(number) \(long)", at: instant(0))
            if isNew { said += 1 }
            #expect(before.count <= 1)
            counted += before.reduce(0) { $0 + $1.count }
        }
        let rest = ledger.takeUntold()
        #expect(rest.count <= RemarkLedger.textsMax)
        #expect(said + counted + rest.reduce(0) { $0 + $1.count } == total)
    }
}

/// The same, of the command.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct RepeatedRemarkTests {
    /// A hundred datagrams to a port where nobody is.
    private func send(_ arguments: String...) throws -> Parley.Outcome {
        let place = ["send", "udp://127.0.0.1:\(try freeDatagramPort())", "x"]
        return try Running(Parley.path, place + ["--count", "100", "--every", "1ms"] + arguments).outcome()
    }

    @Test func `a remark that is repeated a hundred times is one line and a count`() throws {
        let outcome = try send()
        let lines = outcome.errors.split(separator: "\n")
        #expect(outcome.status == 3)
        #expect(lines.count == 2, "\(outcome.errors)")
        #expect(lines[0].hasPrefix("parley: send 127.0.0.1:"), "\(lines[0])")
        let again = try #require(lines[1].firstMatch(of: /^parley: (\d+) times more: (.*)$/), "\(lines[1])")
        #expect("parley: \(again.2)" == lines[0])
        #expect(lines[0].contains("(ECONNREFUSED). Nobody receives on UDP port "), "its cause: \(lines[0])")
        #expect((Int(again.1) ?? 0) >= 90)
    }

    @Test func `with --json the count is a number of the same remark`() throws {
        let lines = try send("--json").errors.split(separator: "\n")
        #expect(lines.count == 2, "\(lines)")
        let again = lines[1].firstMatch(of: /^(.*),"repeated":(\d+)\}$/)
        #expect(again.map { $0.1 + "}" } == lines[0])
        #expect((again.flatMap { Int($0.2) } ?? 0) >= 90)
    }

    @Test func `with -v each is told, with -q none`() throws {
        let told = try send("-v").errors.split(separator: "\n").count { $0.contains("ECONNREFUSED") }
        #expect(told >= 90)
        #expect(try send("-q").errors.isEmpty)
    }

    @Test func `a signal ends it with the count before the summary`() throws {
        let place = "udp://127.0.0.1:\(try freeDatagramPort())"
        let sender = try Parley.start("send", place, "x", "--every", "1ms")
        try sender.waitForError("ECONNREFUSED")
        usleep(200_000)
        sender.signal(SIGINT)
        let lines = try sender.outcome().errors.split(separator: "\n")
        #expect(
            lines.count == 3 && lines[1].contains(" times more: ") && lines[2].contains("sent "),
            "\(lines)"
        )
    }
}
