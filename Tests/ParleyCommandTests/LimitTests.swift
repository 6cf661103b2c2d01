import Foundation
import Testing

/// `serve` keeps to its limits, and says so.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct LimitTests {
    @Test func `silent, slow and too many clients are let go, and the summary counts them`() throws {
        let server = try Parley.start(
            "serve",
            "echo",
            "tcp://127.0.0.1:0",
            "-v",
            "--per-peer",
            "1",
            "--handshake",
            "300ms",
            "--idle",
            "5m"
        )
        let port = try server.port()
        let silent = try unsafe LoopbackSocket.open(SOCK_STREAM, port, by: connect)
        defer { close(silent) }
        try server.waitForError("connected")
        // The second one of this address is reset while the first is there.
        let second = try unsafe LoopbackSocket.open(SOCK_STREAM, port, by: connect)
        defer { close(second) }
        var byte: UInt8 = 0
        #expect(unsafe read(second, &byte, 1) <= 0)
        // The first one says nothing, so its place is free again.
        #expect(unsafe read(silent, &byte, 1) == 0)
        let call = try Parley.run("call", "tcp://127.0.0.1:\(port)", "--as", "lines", input: "hello\n")
        #expect(call.output.contains("hello"))
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        #expect(errors.contains("refused 1 connection"), "\(errors)")
        #expect(errors.contains("let go 1 silent client"), "\(errors)")
        #expect(errors.contains("first message was not there"), "\(errors)")
        #expect(errors.contains("served 2 connections"), "\(errors)")
    }

    @Test(arguments: [
        ["--connections", "0"], ["--per-peer", "0"], ["--idle", "0"], ["--slow", "0s"],
        ["--handshake", "0ms"],
        ["--idle", "soon"],
    ])
    func `a limit of nothing is wrong usage`(arguments: [String]) throws {
        let path = Parley.path
        let outcome = try Running(path, ["serve", "echo", "tcp://127.0.0.1:0"] + arguments).outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(arguments[0]))
    }
}
