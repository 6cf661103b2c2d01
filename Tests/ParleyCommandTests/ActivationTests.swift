import Foundation
import Testing

/// The command serves at sockets that somebody else has bound.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct ActivationTests {
    /// Starts `parley` as a service manager would: the socket at descriptor 3, the variables, exec.
    private func start(_ arguments: String, passing socket: Int32, name: String = "web") throws -> Running {
        let line =
            "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=\(name) exec parley \(arguments)"
        return try Running(
            "/bin/sh",
            ["-c", line],
            standardInput: FileHandle(fileDescriptor: socket, closeOnDealloc: false)
        )
    }

    @Test(arguments: ["activated://web", "activated:", "fd://3"])
    func `a passed listener is served, however it is named`(url: String) throws {
        let (descriptor, port) = try loopback(Int32(SOCK_STREAM.rawValue), listening: true)
        defer { close(descriptor) }
        let server = try start("serve echo \(url) -v", passing: descriptor)
        #expect(try server.port() == port)
        let call = try Parley.run("call", "tcp://127.0.0.1:\(port)", "--as", "lines", input: "hello\n")
        #expect(call.output.contains("hello"))
        server.signal(SIGTERM)
        let outcome = try server.outcome()
        #expect(outcome.status == 143)
        #expect(outcome.errors.contains("served 1 connection"))
    }

    @Test func `a passed datagram socket is served and received from`() throws {
        let (descriptor, port) = try loopback(Int32(SOCK_DGRAM.rawValue), listening: false)
        defer { close(descriptor) }
        let server = try start("serve echo activated://web", passing: descriptor)
        #expect(try server.port() == port)
        let call = try Parley.run("call", "udp://127.0.0.1:\(port)", "--as", "text", input: "hello")
        #expect(call.output.contains("hello"))
        server.signal(SIGTERM)
        _ = try server.outcome()
        // It was not closed here: the next one takes it over.
        let receiver = try start("receive activated://web --as text --count 1", passing: descriptor)
        _ = try receiver.port()
        _ = try Parley.run("send", "-q", "udp://127.0.0.1:\(port)", "--as", "text", input: "again")
        #expect(try receiver.outcome().output.contains("again"))
    }

    @Test func `what was not passed is said, with what was`() throws {
        let (descriptor, _) = try loopback(Int32(SOCK_STREAM.rawValue), listening: true)
        defer { close(descriptor) }
        let missing = try start("serve echo activated://mail", passing: descriptor).outcome()
        #expect(missing.status == 4)
        #expect(missing.errors.contains("passed: web"))
        let nothing = try Parley.run("serve", "echo", "activated://web")
        #expect(nothing.status == 4)
        #expect(nothing.errors.contains("no sockets were passed"))
        let closed = try Parley.run("serve", "echo", "fd://60077")
        #expect(closed.status == 4)
        #expect(closed.errors.contains("descriptor 60077 is not open"))
        let (idle, _) = try loopback(Int32(SOCK_STREAM.rawValue), listening: false)
        defer { close(idle) }
        let deaf = try start("serve echo activated://web", passing: idle).outcome()
        #expect(deaf.status == 4)
        #expect(deaf.errors.contains("an unconnected tcp socket"))
    }

    @Test func `systemd-socket-activate starts it at the first client`() throws {
        let path = "/usr/bin/systemd-socket-activate"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            print("skipped: \(path) is not there")
            return
        }
        let port = try freeStreamPort()
        // A shell between: systemd-socket-activate closes the descriptor by which Foundation sees the end of a
        // process, which would then wait for it and notice no other's.
        let line = """
            \(path) --listen=127.0.0.1:\(port) --fdname=web \(Parley.path) serve echo activated://web & server=$!
            echo $server
            wait $server
            """
        let server = try Running("/bin/sh", ["-c", line])
        try server.waitForError("Listening on")
        let call = try Parley.run("call", "tcp://127.0.0.1:\(port)", "--as", "lines", input: "hello\n")
        #expect(call.output.contains("hello"))
        let process = try #require(Int32(server.waitForOutput("\n").prefix { $0.isNumber }))
        kill(process, SIGTERM)
        try server.waitForError("served 1 connection")
    }

    /// A socket of 127.0.0.1 and its port.
    private func loopback(_ type: Int32, listening: Bool) throws -> (Int32, Int) {
        let descriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(result)
        if listening { try #require(listen(descriptor, 16) == 0) }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
