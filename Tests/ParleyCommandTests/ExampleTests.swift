import Foundation
import Testing

@testable import ParleyCommand

/// Every example of `--help` works as it is printed, but for ports and folders.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct ExampleTests {
    @Test func `help shows three examples or more of each subcommand`() throws {
        for (name, examples) in [
            ("receive", ReceiveCommand.examples), ("send", SendCommand.examples),
            ("serve", ServeCommand.examples),
            ("call", CallCommand.examples), ("impair", ImpairCommand.examples),
            ("encode", EncodeCommand.examples),
            ("decode", DecodeCommand.examples), ("layout", LayoutCommand.examples),
            ("ports", PortsCommand.examples),
            ("capture", CaptureCommand.examples),
            ("tour", TourCommand.examples),
        ] {
            #expect(examples.count >= 3)
            let help = try Parley.run(name, "--help").output
            for example in examples {
                for line in example.split(separator: "\n") {
                    #expect(help.contains("  \(line)\n"), "\(line)")
                }
            }
            #expect(help.contains("Exit codes: "))
        }
    }

    @Test(arguments: ReceiveCommand.examples + ServeCommand.examples + ImpairCommand.examples)
    func `servers start and end on a signal`(_ example: String) throws {
        let folder = try Folder()
        let server = try Parley.startShell(try prepared(example, folder), in: folder)
        try server.waitForError(" at ")
        server.signal(SIGINT)
        #expect(try server.outcome().status == 130)
    }

    @Test(arguments: SendCommand.examples)
    func `senders find a receiver`(_ example: String) throws {
        let folder = try Folder()
        let line = try prepared(example, folder)
        let url = try #require(line.firstMatch(of: /(udp|unix):\S+/)?.0)
        let receiver = try Parley.start("receive", String(url), "--timeout", "10s", in: folder)
        try receiver.waitForError(" at ")
        let outcome = try Parley.shell(line, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try receiver.waitForOutput("\n")
    }

    @Test(arguments: CallCommand.examples)
    func `callers find a server`(_ example: String) throws {
        let folder = try Folder()
        let line = try prepared(example, folder)
        let url = try #require(line.firstMatch(of: /(udp|tcp):\S+/)?.0)
        let service = example.contains("8086") ? "stamp" : "echo"
        let server = try Parley.start("serve", service, String(url).replacing("localhost", with: ""))
        try server.waitForError(" at ")
        let outcome = try Parley.shell(line, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.output.isEmpty)
    }

    @Test(arguments: EncodeCommand.examples + DecodeCommand.examples)
    func `workbench lines work`(_ example: String) throws {
        let folder = try Folder()
        try folder.write("message.bin", String(repeating: "a", count: 21))
        let outcome = try Parley.shell(try prepared(example, folder), in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        if let path = try prepared(example, folder).firstMatch(of: /--output (\S+)/)?.1 {
            #expect(try Parley.run("decode", "--as", "proto.h:msg_st", String(path), in: folder).status == 0)
        } else {
            #expect(!outcome.output.isEmpty)
        }
    }

    @Test(arguments: PortsCommand.examples)
    func `sockets are listed`(_ example: String) throws {
        let outcome = try Parley.shell(example.replacing("30s", with: "100ms"))
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test(arguments: LayoutCommand.examples)
    func `layouts are drawn`(_ example: String) throws {
        let folder = try Folder()
        let header = try String(contentsOf: folder.url.appending(path: "proto.h"), encoding: .utf8)
        try folder.write("old.h", header)
        let outcome = try Parley.shell(example, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let picture = folder.url.appending(path: "proto.svg").path
        #expect(outcome.output.isEmpty == FileManager.default.fileExists(atPath: picture))
    }

    @Test(arguments: TourCommand.examples)
    func `tours run through`(_ example: String) throws {
        let outcome = try Parley.shell(example)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"), arguments: CaptureCommand.examples)
    func `captures start and end on a signal`(_ example: String) throws {
        let folder = try Folder()
        // On loopback all the same: what else goes on is none of a test's business.
        let capture = try Parley.startShell(example.replacing("port 80 ", with: "port 1 "), in: folder)
        try capture.waitForError("capturing on")
        capture.signal(SIGINT)
        #expect(try capture.outcome().status == 130)
    }

    @Test func `completions are made for every shell`() throws {
        for shell in ["bash", "zsh", "fish"] {
            let outcome = try Parley.run("--generate-completion-script", shell)
            #expect(outcome.status == 0 && outcome.output.contains("receive"))
        }
    }

    /// Ports of our own, and the test's folder for /tmp.
    private func prepared(_ example: String, _ folder: Folder) throws -> String {
        var line = example.replacing("/tmp/", with: folder.url.path + "/")
        for port in ["8086", "8087", "8089"] where line.contains(":\(port)") {
            let isStream = line.contains("tcp://")
            line = line.replacing(port, with: "\(isStream ? try freeStreamPort() : try freeDatagramPort())")
        }
        return line
    }
}
