import Foundation
import Testing

@testable import ParleyCommand

/// Arguments that nobody types, and that reach the command all the same.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct ArgumentTests {
    @Test(arguments: [
        #"encode --as a:text "$(printf 'a=\377\233')""#,
        #"encode --as a:u8 a=1 --output "$(printf 'q\377.bin')""#,
        #"receive "$(printf 'unix:///tmp/w\377')""#,
        #""$(printf '\233')""#,
    ])
    func `an argument that is not UTF-8 is refused and never taken for another`(_ words: String) throws {
        let folder = try Folder()
        let outcome = try Parley.shell("LC_ALL=C parley \(words)", in: folder)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains("is not UTF-8"), "\(outcome.errors)")
        #expect(outcome.errors.contains(#"\x"#), "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["proto.h"])
    }

    @Test(arguments: [-1, 0, 1, 3, 20, 25, 28, 39, 80])
    func `help is readable however narrow the terminal is`(_ columns: Int) throws {
        for words in ["--help", "help receive", "layout --help"] {
            let outcome = try Parley.shell("COLUMNS=\(columns) parley \(words)")
            #expect(outcome.status == 0, "\(words): \(outcome.errors)")
            #expect(outcome.output.contains("OVERVIEW"))
        }
    }

    @Test func `more options than are read are refused, in linear time`() throws {
        for (words, option) in [("layout a:u8", "-I x"), ("options udp", "--set SO_RCVBUF=1")] {
            let outcome = try Parley.shell("parley \(words) $(yes -- '\(option)' | head -n 4000)")
            #expect(outcome.status == 64, "\(outcome.errors)")
            #expect(outcome.errors.contains("4000 options are more than the 1000"), "\(outcome.errors)")
        }
    }

    @Test(arguments: ["f32", "f64"])
    func `digits never become infinity, which is a word`(_ type: String) throws {
        let digits = try Parley.run("encode", "--as", "a:\(type)", "a=1e400", "--to", "hex")
        #expect(digits.status == 5, "\(digits.errors)")
        #expect(digits.output.isEmpty)
        #expect(try Parley.run("encode", "--as", "a:\(type)", "a=inf", "--to", "hex").status == 0)
    }

    @Test func `a signal that asks for a core ends the command`() throws {
        let receiver = try Parley.startShell(
            "sh -c 'ulimit -c 0; exec parley receive udp://127.0.0.1:0 --timeout 20s'"
        )
        _ = try receiver.port()
        receiver.signal(SIGQUIT)
        let outcome = try receiver.outcome()
        #expect(outcome.status == -SIGQUIT, "\(outcome)")
        #expect(!outcome.errors.contains("crash"), "\(outcome.errors)")
    }
}
