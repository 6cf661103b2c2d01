import Foundation
import Testing

@testable import ParleyCommand

/// `receive --smooth`. Nothing here looks at a clock: the library's tests do, where time is simulated. What is held is
/// held so long that whatever is sent together has come by then.
@Suite(.ownThreads, .timeLimit(.minutes(3))) struct SmoothTests {
    private static let layout = "seq:u16 at:u32 text:char[4]"
    private static let byNumber = ["--number", "seq", "--every", "20ms"]

    /// A message with this number and this time.
    private static func message(_ number: UInt16, at time: UInt32 = 0) -> [UInt8] {
        let bytes = [UInt8(number >> 8), UInt8(number & 255)]
        return bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: time >> $0) } + Array("text".utf8)
    }

    private func start(_ words: [String], as layout: String = layout, folder: Folder? = nil) throws -> Running
    {
        let start = ["receive", "udp://127.0.0.1:0", "--as", layout]
        return try Running(Parley.path, start + words, folder: folder)
    }

    /// What a receiver prints of messages that one socket sends.
    private func receive(_ messages: [[UInt8]], _ words: [String]) throws -> Parley.Outcome {
        let receiver = try start(words)
        let (port, socket) = (try receiver.port(), try Datagrams(port: 0))
        for message in messages { socket.send(message, toPort: port) }
        return try receiver.outcome()
    }

    private func numbers(_ outcome: Parley.Outcome) -> [Int] {
        outcome.lines.compactMap { $0.firstMatch(of: /"seq":(\d+)/).flatMap { Int($0.1) } }
    }

    @Test func `messages are printed in the order of their numbers, each once`() throws {
        let sent = [2, 0, 1, 1, 4, 3].map { Self.message($0) }
        let words = Self.byNumber + ["--smooth", "3s", "--count", "5"]
        let outcome = try receive(sent, words + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(numbers(outcome) == [0, 1, 2, 3, 4], "\(outcome.output)")
        #expect(!outcome.output.contains("late"), "\(outcome.output)")
        let line = try #require(outcome.errors.split(separator: "\n").last)
        let end =
            #/
            .*"lostAtLeast":0,
            "numbers":\{"field":"seq","received":6,"missing":0,"doubled":1,"reordered":3,"restarts":0,"unplaced":0\},
            "smoothing":\{"played":5,"late":0,"doubled":1,"refused":0,"untimed":0,"restarts":0,"waiting":0,
            "jitter":\d+,"delay":3\d{6}\}\}
            /#
        #expect(line.wholeMatch(of: end) != nil, "\(line)")
        let told = try receive(sent, words).errors
        let sentence =
            "seq: 0 missing, 1 doubled, 3 reordered, smoothed: 5 played, 0 late, 1 doubled, 0 refused, jitter "
        #expect(told.contains(sentence) && told.contains(", delay 3.0s\n"), "\(told)")
    }

    @Test(arguments: [false, true])
    func `what comes after its time is dropped, or printed and marked`(_ playsLate: Bool) throws {
        // 1.6 s before the others by its number, and with them by its coming.
        let sent = ([100, 20, 101] as [UInt16]).map { Self.message($0) }
        let words =
            Self.byNumber + ["--smooth", "1500ms"]
            + (playsLate ? ["--play-late", "--count", "3"] : ["--count", "2"])
        let outcome = try receive(sent, words + ["--json"])
        #expect(numbers(outcome) == (playsLate ? [20, 100, 101] : [100, 101]), "\(outcome.output)")
        let marked = outcome.lines.filter { $0.hasSuffix(#","late":true}"#) }
        #expect(marked.count == (playsLate ? 1 : 0), "\(outcome.output)")
        #expect(outcome.errors.contains(#""late":1,"doubled":0,"refused":0"#), "\(outcome.errors)")
        let text = try receive(sent, words)
        let names = text.lines.filter { $0.hasPrefix("127.0.0.1:") }.map { $0.hasSuffix("  late") }
        #expect(names == (playsLate ? [true, false, false] : [false, false]), "\(text.output)")
        #expect(
            text.errors.contains(playsLate ? "1 late and marked" : "1 late and dropped"),
            "\(text.errors)"
        )
    }

    @Test func `with auto what is printed is in order, and what is not was late`() throws {
        let sent = ([1, 0, 3, 2, 4, 6, 5, 7, 7] as [UInt16]).map { Self.message($0) }
        let outcome = try receive(sent, Self.byNumber + ["--smooth", "auto", "--timeout", "2s", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let numbers = numbers(outcome)
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "\(numbers)")
        let late = outcome.errors.firstMatch(of: /"late":(\d+)/).flatMap { Int($0.1) }
        #expect(numbers.count + (late ?? 0) == 8, "\(outcome.errors)")
        #expect(outcome.errors.contains(#""doubled":1,"refused":0"#), "\(outcome.errors)")
    }

    @Test(arguments: ["at:ms", "at:us", "at:90000/s"])
    func `a field says when a message was sent`(_ time: String) throws {
        let sent = [(7, 40), (9, 0), (8, 20), (8, 20)].map { Self.message($0, at: $1) }
        let words = ["--time", time, "--smooth", "3s", "--json", "--count"]
        let unnumbered = try receive(sent, words + ["4"])
        #expect(numbers(unnumbered) == [9, 8, 8, 7], "\(unnumbered.output)")
        // Nobody can tell which came twice.
        #expect(unnumbered.errors.contains(#""late":0,"refused":0"#), "\(unnumbered.errors)")
        let numbered = try receive(sent, words + ["3", "--number", "seq"])
        #expect(numbers(numbered) == [9, 8, 7], "\(numbered.output)")
        #expect(numbered.errors.contains(#""late":0,"doubled":1,"refused":0"#), "\(numbered.errors)")
    }

    @Test func `the time that send fills in is read without a unit`() throws {
        let layout = "n:u8 at:u64"
        let receiver = try start(
            ["--time", "at", "--smooth", "2s", "--timeout", "10s", "--count", "5"],
            as: layout
        )
        let place = "udp://127.0.0.1:\(try receiver.port())"
        let sent = try Parley.run(
            "send",
            place,
            "--as",
            layout,
            "n={n}",
            "at={time}",
            "--count",
            "5",
            "--every",
            "5ms"
        )
        #expect(sent.status == 0, "\(sent.errors)")
        let outcome = try receiver.outcome()
        let shown = outcome.lines.compactMap { $0.wholeMatch(of: /\s+n +(\d)/)?.1 }
        #expect(
            outcome.status == 0 && shown == ["0", "1", "2", "3", "4"],
            "\(outcome.output)\(outcome.errors)"
        )
    }

    @Test func `each sender has times of its own`() throws {
        let receiver = try start(Self.byNumber + ["--smooth", "3s", "--count", "5", "--json"])
        let port = try receiver.port()
        for numbers in [[1, 0, 2], [30_001, 30_000]] as [[UInt16]] {
            let socket = try Datagrams(port: 0)
            for number in numbers { socket.send(Self.message(number), toPort: port) }
        }
        let outcome = try receiver.outcome()
        let numbers = numbers(outcome)
        #expect(numbers.filter { $0 < 10 } == [0, 1, 2] && numbers.filter { $0 > 10 } == [30_000, 30_001])
        #expect(outcome.errors.contains("5 messages from 2 peers"), "\(outcome.errors)")
    }

    @Test func `a kind of message without the field is printed at once`() throws {
        let folder = try Folder()
        try folder.write("k.h", "struct a { unsigned char kind, seq; }; struct b { unsigned char kind, x; };")
        let words = ["--number", "a.seq", "--every", "20ms", "--smooth", "3s", "--count", "3", "--json"]
        let receiver = try start(words, as: "k.h:kind{1=a,2=b}", folder: folder)
        let (port, socket) = (try receiver.port(), try Datagrams(port: 0))
        for bytes in [[1, 1], [1, 0], [2, 9]] as [[UInt8]] { socket.send(bytes, toPort: port) }
        let outcome = try receiver.outcome()
        let kinds = outcome.lines.compactMap { $0.firstMatch(of: /"(?:seq|x)":(\d)/)?.1 }
        #expect(kinds == ["9", "0", "1"], "\(outcome.output)")
        #expect(outcome.errors.contains(#""untimed":1"#), "\(outcome.errors)")
    }

    @Test func `what does not fit is told when it comes, and is not among what was smoothed`() throws {
        let receiver = try Running(
            Parley.path,
            ["receive", "udp://127.0.0.1:0?timestamps=true", "--as", Self.layout, "--smooth", "300ms"]
                + Self.byNumber + ["--json", "--count", "1"]
        )
        let (port, socket) = (try receiver.port(), try Datagrams(port: 0))
        for bytes in [[7], Self.message(1)] as [[UInt8]] { socket.send(bytes, toPort: port) }
        let outcome = try receiver.outcome()
        let misfit = outcome.errors.split(separator: "\n").first { $0.contains("parley.misfit/1") }
        #expect(misfit?.contains(#""bytes":"07","arrival":""#) == true, "\(outcome.errors)")
        #expect(outcome.lines.count == 1 && outcome.output.contains(#""arrival":""#), "\(outcome.output)")
        let summary = #""misfits":1,"lostAtLeast":0,"numbers":{"field":"seq","received":1,"#
        #expect(outcome.errors.contains(summary), "\(outcome.errors)")
        #expect(outcome.errors.contains(#""smoothing":{"played":1,"#), "\(outcome.errors)")
    }

    @Test func `what is held when a signal comes is printed, in its order`() throws {
        let receiver = try start(Self.byNumber + ["--smooth", "10s", "--json"])
        let (port, socket) = (try receiver.port(), try Datagrams(port: 0))
        for number in [3, 1, 2] as [UInt16] { socket.send(Self.message(number), toPort: port) }
        receiver.signal(SIGTERM)
        let outcome = try receiver.outcome()
        #expect(outcome.status == 143 && numbers(outcome) == [1, 2, 3], "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains(#""played":3,"late":0"#), "\(outcome.errors)")
    }

    @Test func `what is held when it is enough is counted`() throws {
        let sent = ([2, 1, 0] as [UInt16]).map { Self.message($0) }
        let outcome = try receive(sent, Self.byNumber + ["--smooth", "3s", "--count", "1"])
        #expect(outcome.status == 0 && outcome.output.contains("seq   0"), "\(outcome.output)")
        #expect(outcome.errors.contains(", 2 held and not printed, jitter "), "\(outcome.errors)")
    }

    @Test func `the end waits for what is held, longer than for what comes`() throws {
        let words = Self.byNumber + ["--smooth", "5s", "--timeout", "4s"]
        let outcome = try receive([Self.message(1)], words)
        #expect(
            outcome.status == 0 && outcome.output.contains("seq   1"),
            "\(outcome.output)\(outcome.errors)"
        )
        #expect(outcome.errors.contains("smoothed: 1 played, 0 late"), "\(outcome.errors)")
        let silent = try receive([], Self.byNumber + ["--smooth", "3s", "--timeout", "10ms"])
        #expect(silent.status == 2, "\(silent.errors)")
    }

    @Test func `no more is held than --memory says, and what is refused is counted`() throws {
        let sent = ([0, 1, 2] as [UInt16]).map { Self.message($0) }
        let words = Self.byNumber + ["--smooth", "3s", "--memory", "20", "--timeout", "4s", "--json"]
        let outcome = try receive(sent, words)
        #expect(numbers(outcome) == [0, 1], "\(outcome.output)")
        #expect(outcome.errors.contains(#""doubled":0,"refused":1"#), "\(outcome.errors)")
    }

    @Test func `over unixgram messages are smoothed too`() throws {
        let place = "unixgram://@parley-smooth-\(getpid())"
        let words = ["receive", place, "--as", Self.layout, "--smooth", "3s", "--count", "2"]
        let receiver = try Running(Parley.path, words + Self.byNumber)
        try receiver.waitForError(" at ")
        let lines = "{\"seq\":1,\"at\":0,\"text\":\"a\"}\n{\"seq\":0,\"at\":0,\"text\":\"b\"}\n"
        let sent = try Parley.run("send", place, "--as", Self.layout, input: lines)
        #expect(sent.status == 0, "\(sent.errors)")
        let shown = try receiver.outcome().lines.compactMap { $0.wholeMatch(of: /\s+text +(.)/)?.1 }
        #expect(shown == ["b", "a"])
    }

    @Test(arguments: [
        ("--smooth 60ms", "nothing says when messages were sent. Add --number FIELD --every 20ms"),
        ("--smooth 60ms --number seq", "Add --every 20ms if they are sent so far apart, or --time FIELD:ms"),
        ("--smooth 60ms --every 20ms", "--every is the time between two numbers: name their field, --number"),
        ("--every 20ms --number seq", "--every goes with --smooth: add --smooth 60ms, or --smooth auto."),
        ("--time at:ms", "--time goes with --smooth"), ("--play-late", "--play-late goes with --smooth"),
        ("--smooth 60ms --time at:ms --every 20ms", "--every and --time both say when messages were sent"),
        ("--smooth soon --time at:ms", "The value 'soon' is invalid for '--smooth <delay>'"),
        ("--smooth 11s --time at:ms", "The value '11s' is invalid for '--smooth <delay>'"),
        ("--smooth auto --number seq --every 0", "--every 0s: numbers are 1us to 10s apart"),
        ("--smooth auto --number seq --every 11s", "--every 11s: numbers are 1us to 10s apart"),
        ("--smooth auto --time at", "--time at: 32 bits that say no unit are seconds"),
        ("--smooth auto --time at:h", "--time at:h: there is no unit “h”. Write s, ms, us or ns"),
        ("--smooth auto --time at:0/s", "there is no unit “0/s”"),
        ("--smooth auto --time at:90000", "there is no unit “90000”"),
        ("--smooth auto --time text:ms", "--time text: a time is an integer of 1, 2, 4 or 8 bytes"),
        ("--smooth auto --time att:ms", "--time: message has no field att. Did you mean at?"),
    ])
    func `what cannot be is refused, and the error says what can`(_ words: String, _ error: String) throws {
        let start = ["receive", "udp://127.0.0.1:0", "--as", Self.layout, "--timeout", "10ms"]
        let outcome = try Running(Parley.path, start + words.split(separator: " ").map(String.init)).outcome()
        #expect(outcome.status == 64 && outcome.errors.contains(error), "\(outcome.errors)")
    }

    @Test(arguments: ["tcp://127.0.0.1:0", "seqpacket://@parley-never"])
    func `connections have nothing to smooth`(_ place: String) throws {
        let words = ["receive", place, "--as", Self.layout, "--smooth", "auto"] + Self.byNumber
        let outcome = try Running(Parley.path, words).outcome()
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains("--smooth is for datagrams: over "), "\(outcome.errors)")
        #expect(outcome.errors.contains("Receive udp or unixgram."), "\(outcome.errors)")
    }

    @Test func `kinds of messages that count their times in different units are refused`() throws {
        let folder = try Folder()
        try folder.write(
            "k.h",
            "struct a { unsigned char kind; int at; }; struct b { unsigned char kind; int at; };"
        )
        let words = [
            "receive", "udp://127.0.0.1:0", "--as", "k.h:kind{1=a,2=b}", "--smooth", "auto", "--time",
        ]
        let mixed = try Running(Parley.path, words + ["a.at:ms", "--time", "b.at:us"], folder: folder)
            .outcome()
        #expect(mixed.status == 64, "\(mixed.errors)")
        #expect(mixed.errors.contains("the times count in different units"), "\(mixed.errors)")
        let one = words + ["a.at:ms", "--time", "b.at:ms", "--timeout", "10ms"]
        #expect(try Running(Parley.path, one, folder: folder).outcome().status == 2)
    }
}
