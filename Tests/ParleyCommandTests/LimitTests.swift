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
        let silent = try client(of: port)
        defer { close(silent) }
        try server.waitForError("connected")
        // The second one of this address is reset while the first is there.
        let second = try client(of: port)
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

    /// A connection that waits 20 seconds for a byte at most.
    private func client(of port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
