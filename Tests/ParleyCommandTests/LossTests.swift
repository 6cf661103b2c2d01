import Foundation
import Testing

/// What a receiver says about datagrams beside what they hold: when they came, and how many never did.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct LossTests {
    /// A receiver that stands still, longer than it would wait, meets more than its queue holds.
    private func overrun(_ arguments: String...) throws -> Parley.Outcome {
        let receiver = try Running(
            Parley.path,
            ["receive", "udp://127.0.0.1:0?rcvbuf=4K", "--as", "lines", "--timeout", "1s"] + arguments
        )
        let port = try receiver.port()
        receiver.signal(SIGSTOP)
        let lines = (1...300).map { "line \($0)\n" }.joined()
        // It looks for losses once a second. What has come is no less there when the time to wait is over.
        usleep(1_100_000)
        let sent = try Parley.run("send", "udp://127.0.0.1:\(port)", "--as", "lines", "-", input: lines)
        receiver.signal(SIGCONT)
        #expect(sent.status == 0, "\(sent.errors)")
        return try receiver.outcome()
    }

    @Test func `what the system lost to a full queue is remarked on and stands in the summary`() throws {
        let outcome = try overrun()
        let told = outcome.errors.firstMatch(
            of: /(\d+) messages from 1 peer in .*, at least (\d+) datagrams lost to a/
        )
        let (came, lost) = try #require(told.map { (Int($0.1), Int($0.2)) }, "\(outcome.errors)")
        #expect(came == outcome.lines.count)
        #expect(
            outcome.errors.contains(
                /parley: at least \d+ datagrams lost to a full receive queue: they come faster/
            ),
            "\(outcome.errors)"
        )
        #expect((came ?? 0) + (lost ?? 0) == 300, "\(outcome.errors)")
    }

    @Test func `the summary is not left out when something was lost, and is an object with --json`() throws {
        let outcome = try overrun("--count", "1", "--json")
        #expect(outcome.status == 0)
        let line = outcome.errors.split(separator: "\n").last { $0.contains("parley.note/1") }
        let note =
            #/\{"schema":"parley\.note/1","note":"1\ message\ from\ .*,\ at\ least\ \d+\ datagrams\ lost\ to\ a\ full\ queue","messages":1,"bytes":\d+,"milliseconds":0,"perSecond":0,"misfits":0,"lostAtLeast":\d+\}/#
        #expect(line?.wholeMatch(of: note) != nil, "\(outcome.errors)")
    }

    @Test func `with timestamps each message tells when it came, and nothing without`() throws {
        let digits = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(\d{3})?Z/#
        for isAsked in [true, false] {
            for json in [["--json"], []] {
                let receiver = try Running(
                    Parley.path,
                    ["receive", "udp://127.0.0.1:0" + (isAsked ? "?timestamps=true" : ""), "--count", "1"]
                        + ["--as", "lines"] + json
                )
                let port = try receiver.port()
                _ = try Parley.run("send", "udp://127.0.0.1:\(port)", "hello")
                let outcome = try receiver.outcome()
                let line = try #require(outcome.lines.first, "\(outcome.errors)")
                if json.isEmpty {
                    let shown = isAsked ? line.firstMatch(of: #/^\S+  (\S+)  hello$/#)?.1 : nil
                    #expect((shown?.wholeMatch(of: digits) != nil) == isAsked, "\(line)")
                    #expect(isAsked || line.wholeMatch(of: #/\S+  hello/#) != nil, "\(line)")
                } else {
                    let shown = line.firstMatch(of: #/,"text":"hello","arrival":"([^"]+)"\}$/#)?.1
                    #expect((shown?.wholeMatch(of: digits) != nil) == isAsked, "\(line)")
                    #expect(isAsked || line.hasSuffix(#","text":"hello"}"#), "\(line)")
                }
            }
        }
    }
}
