import Foundation
import Glibc
import Synchronization
import Testing

/// `call --parallel` and `call --match`: each question gets its own answer.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(5))) struct ParallelCallTests {
    private static let layout = BatchPeer.layout

    private func call(_ url: String, _ words: [String], _ questions: some Sequence<Int>) throws
        -> Parley.Outcome
    {
        try Running(
            Parley.path,
            ["call", url, "--as", Self.layout, "--json"] + words,
            input: BatchPeer.questions(questions)
        ).outcome()
    }

    /// The number of the question and what the answer says, of each line; each says what its question said.
    private func answers(_ outcome: Parley.Outcome) throws -> [Int] {
        try outcome.lines.map { line in
            let found = try #require(
                line.firstMatch(of: /"seq":(\d+),"text":"q(\d+)"\},"answers":(\d+)\}$/),
                "\(line)"
            )
            #expect(found.1 == found.2 && found.2 == found.3, "\(line)")
            return try #require(Int(found.3))
        }
    }

    // MARK: Laws

    @Test(arguments: ["tcp://127.0.0.1:0", "unix://@", "seqpacket://@"])
    func `a thousand questions, sixteen at once, have their answers in the order of the questions`(
        _ url: String
    )
        throws
    {
        let isNamed = url.hasSuffix("@")
        let url = isNamed ? "\(url)parley-\(UUID().uuidString.prefix(8))" : url
        let server = try Parley.start(
            "serve",
            "reply",
            url,
            "--as",
            Self.layout,
            "seq={seq}",
            "text={text}"
        )
        let place = isNamed ? url : "tcp://127.0.0.1:\(try server.port())"
        if isNamed { try server.waitForError(" at ") }
        let outcome = try call(place, ["--parallel", "16", "-v"], 1...1000)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try answers(outcome) == Array(1...1000))
        let counts = #""questions":1000,"answers":1000,"unanswered":0,"open":0,"discarded":0,"unasked":0"#
        #expect(outcome.errors.contains(counts), "\(outcome.errors)")
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test func `over udp answers come in another order, are lost or late, and each still has its question`()
        throws
    {
        let lost: Set<UInt32> = [100, 200, 300]
        let late: Set<UInt32> = [150, 250, 350, 450]
        let held = Mutex<[(message: BatchPeer.Message, until: Date)]>([])
        let peer = try BatchPeer(SOCK_DGRAM) { batch in
            for message in batch where late.contains(message.seq) {
                held.withLock { $0.append((message, Date().addingTimeInterval(3))) }
            }
            let due = held.withLock { held in
                let due = held.filter { $0.until <= Date() }.map(\.message)
                held.removeAll { $0.until <= Date() }
                return due
            }
            return due + batch.reversed().filter { !lost.contains($0.seq) && !late.contains($0.seq) }
        }
        let folder = try Folder()
        try folder.write("first", BatchPeer.questions(1...999))
        try folder.write("last", BatchPeer.questions([1000]))
        // The last question is asked when the late answers have come.
        let outcome = try Parley.shell(
            "(cat first; sleep 6; cat last) | parley call udp://127.0.0.1:\(peer.port) --as '\(Self.layout)' "
                + "--match seq --parallel 16 --timeout 1500ms --json",
            in: folder
        )
        #expect(outcome.status == 2, "\(outcome.errors)")
        let answered = try answers(outcome)
        let none = lost.union(late)
        #expect(answered.sorted() == (1...1000).filter { !none.contains(UInt32($0)) })
        #expect(answered != answered.sorted())
        for seq in none {
            let words =
                #"question \#(seq) ({\"seq\":\#(seq),\"text\":\"q\#(seq)\"}) got no answer within 1500ms"#
            #expect(outcome.errors.contains(words), "\(words): \(outcome.errors)")
        }
        let counts = #""questions":1000,"answers":993,"unanswered":7,"open":0,"discarded":4,"unasked":0"#
        #expect(outcome.errors.contains(counts), "\(outcome.errors)")
    }

    @Test func `over tcp a field tells whose an answer is that comes in another order`() throws {
        let peer = try BatchPeer(SOCK_STREAM) { $0.reversed() }
        let outcome = try call(
            "tcp://127.0.0.1:\(peer.port)",
            ["--match", "seq", "--parallel", "16"],
            1...500
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answered = try answers(outcome)
        #expect(answered.sorted() == Array(1...500) && answered != answered.sorted())
    }

    @Test(arguments: [[], ["--match", "seq"]])
    func `so many questions are open as asked for, no more, and they leave in the order of the input`(
        _ words: [String]
    ) throws {
        let seen = Mutex((order: [UInt32](), open: [BatchPeer.Message](), most: 0))
        let peer = try BatchPeer(SOCK_STREAM) { batch in
            seen.withLock { seen in
                seen.order += batch.map(\.seq)
                seen.open += batch
                seen.most = max(seen.most, seen.open.count)
                // Who asks has had the time to ask more.
                guard batch.isEmpty else { return [] }
                defer { seen.open = [] }
                return seen.open
            }
        }
        let outcome = try call("tcp://127.0.0.1:\(peer.port)", ["--parallel", "4"] + words, 1...40)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try answers(outcome).sorted() == Array(1...40))
        let (order, most) = seen.withLock { ($0.order, $0.most) }
        #expect(order == Array(1...40) && most == 4)
    }

    @Test
    func `in order, the late answer to a question is thrown away and counted, and no other question gets it`()
        throws
    {
        // The second is answered when the third has come.
        let peer = try BatchPeer(SOCK_STREAM) { batch in
            batch.flatMap { message -> [BatchPeer.Message] in
                if message.seq == 2 { return [] }
                var second = message
                second.seq = 2
                return message.seq == 3 ? [second, message] : [message]
            }
        }
        let url = "tcp://127.0.0.1:\(peer.port)"
        let outcome = try call(url, ["--parallel", "1", "--timeout", "700ms"], 1...5)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(try answers(outcome) == [1, 3, 4, 5])
        let counts = #""questions":5,"answers":4,"unanswered":1,"open":0,"discarded":1"#
        #expect(outcome.errors.contains(counts), "\(outcome.errors)")
        #expect(!outcome.errors.contains("may be"), "\(outcome.errors)")
    }

    @Test func `alone, --match throws late answers away where call would print and remark on them`() throws {
        let peer = try BatchPeer(SOCK_DGRAM) { batch in
            batch.flatMap { message -> [BatchPeer.Message] in
                if message.seq == 2 { return [] }
                var second = message
                second.seq = 2
                return message.seq == 3 ? [second, message, message] : [message]
            }
        }
        let url = "udp://127.0.0.1:\(peer.port)"
        let outcome = try call(url, ["--match", "seq=seq", "--timeout", "700ms"], 1...5)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(try answers(outcome) == [1, 3, 4, 5])
        // What was sent twice is nobody's answer.
        let counts = #""questions":5,"answers":4,"unanswered":1,"open":0,"discarded":1,"unasked":1"#
        #expect(outcome.errors.contains(counts), "\(outcome.errors)")
        #expect(outcome.errors.contains("no question waits for its seq"), "\(outcome.errors)")
    }

    @Test func `of many questions without an answer the first are named and the others counted`() throws {
        let peer = try BatchPeer(SOCK_STREAM) { _ in [] }
        let outcome = try Running(
            Parley.path,
            [
                "call", "tcp://127.0.0.1:\(peer.port)", "--as", Self.layout, "--parallel", "20", "--timeout",
                "300ms",
            ],
            input: BatchPeer.questions(1...20)
        ).outcome()
        #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.errors)")
        for number in 1...8 {
            #expect(outcome.errors.contains("parley: question \(number) ("), "\(outcome.errors)")
        }
        #expect(!outcome.errors.contains("question 9"), "\(outcome.errors)")
        #expect(outcome.errors.contains("parley: another question got no answer within 300ms\n"))
        #expect(outcome.errors.contains("11 times more: another question got no answer within 300ms"))
        #expect(outcome.errors.contains("20 questions, 0 answers, 20 unanswered, in "), "\(outcome.errors)")
    }

    // MARK: The end

    @Test func `a peer that closes in the middle ends it, and the first question without an answer is named`()
        throws
    {
        let count = Mutex(0)
        let peer = try BatchPeer(SOCK_STREAM) { batch in
            count.withLock { count in
                if count == 5 { return nil }
                let answered = batch.prefix(5 - count)
                count += answered.count
                return Array(answered)
            }
        }
        let outcome = try call("tcp://127.0.0.1:\(peer.port)", ["--parallel", "4"], 1...100)
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(try answers(outcome) == Array(1...5))
        #expect(
            outcome.errors.contains("the peer closed the connection before it answered question 6 ("),
            "\(outcome.errors)"
        )
    }

    @Test func `a peer that refuses is told as what it is`() throws {
        for (url, port) in [("tcp", try freeStreamPort()), ("udp", try freeDatagramPort())] {
            let outcome = try call(
                "\(url)://127.0.0.1:\(port)",
                ["--match", "seq", "--parallel", "4"],
                1...20
            )
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(outcome.errors.contains("ECONNREFUSED"), "\(outcome.errors)")
        }
    }

    @Test func `--count ends it after so many answers, and says when there were fewer questions`() throws {
        let peer = try BatchPeer(SOCK_STREAM) { $0 }
        let enough = try call("tcp://127.0.0.1:\(peer.port)", ["--parallel", "4", "--count", "3"], 1...50)
        #expect(enough.status == 0, "\(enough.errors)")
        #expect(try answers(enough) == [1, 2, 3])
        let other = try BatchPeer(SOCK_STREAM) { $0 }
        let fewer = try call("tcp://127.0.0.1:\(other.port)", ["--parallel", "4", "--count", "9"], 1...5)
        #expect(fewer.status == 2, "\(fewer.errors)")
        #expect(fewer.errors.contains("only 5 of 9 answers came: the input had no more questions"))
    }

    @Test(arguments: [[], ["--match", "seq"]])
    func `an answer that does not fit is reported, and the others come`(_ words: [String]) throws {
        let peer = try BatchPeer(SOCK_STREAM) { batch in
            batch.map { message in
                var message = message
                message.text[0] = message.seq == 2 ? 7 : 1
                return message
            }
        }
        let outcome = try Running(
            Parley.path,
            [
                "call", "tcp://127.0.0.1:\(peer.port)", "--as", "seq:u32 ok:bool rest:u8[7]", "--json",
                "--timeout",
                "500ms", "--parallel", "2",
            ] + words,
            input: (1...4).map { #"{"seq":\#($0),"ok":true,"rest":[0,0,0,0,0,0,0]}"# + "\n" }.joined()
        ).outcome()
        // Where a field tells, nobody knows whose it was.
        #expect(outcome.status == (words.isEmpty ? 0 : 2), "\(outcome.errors)")
        #expect(
            outcome.lines.compactMap { $0.firstMatch(of: /"answers":(\d)/)?.1 }.sorted() == ["1", "3", "4"]
        )
        #expect(outcome.errors.contains(#""schema":"parley.misfit/1""#), "\(outcome.errors)")
        #expect(outcome.errors.contains(#""misfits":1"#), "\(outcome.errors)")
    }

    @Test func `an interrupt ends it, and the summary says what is open`() throws {
        let peer = try BatchPeer(SOCK_STREAM) { _ in [] }
        let call = try Parley.startShell(
            "parley call tcp://127.0.0.1:\(peer.port) --as '\(Self.layout)' --parallel 4 -v seq=1 text=a"
        )
        try call.waitForError("connected to")
        call.signal(SIGINT)
        let outcome = try call.outcome()
        #expect(outcome.status == 130, "\(outcome.errors)")
    }

    // MARK: Wrong uses

    @Test(arguments: [
        ("tcp://127.0.0.1:9", ["--parallel", "0"], "--parallel must be 1 to 1024, not 0"),
        ("tcp://127.0.0.1:9", ["--parallel", "2000"], "--parallel must be 1 to 1024, not 2000"),
        ("tcp://127.0.0.1:9", ["--match", "nosuch"], "has no field nosuch. Known are: seq, text."),
        ("tcp://127.0.0.1:9", ["--match", "sqe"], "has no field sqe. Did you mean seq?"),
        ("tcp://127.0.0.1:9", ["--match", "seq=tex"], "has no field tex. Did you mean text?"),
        ("tcp://127.0.0.1:9", ["--match", "seq="], "is no field. Write its name"),
        ("tcp://127.0.0.1:9", ["--match", "seq=text"], "they are never equal"),
        ("udp://127.0.0.1:9", ["--parallel", "4"], "--parallel 4 over udp needs --match"),
        ("udp://127.0.0.1:9", ["--parallel", "4"], "as in --match seq"),
        ("unixgram://@nobody", ["--parallel", "4"], "--parallel 4 over unixgram needs --match"),
        ("udp://239.1.2.3:9", ["--parallel", "4", "--match", "seq"], "is many, who may all answer"),
        ("udp://255.255.255.255:9", ["--match", "seq"], "is many, who may all answer"),
        ("tcp://127.0.0.1:9", ["--parallel", "4", "--framing", "chunks"], "needs messages with borders"),
    ])
    func `what cannot be is refused before anything is sent, with what to write`(
        _ url: String,
        _ words: [String],
        _ cause: String
    ) throws {
        let outcome = try Running(
            Parley.path,
            ["call", url, "--as", Self.layout] + words + ["seq=1", "text=a"]
        ).outcome()
        #expect(outcome.status == 64 && outcome.errors.contains(cause), "\(outcome.errors)")
        // No line that reads the option as a field.
        #expect(
            !outcome.errors.contains("parallel=") && !outcome.errors.contains("match="),
            "\(outcome.errors)"
        )
    }

    @Test(arguments: [
        ("udp", ["--as", "lines", "--parallel", "4"], "--as 'seq:u32 text:char[16]' --match seq"),
        ("tcp", ["--as", "lines", "--match", "seq"], "--match needs a layout"),
        ("tcp", ["--parallel", "4"], "needs messages with borders"),
    ])
    func `what needs a layout or borders says which`(_ transport: String, _ words: [String], _ cause: String)
        throws
    {
        let outcome = try Running(Parley.path, ["call", "\(transport)://127.0.0.1:9"] + words + ["a"])
            .outcome()
        #expect(outcome.status == 64 && outcome.errors.contains(cause), "\(outcome.errors)")
    }
}
