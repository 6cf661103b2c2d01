import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Sockets that a service manager bound become listeners, mailboxes and connections. Each test is a process of
/// its own: what is passed is passed to a process.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ActivationTests {
    @Test func `passed sockets serve under their names, and programs started here see none of it`()
        async throws
    {
        await #expect(processExitsWith: .success) {
            let tcp = try bound(.ipv4, .stream, listening: true)
            let udp = try bound(.ipv4, .datagram, listening: false)
            pass([("web", tcp), ("inbox", udp)])
            let listener = try await Listener(Score.self, at: .activated("web"))
            require(listener.endpoint.transport == .tcp, "\(listener.endpoint.transport)")
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
                let isGone = unsafe getenv(name) == nil
                require(isGone, "\(name) is still there")
            }
            require(fcntl(tcp, F_GETFD) & FD_CLOEXEC != 0, "exec would see the listener")
            require(fcntl(udp, F_GETFD) & FD_CLOEXEC != 0, "exec would see the mailbox")
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let client = try await Connection(Score.self, to: target, timeout: patience)
            let server = try await listener.accept()
            try await client.send(score(1))
            require(try await server.next(timeout: patience) == score(1), "nothing came")
            let inbox = try await Mailbox(Score.self, at: Endpoint(url: "activated://inbox"))
            require(inbox.endpoint.transport == .udp, "\(inbox.endpoint.transport)")
            try await inbox.send(score(2), to: inbox.localAddress)
            let letter = try await inbox.next(timeout: patience)
            require(letter?.message == score(2), "nothing came")
            require(letter?.recipient != nil, "where it was sent to is not told")
            // Each is taken once.
            let again = await code { try await Listener(Score.self, at: .activated("web")) }
            require(again == .addressInUse, "\(String(describing: again))")
            // Closing it closes it.
            listener.close()
            require(await eventually { fcntl(tcp, F_GETFD) < 0 }, "the listener is still open")
        }
    }

    @Test func `what is passed is taken for what it is, and the error says what that is`() async throws {
        await #expect(processExitsWith: .success) {
            let udp = try bound(.ipv4, .datagram, listening: false)
            let idle = try bound(.ipv4, .stream, listening: false)
            pass([("inbox", udp), ("idle", idle)])
            let place = Endpoint.activated("inbox")
            let misuse = await refusal { try await Listener(Score.self, at: place) }
            if case .unusable(_, .datagramsForListener)? = misuse {
            } else {
                require(false, "\(String(describing: misuse))")
            }
            let silent = await code { try await Listener(Score.self, at: .activated("idle")) }
            require(silent == .wrongProtocolType, "\(String(describing: silent))")
            let unknown = await refusal { try await Mailbox(Score.self, at: .activated("mail")) }
            // The first sixteen names follow; ours may stand behind those of descriptors that were open before.
            require("\(unknown!)".contains("activated://mail (passed: "), "\(unknown!)")
            // A refusal takes nothing.
            _ = try await Mailbox(Score.self, at: place)
        }
    }

    @Test func `a connected descriptor is a connection, and a Unix listener's file stays`() async throws {
        await #expect(processExitsWith: .success) {
            let pair = try Socket.pair(.stream)
            let near = pair.first.take()
            let far = pair.second.take()
            let left = try await Connection(Score.self, to: .descriptor(near))
            let right = try await Connection(Score.self, to: .descriptor(far))
            try await left.send(score(3))
            require(try await right.next(timeout: patience) == score(3), "nothing came")
            let path = Fresh.path
            let socket = try Socket(.unix, .stream)
            try socket.bind(to: .unix(.path(path)))
            try socket.listen()
            let listener = try await Listener(Score.self, at: .descriptor(socket.take()))
            let client = try await Connection(Score.self, to: .unix(path: path), timeout: patience)
            try await client.send(score(4))
            require(try await listener.accept().next(timeout: patience) == score(4), "nothing came")
            listener.close()
            // The service manager made it and goes on listening there.
            let stays = unsafe access(path, F_OK) == 0
            require(stays, "the file is gone")
            unsafe unlink(path)
        }
    }
}

/// A socket at a port of the system's choice, not yet fit for us: blocking, and inherited.
private func bound(_ family: SocketFamily, _ kind: SocketKind, listening: Bool) throws -> Int32 {
    let socket = try Socket(family, kind)
    try socket.bind(to: .ipv4(.loopback, port: 0))
    if listening { try socket.listen() }
    let descriptor = socket.take()
    _ = fcntl(descriptor, F_SETFD, 0)
    _ = fcntl(descriptor, F_SETFL, 0)
    return descriptor
}

/// Sets the environment as a service manager does. Descriptors from 3 on which are not ours are passed too,
/// under no name, because this process has them open already.
private func pass(_ sockets: [(name: String, descriptor: Int32)]) {
    let last = sockets.map(\.descriptor).max() ?? 2
    let names = (3...last).map { number in sockets.first { $0.descriptor == number }?.name ?? "" }
    unsafe setenv("LISTEN_PID", "\(getpid())", 1)
    unsafe setenv("LISTEN_FDS", "\(last - 2)", 1)
    unsafe setenv("LISTEN_FDNAMES", names.joined(separator: ":"), 1)
}
