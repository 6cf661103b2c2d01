import Foundation
import Testing

@testable import ParleyCommand

/// Numbered messages from `send`, and what `receive` and `serve` say of their numbers.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct NumberTests {
    private static let layout = "seq:u16 text:char[8]"

    /// What a receiver says in the end about these numbers, sent by one socket each.
    private func receive(_ senders: [[UInt16]], _ more: String...) throws -> Parley.Outcome {
        let count = senders.map(\.count).reduce(0, +)
        let receiver = try Running(
            Parley.path,
            ["receive", "udp://127.0.0.1:0", "--as", Self.layout, "--number", "seq", "--count", "\(count)"]
                + more
        )
        let port = try receiver.port()
        for numbers in senders {
            let socket = try Datagrams(port: 0)
            for number in numbers {
                socket.send([UInt8(number >> 8), UInt8(number & 255)] + Array("12345678".utf8), toPort: port)
                // Its queue is long enough for all of them.
            }
        }
        return try receiver.outcome()
    }

    @Test func `ten in a hundred reordered and none lost are none missing`() throws {
        let numbers = (0..<10 as Range<UInt16>).flatMap { block in
            ([0, 1, 2, 4, 5, 6, 3, 7, 8, 9] as [UInt16]).map { 10 * block + $0 }
        }
        let outcome = try receive([numbers])
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.contains(", 1000 B, seq: 0 missing, 0 doubled, 10 reordered\n"),
            "\(outcome.errors)"
        )
    }

    @Test func `numbers count for each sender, and wrap`() throws {
        let outcome = try receive([[65_534, 65_535, 1, 1], [500, 502, 501, 503]], "-v")
        #expect(outcome.errors.contains(", seq: 1 missing, 1 doubled, 1 reordered\n"), "\(outcome.errors)")
        #expect(
            outcome.errors.contains(": 4 messages, 1 missing, 1 doubled, 0 reordered\n"),
            "\(outcome.errors)"
        )
        #expect(
            outcome.errors.contains(": 4 messages, 0 missing, 0 doubled, 1 reordered\n"),
            "\(outcome.errors)"
        )
    }

    @Test func `the summary is an object with --json`() throws {
        let outcome = try receive([[3, 5, 4, 4, 9]], "--json")
        let line = try #require(outcome.errors.split(separator: "\n").last)
        let numbers =
            #/
            .*"messages":5,"bytes":50,"milliseconds":\d+,"perSecond":\d+,"misfits":0,"lostAtLeast":0,
            "numbers":\{"field":"seq","received":5,"missing":3,"doubled":1,"reordered":1,"restarts":0,"unplaced":0\}\}
            /#
        #expect(line.wholeMatch(of: numbers) != nil, "\(line)")
    }

    @Test func `send numbers its messages from 0 on, or from the value that is given`() throws {
        for (words, first) in [([], 0), (["seq=65534"], 65_534)] as [([String], Int)] {
            let receiver = try Parley.start(
                "receive",
                "udp://127.0.0.1:0",
                "--as",
                Self.layout,
                "--number",
                "seq",
                "--count",
                "5",
                "--json"
            )
            let port = try receiver.port()
            let send = [
                "send", "udp://127.0.0.1:\(port)", "--as", Self.layout, "--number", "seq", "--count", "5",
            ]
            let sent = try Running(Parley.path, send + ["text=no. {n}"] + words).outcome()
            #expect(sent.status == 0, "\(sent.errors)")
            let outcome = try receiver.outcome()
            let fields = (0..<5).map { #""fields":{"seq":\#((first + $0) % 65_536),"text":"no. \#($0)"}}"# }
            #expect(zip(outcome.lines, fields).allSatisfy { $0.hasSuffix($1) }, "\(outcome.output)")
            #expect(outcome.lines.count == 5 && outcome.errors.contains(#""missing":0,"doubled":0"#))
        }
    }

    @Test func `lines of JSON are numbered anew, whatever they say`() throws {
        let receiver = try Parley.start(
            "receive",
            "tcp://127.0.0.1:0",
            "--as",
            Self.layout,
            "--number",
            "seq",
            "--count",
            "3",
            "--json"
        )
        let port = try receiver.port()
        let sent = try Parley.run(
            "send",
            "tcp://127.0.0.1:\(port)",
            "--as",
            Self.layout,
            "--number",
            "seq",
            input: "{\"text\":\"a\"}\n{\"text\":\"{n}\",\"seq\":7}\n{\"text\":\"c\"}\n"
        )
        #expect(sent.status == 0, "\(sent.errors)")
        let outcome = try receiver.outcome()
        let fields = [#"{"seq":0,"text":"a"}"#, #"{"seq":1,"text":"{n}"}"#, #"{"seq":2,"text":"c"}"#]
        #expect(
            zip(outcome.lines, fields).allSatisfy { $0.hasSuffix(#""fields":\#($1)}"#) },
            "\(outcome.output)"
        )
    }

    @Test func `values in text are filled in, and what is no placeholder is said to be none`() throws {
        let receiver = try Parley.start("receive", "udp://127.0.0.1:0", "--as", "lines", "--count", "3")
        let port = try receiver.port()
        let sent = try Parley.run(
            "send",
            "udp://127.0.0.1:\(port)",
            "--as",
            "lines",
            "--count",
            "3",
            "--every",
            "1ms",
            "no. {n} of {all}"
        )
        #expect(
            sent.errors.contains("{all} is sent as it stands: {n} and {time} are filled in here"),
            "\(sent.errors)"
        )
        let lines = try receiver.outcome().lines
        #expect(
            lines.map { $0.split(separator: "  ").last } == [
                "no. 0 of {all}", "no. 1 of {all}", "no. 2 of {all}",
            ]
        )
    }

    @Test func `a kind of message without the number is refused before it is sent`() throws {
        let folder = try Folder()
        try folder.write("k.h", "struct a { unsigned char kind, seq; }; struct b { unsigned char kind, x; };")
        let words = ["send", "udp://127.0.0.1:9", "--as", "k.h:kind{1=a,2=b}", "--number", "a.seq"]
        let refused = try Running(Parley.path, words + ["b.x=1"], folder: folder).outcome()
        #expect(refused.status == 5, "\(refused.errors)")
        #expect(refused.errors.contains("message 1 has no a.seq, which --number names"), "\(refused.errors)")
        let unknown = try Running(Parley.path, words.dropLast() + ["x", "a.seq=1"], folder: folder).outcome()
        #expect(unknown.status == 64, "\(unknown.errors)")
    }

    @Test(arguments: ["udp", "tcp"])
    func `serve says what came, how much, and whose numbers are missing`(transport: String) throws {
        for words in [["discard"], ["echo"], ["reply"]] {
            let server = try Running(
                Parley.path,
                ["serve"] + words + [
                    "\(transport)://127.0.0.1:0", "--as", Self.layout, "--number", "seq", "-v",
                ]
            )
            let place = "\(transport)://127.0.0.1:\(try server.port())"
            // The last one is heard of by its answer, where there is one.
            let sent = try Parley.run(
                words[0] == "discard" ? "send" : "call",
                place,
                "--as",
                Self.layout,
                input: "{\"seq\":4,\"text\":\"a\"}\n{\"seq\":7,\"text\":\"b\"}\n{\"seq\":6,\"text\":\"c\"}\n"
            )
            #expect(sent.status == 0, "\(sent.errors)")
            if words[0] == "discard", transport == "udp" {
                // Nobody answers: its words tell that the third has come.
                let deadline = Date().addingTimeInterval(20)
                while server.errorText.ranges(of: ": 10 bytes").count < 3, Date() < deadline { usleep(5000) }
            }
            server.signal(SIGTERM)
            let errors = try server.outcome().errors
            let start = transport == "udp" ? "served 3 datagrams" : "served 1 connection, 3 messages"
            #expect(
                errors.contains("\(start)")
                    && errors.contains(", 30 B, seq: 1 missing, 0 doubled, 1 reordered"),
                "\(errors)"
            )
        }
    }

    @Test(arguments: [
        ["stamp", "--number", "seq"], ["echo", "--number", "seq"], ["discard", "--rate", "1/s"],
        ["echo", "--as", "lines"], ["echo", "--as", "lines", "--number", "seq"],
        ["discard", "--number", "x", "--as", "seq:u8"],
    ])
    func `serve refuses numbers of what has none`(words: [String]) throws {
        let refused = try Running(Parley.path, ["serve", words[0], "udp://127.0.0.1:0"] + words.dropFirst())
            .outcome()
        #expect(refused.status == 64, "\(refused.errors)")
    }

    @Test func `call and serve answer at a rate what they answer without`() throws {
        for transport in ["udp", "tcp", "unixgram", "seqpacket"] {
            let name = "parley-rate-\(getpid())-\(transport)"
            let place =
                transport.hasPrefix("u") && transport != "udp" || transport == "seqpacket"
                ? "\(transport)://@\(name)" : "\(transport)://127.0.0.1:0"
            let server = try Parley.start("serve", "echo", place, "--rate", "2000/s")
            let url = place.hasSuffix(":0") ? place.dropLast() + "\(try server.port())" : place[...]
            try server.waitForError(" at ")
            let input = (1...50).map { "\($0)\n" }.joined()
            let asked = try Parley.run(
                "call",
                String(url),
                "--as",
                "lines",
                "--rate",
                "3000/s",
                "--burst",
                "2",
                input: input
            )
            #expect(asked.status == 0, "\(transport): \(asked.errors)")
            #expect(asked.output == input, "\(transport): \(asked.output)")
            server.signal(SIGINT)
            #expect(try server.outcome().status == 130)
        }
    }
}
