import Foundation
import Testing

@testable import ParleyCommand

/// The command where something is missing that every process usually has.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(5))) struct StarvationTests {
    // MARK: Descriptors

    @Test(
        arguments: ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"]
    )
    func `closed descriptors are taken before anything is opened`(_ closed: String) throws {
        let line =
            #"parley receive udp://127.0.0.1:0 --timeout 3s \#(closed) & sleep 0.4; ls -l /proc/$!/fd; kill $!"#
        let listing = try Parley.shell(line).output
        for (number, mark) in [(0, "<&-"), (1, " >&-"), (2, "2>&-")] where " \(closed)".contains(mark) {
            #expect(listing.contains(" \(number) -> /dev/null"), "\(listing)")
        }
    }

    @Test func `data that a closed standard output cannot take is an error and not silence`() throws {
        for words in ["--help", "--version", "encode --as a:u32 a=1", "layout 'a:u32'"] {
            let outcome = try Parley.shell("parley \(words) >&-")
            #expect(outcome.status == 1, "\(words)")
            #expect(outcome.errors.contains("EBADF"), "\(outcome.errors)")
        }
    }

    @Test(arguments: [4, 5, 6, 7, 8, 9, 12])
    func `with few descriptors the command works or says what it lacks and ends with 1`(_ count: Int) throws {
        let outcome = try Parley.shell("ulimit -n \(count); parley receive udp://127.0.0.1:0 --timeout 100ms")
        #expect([1, 2, 127].contains(outcome.status), "\(outcome)")
        if outcome.status == 1 { #expect(outcome.errors.contains("EMFILE"), "\(outcome.errors)") }
    }

    // MARK: Memory

    @Test(arguments: [50_000, 70_000, 100_000, 150_000])
    func `with little memory the command works or says so and ends with 1`(_ kilobytes: Int) throws {
        let outcome = try Parley.shell(
            "ulimit -v \(kilobytes); parley receive udp://127.0.0.1:0 --timeout 100ms"
        )
        #expect([1, 2, 127].contains(outcome.status), "\(outcome)")
        #expect(!outcome.errors.isEmpty)
    }

    @Test func `memory that is refused is a sentence, as JSON where that is asked for`() throws {
        let line = "ulimit -v 60000; head -c 60000000 /dev/zero | parley decode --as 'a:u8[]' --raw"
        for json in ["", " --json"] {
            let outcome = try Parley.shell(line + json)
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.errors.contains("memory has run out"), "\(outcome.errors)")
            if !json.isEmpty {
                let last = outcome.errors.split(separator: "\n").last.map(String.init) ?? ""
                #expect(last.hasPrefix(#"{"schema":"parley.error/1""#) && last.hasSuffix(#""exit":1}"#))
            }
        }
    }

    @Test func `a file that may not grow is an error and no signal`() throws {
        let folder = try Folder()
        let outcome = try Parley.shell("ulimit -f 0; parley encode --as a:u32 a=1 > out", in: folder)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("EFBIG"), "\(outcome.errors)")
    }

    // MARK: /proc

    @Test(.enabled(if: Self.mayHideProc, "needs root"))
    func `without the proc file system arguments are read, and what is not known is said`() throws {
        func run(_ words: String) throws -> Parley.Outcome {
            let path = Parley.path
            return try Parley.shell("unshare -m sh -c 'mount -t tmpfs none /proc && exec \(path) \(words)'")
        }
        #expect(try run("--version").output.hasPrefix("parley "))
        #expect(try run("frobnicate").status == 64)
        let ports = try run("ports")
        #expect(ports.status == 0)
        #expect(ports.errors.contains("/proc is not mounted"))
        let interfaces = try run("interfaces")
        #expect(interfaces.errors.contains("/proc is not mounted"))
        #expect(!interfaces.output.contains("no socket has joined"))
        #expect(try run("ports --process 1").status == 1)
    }

    private static let mayHideProc: Bool = {
        guard geteuid() == 0 else { return false }
        return (try? Parley.shell("unshare -m mount -t tmpfs none /mnt").status) == 0
    }()
}

@Suite struct ParkedWordsTests {
    @Test func `words that the parser does not see come back in their order`() {
        let words = (0..<1000).map { "w\($0)" }
        let parked = ParkedWords(["encode", "--as", "a:u32"] + words + ["--json"] + words)
        #expect(parked.arguments.count < 40)
        let seen = parked.restored(parked.arguments)
        #expect(seen == ["encode", "--as", "a:u32"] + words + ["--json"] + words)
    }

    @Test func `few words are left alone`() {
        let words = ["send", "udp://127.0.0.1:9", "a=1", "-", "--", "-x", "b"]
        let parked = ParkedWords(words)
        #expect(parked.arguments == words)
        #expect(parked.isEmpty)
    }

    @Test func `behind two dashes every word is one`() {
        let words = ["encode", "--"] + (0..<500).map { "-\($0)" }
        let parked = ParkedWords(words)
        #expect(parked.arguments.count < 20)
        #expect(parked.restored(parked.arguments) == words)
    }
}
