import Testing

@testable import ParleyCommand

/// What those write first who know socat, ncat and ss: each is wrong usage, and told the right line.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct UsageHintTests {
    private static let lines: [(wrong: String, right: String)] = [
        ("receive localhost:8089", "parley receive udp://localhost:8089"),
        ("receive :8089", "parley receive udp://:8089"),
        ("receive 8089", "parley receive udp://:8089"),
        ("receive udp:localhost:8089", "parley receive udp://localhost:8089"),
        ("receive udp:8089", "parley receive udp://:8089"),
        ("receive udp:/:8089", "parley receive udp://:8089"),
        ("receive udp//:8089", "parley receive udp://:8089"),
        ("receive UDP-LISTEN:8089,fork", "parley receive udp://:8089"),
        ("receive TCP4-LISTEN:8089", "parley receive tcp://:8089"),
        ("send TCP:localhost:8089 x", "parley send tcp://localhost:8089 x"),
        ("receive unix-recv:/tmp/x.sock", "parley receive unixgram:///tmp/x.sock"),
        ("receive /tmp/x.sock", "parley receive unix:///tmp/x.sock"),
        ("call http://localhost:80", "parley call tcp://localhost:80"),
        ("receive tcp://localhost:8089/path", "parley receive tcp://localhost:8089"),
        ("receive [::1]:8089", "parley receive udp://[::1]:8089"),
        ("receive -p 8089", "parley receive tcp://:8089"),
        ("receive --port 8089", "parley receive tcp://:8089"),
        ("receive udp://:8089 -p 8089", "parley receive udp://:8089"),
        ("receive -u -l 8089", "parley receive udp://:8089"),
        ("receive -l -p 8089", "parley receive tcp://:8089"),
        ("send -u localhost 8089 hello", "parley send udp://localhost:8089 hello"),
        ("send localhost 8089 hello", "parley send udp://localhost:8089 hello"),
        ("send hello udp://localhost:8089", "parley send udp://localhost:8089 hello"),
        ("serve udp://:8089 echo", "parley serve echo udp://:8089"),
        ("serve udp://:8089", "parley serve echo udp://:8089"),
        ("serve ecco udp://:8089", "parley serve echo udp://:8089"),
        ("serve echo 8089", "parley serve echo udp://:8089"),
        ("listen udp://:8089", "parley receive udp://:8089"),
        ("recieve udp://:8089", "parley receive udp://:8089"),
        ("-v receive udp://:8089", "parley receive -v udp://:8089"),
        ("version", "parley --version"),
        ("receive", "parley receive udp://:8089"),
        ("send", "parley send udp://localhost:8089"),
        ("receive udp://:8089 p.h:msg_st", "parley receive udp://:8089 --as p.h:msg_st"),
        ("decode p.h:msg_st 00", "parley decode --as p.h:msg_st 00"),
        ("receive udp://:8089 --as p.h:struct msg_st", "parley receive udp://:8089 --as p.h:msg_st"),
        ("layout p.h msg_st", "parley layout p.h:msg_st"),
        (
            "receive udp://239.1.2.3:8089?interface=lo ttl=4",
            "parley receive 'udp://239.1.2.3:8089?interface=lo&ttl=4'"
        ),
        ("receive udp://239.1.2.3:8089&interface=lo", "parley receive 'udp://239.1.2.3:8089?interface=lo'"),
        (
            "send udp://localhost:8089 --as name:text --name Trans",
            "parley send udp://localhost:8089 --as name:text name=Trans"
        ),
        ("ports -tlnp", "parley ports --listening --kind tcp"),
        ("ports -an", "parley ports"),
        ("ports localhost:8089", "parley ports 8089"),
        ("ports tcp 8089", "parley ports 8089 --kind tcp"),
        ("help nosuch", "parley --help"),
        ("help recieve", "parley help receive"),
    ]

    @Test(arguments: lines)
    func `a line of another program's habits is wrong usage, and the right line is said`(
        wrong: String,
        right: String
    ) throws {
        let arguments = wrong.split(separator: " ").map(String.init)
        let outcome = try Running(Parley.path, arguments).outcome()
        #expect(outcome.status == 64, "\(wrong): \(outcome.errors)")
        let said = outcome.errors.split(separator: "\n").filter { $0.contains("Write: ") }
        #expect(said.count == 1, "\(wrong): \(outcome.errors)")
        let line = said.first?.split(separator: "Write: ").last ?? ""
        let ends = ["", "   (or ", "."].contains {
            line.hasPrefix(right + $0) && (line.count == right.count || $0 != "")
        }
        #expect(ends, "\(wrong): \(line)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `with --json the right line is the remedy`() throws {
        let outcome = try Parley.run("receive", "localhost:8089", "--json")
        #expect(
            outcome.errors.contains(#""remedy":"Write: parley receive udp://localhost:8089 --json"#),
            "\(outcome.errors)"
        )
    }

    @Test func `no line is guessed where nothing says what was meant`() {
        for line in [
            "receive hello", "send nonsense x", "receive udp://:1 --nosuch", "", "receive -", "ports 0",
        ] {
            let sentence = UsageHint(line.split(separator: " ").map(String.init)).sentence
            #expect(sentence == nil, "\(line): \(sentence ?? "")")
        }
    }
}
