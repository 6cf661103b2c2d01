import Foundation
import ParleyCore
import Testing

@testable import ParleyCommand

/// `parley send --rate`. Nothing here looks at a clock: the library's tests do, where time is simulated.
@Suite struct SendRateTests {
    @Test func `messages leave at a rate, and the summary says which was reached`() throws {
        let place = "udp://127.0.0.1:\(try freeDatagramPort())"
        let receiver = try Parley.start("receive", place, "--as", "lines", "--count", "50")
        try receiver.waitForError("receiving")
        let words = [
            "send", "-v", place, "--as", "lines", "hello", "--count", "50", "--rate", "500/s", "--burst", "2",
        ]
        let sent = try Running(Parley.path, words).outcome()
        #expect(sent.status == 0)
        #expect(
            sent.errors.contains(try Regex("sent 50 messages in [0-9.]+m?s, [0-9.]+ messages/s, 250 B")),
            "\(sent.errors)"
        )
        #expect(try receiver.outcome().output.split(separator: "\n").count == 50)
    }

    @Test func `rates are written as people write them`() throws {
        let rates: [(String, SendRate)] = [
            ("1000/s", try .messages(1000)), ("10/min", try .messages(10, per: .seconds(60))),
            ("1/500ms", try .messages(2)), ("0.5/s", try .messages(1, per: .seconds(2))),
            ("3/m", try .messages(3, per: .seconds(60))), ("2mbit", try .bits(2_000_000)),
            ("64kbit/s", try .bits(64_000)), ("1.5Mbit", try .bits(1_500_000)), ("9600bit", try .bits(9600)),
            ("10/.5s", try .messages(20)), ("1.5/2min", try .messages(3, per: .seconds(240))),
            ("0.0001/s", try .messages(1, per: .seconds(10_000))),
        ]
        for (text, rate) in rates {
            #expect(try Rate(argument: text)?.sending(burst: nil) == rate, "\(text)")
        }
        #expect(try Rate(argument: "0.5/h")?.sending(burst: nil).description == "0.000138888 messages/s")
        #expect(try Rate(argument: "1/s")?.sending(burst: 9) == .messages(1, burst: 9))
    }

    @Test(arguments: [
        ["--rate", "fast"], ["--rate", "1000"], ["--rate", "0/s"], ["--rate", "1/0s"], ["--rate", "-1/s"],
        ["--rate", "1e9mbit"], ["--rate", "1/2d"], ["--rate", "inf/s"], ["--rate", "/s"], ["--rate", "1/"],
        ["--burst", "3"], ["--rate", "1/s", "--every", "1s"],
        ["--rate", "99999999999999999999/s"],
    ])
    func `an impossible rate is refused before anything is sent`(words: [String]) throws {
        let refused = try Running(Parley.path, ["send", "udp://127.0.0.1:1", "--as", "lines", "x"] + words)
            .outcome()
        #expect(refused.status == 64, "\(words): \(refused.errors)")
        #expect(refused.errors.contains("--rate"), "\(refused.errors)")
    }

    @Test(arguments: [
        (["--rate", "fast"], "--rate: “fast” is no rate. Write 1000/s, 10/min,"),
        (["--rate", "1/s", "--burst", "0"], "--burst 0: A burst cannot be 0: it is 1 to 1000000000."),
        (["--rate", "99999999999999/s"], "--rate 99999999999999/s: at most 1000000000 messages"),
        (
            ["--rate", "2000gbit"],
            "--rate 2000gbit: A rate cannot be 2000000000000: it is 1 to 1000000000000."
        ),
        (
            ["--rate", "1/s", "--burst=-9223372036854775808"],
            "--burst -9223372036854775808: A burst cannot be"
        ),
        (["--rate", "0/s", "--burst", "0"], "--rate 0/s: A rate cannot be 0"),
    ])
    func `the option that is wrong is named, with what is possible`(words: [String], sentence: String) throws
    {
        for command in [["send"], ["call"], ["serve", "echo"]] {
            let refused = try Running(Parley.path, command + ["udp://127.0.0.1:1"] + words).outcome()
            #expect(refused.status == 64 && refused.errors.contains(sentence), "\(words): \(refused.errors)")
        }
    }
}
