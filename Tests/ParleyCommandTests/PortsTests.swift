import Foundation
import ParleyKernel
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyCommand

/// A TCP listener on a port of the system's choice.
private func listening() throws -> Socket {
    let socket = try Socket(.ipv4, .stream)
    try socket.bind(to: .ipv4(.loopback, port: 0))
    try socket.listen(backlog: 4)
    return socket
}

@Suite(.ownThreads, .timeLimit(.minutes(2))) struct PortsTests {
    @Test func `a listener is a row with its process, under titles in the same columns`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        let outcome = try Parley.run("ports", "--port", "\(port)")
        #expect(outcome.status == 0)
        let titles = try #require(outcome.lines.first)
        let row = try #require(outcome.lines.dropFirst().first)
        #expect(outcome.lines.count == 2 && titles.hasPrefix("KIND  STATE   LOCAL"))
        let fields = row.split(separator: " ").map(String.init)
        #expect(fields.prefix(6) == ["tcp", "LISTEN", "127.0.0.1:\(port)", "*", "0", "4"])
        #expect(row.contains("/\(getpid())"))
        let column = try #require(titles.range(of: "LOCAL")?.lowerBound)
        #expect(row[column...].hasPrefix("127.0.0.1:"))
        #expect(!outcome.output.contains("\u{1b}"))
        #expect(outcome.errors.contains("1 socket: 1 LISTEN"))
        socket.close()
    }

    @Test func `json is one object a socket, with the members in their order`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        let outcome = try Parley.run("ports", "--json", "--port", "\(port)", "-q")
        let line = try #require(outcome.lines.first)
        let start =
            #"{"schema":"parley.socket/1","kind":"tcp","state":"LISTEN","local":"127.0.0.1:\#(port)","#
            + #""receiveQueue":0,"sendQueue":4,"drops":0,"inode":"#
        #expect(line.hasPrefix(start), "\(line)")
        #expect(line.contains(#""cookie":"#) && line.contains(#""uid":\#(geteuid()),"user":""#))
        #expect(line.contains(#""owners":[{"pid":\#(getpid()),"name":""#))
        #expect(line.contains(#""descriptor":\#(socket.fileDescriptor),"uid":\#(geteuid()),"started":""#))
        #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        socket.close()
    }

    @Test func `the lines of json are frozen`() {
        var lines = SocketLines(SocketOwners())
        let socket = KernelSocket(
            kind: .tcp,
            state: .timeWait,
            local: .ipv6(.loopback, port: 8086, zone: 0),
            remote: .ipv4(IPv4Address(192, 0, 2, 1), port: 40000),
            receiveQueue: 1,
            sendQueue: 2,
            drops: 3,
            timer: .init(kind: .timeWait, remaining: .milliseconds(43_120), retries: 1),
            inode: 4,
            cookie: 5,
            user: 4_123_456_789,
            interface: 6,
            isIPv6Only: true,
            peerInode: 7
        )
        lines.append(socket)
        let common =
            #""kind":"tcp","state":"TIME_WAIT","local":"[::1]:8086","remote":"192.0.2.1:40000","#
            + #""receiveQueue":1,"sendQueue":2,"drops":3,"#
            + #""timer":{"kind":"time-wait","milliseconds":43120,"retries":1},"inode":4,"cookie":5,"#
            + #""uid":4123456789,"user":"4123456789","interface":6,"ipv6Only":true,"peerInode":7"#
        #expect(
            String(decoding: lines.bytes, as: UTF8.self) == "{\"schema\":\"parley.socket/1\",\(common)}\n"
        )
        var unix = SocketLines(SocketOwners())
        unix.append(KernelSocket(kind: .unixDatagram, state: .closed, local: .unix(.abstract([0x22, 0x41]))))
        #expect(
            String(decoding: unix.bytes, as: UTF8.self)
                == #"{"schema":"parley.socket/1","kind":"unixgram","state":"UNCONNECTED","local":"@\"A","#
                + #""receiveQueue":0,"sendQueue":0}"# + "\n"
        )
        var journal = SocketJournal(memory: .zero)
        let process = OwningProcess(id: 9, name: "a\"b", user: 0, started: nil)
        let changes = journal.take([socket], at: .init(nanoseconds: 0)) { _ in process }
        var change = SocketLines(SocketOwners())
        change.append(changes[0], at: WallTime(secondsSince1970: 0))
        #expect(
            String(decoding: change.bytes, as: UTF8.self)
                == #"{"schema":"parley.socket-change/1","time":"1970-01-01T00:00:00.000000Z","change":"there","#
                + "\(common)," + #""pid":9,"process":"a\"b"}"# + "\n"
        )
    }

    @Test func `words of states are taken in any spelling, unknown ones list the known`() throws {
        for word in ["TIME_WAIT", "time-wait", "timewait", "Time_Wait"] {
            #expect(try SocketWords.states([word]) == [.timeWait])
        }
        #expect(
            try SocketWords.states(["fin-wait-1,FIN_WAIT2", "listening"]) == [.finWait1, .finWait2, .listen]
        )
        #expect(try SocketWords.states(["syn-recv"]) == [.synReceived, .newSynReceived])
        // Every state is reached by the word that is shown for it.
        for state in KernelSocket.State.allCases {
            #expect(try SocketWords.states([SocketWords.text(state)]).contains(state))
        }
        #expect(try SocketWords.kinds(["unix"]) == [.unixStream, .unixDatagram, .sequencedPacket])
        #expect(try SocketWords.kinds(["tcp, udp"]) == [.tcp, .udp])
        for (option, word, known) in [
            ("--state", "open", "time_wait"), ("--kind", "ipx", "udplite"), ("--state", ",", "listen"),
        ] {
            let outcome = try Parley.run("ports", option, word)
            #expect(outcome.status == 64 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("Known are:") && outcome.errors.contains(known))
        }
        #expect(try Parley.run("ports", "--every", "1s").status == 64)
        #expect(try Parley.run("ports", "--listening", "--state", "listen").status == 64)
        #expect(try Parley.run("ports", "--port", "70000").status == 64)
    }

    @Test func `filters choose by kind, state and process`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        let datagram = try Socket(.ipv4, .datagram)
        try datagram.bind(to: .ipv4(.loopback, port: 0))
        let here = "\(getpid())"
        let mine = try Parley.run("ports", "--process", here, "--listening", "--json", "-q").lines
        #expect(mine.contains { $0.contains("\"local\":\"127.0.0.1:\(port)\"") })
        #expect(mine.allSatisfy { $0.contains("\"pid\":\(here),") })
        let udp = try Parley.run("ports", "--process", here, "--kind", "udp", "--json", "-q").lines
        #expect(!udp.isEmpty && udp.allSatisfy { $0.contains(#""kind":"udp""#) })
        let none = try Parley.run("ports", "--port", "\(port)", "--state", "established")
        #expect(none.status == 0 && none.output.isEmpty && none.errors.contains("no such socket"))
        let name = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).dropLast()
        let named = try Parley.run("ports", "--process", String(name), "--port", "\(port)", "-q")
        #expect(named.lines.count == 2)
        #expect(try Parley.run("ports", "--process", "no-such-process", "-q").output.isEmpty)
        socket.close()
        datagram.close()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to become somebody else"))
    func `who is not root sees the sockets, and is told whose owners are missing`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        // The user has no way into the build's folder.
        let copy = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: Parley.path, toPath: copy.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy.path)
        defer { try? FileManager.default.removeItem(at: copy) }
        let words = ["--reuid=65534", "--clear-groups", copy.path, "ports", "--port", "\(port)"]
        let outcome = try Running("/usr/bin/setpriv", words).outcome()
        if outcome.errors.contains("error while loading") { return }
        #expect(outcome.status == 0 && outcome.output.contains("127.0.0.1:\(port)"))
        #expect(outcome.lines.last?.hasSuffix("?") == true)
        #expect(outcome.errors.contains("the owner of 1 socket is not known"))
        #expect(outcome.errors.contains("CAP_SYS_PTRACE"))
        socket.close()
    }
}

@Suite(.ownThreads, .timeLimit(.minutes(2))) struct WatchTests {
    @Test func `a watch tells a birth, each state and a death, a line each`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        let watch = try Parley.start("ports", "--watch", "--port", "\(port)", "--every", "10ms")
        try watch.waitForOutput("there LISTEN")
        let client = try Socket(.ipv4, .stream)
        _ = try client.connect(to: .ipv4(.loopback, port: port))
        let other = try client.localAddress
        // A listing is no snapshot: it may have one end before the other.
        try watch.waitForOutput("open both ways")
        guard case .accepted(let server, _) = try socket.accept() else {
            throw SocketError(.accept, .wouldBlock)
        }
        try client.shutdown(.sending)
        try watch.waitForOutput("-> FIN_WAIT_2: ")
        try watch.waitForOutput("-> CLOSE_WAIT: ")
        server.close()
        try watch.waitForOutput("-> TIME_WAIT, time-wait ")
        socket.close()
        try watch.waitForOutput("LISTEN -> gone")
        watch.signal(SIGINT)
        let outcome = try watch.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.lines.contains { $0.contains("\(other)") && $0.contains("half closed") })
        #expect(!outcome.output.contains("\u{1b}"))
        #expect(outcome.errors.contains("watched "))
    }

    @Test func `a watch ends after so many changes, or after so long`() throws {
        let socket = try listening()
        let port = try #require(try socket.localAddress.port)
        let watch = try Parley.start(
            "ports",
            "--watch",
            "--port",
            "\(port)",
            "--count",
            "1",
            "--json",
            "--every",
            "10ms"
        )
        try watch.waitForOutput(#""change":"there""#)
        socket.close()
        let outcome = try watch.outcome()
        #expect(outcome.status == 0 && outcome.lines.count == 2)
        #expect(outcome.lines[1].contains(#""change":"gone","from":"LISTEN","kind":"tcp","state":"LISTEN""#))
        let short = try Parley.run("ports", "--watch", "--port", "\(port)", "--timeout", "50ms")
        #expect(short.status == 0 && short.output.isEmpty)
    }

    @Test func `a connection keeps its course through TIME_WAIT, where the kernel gives it another number`() {
        var journal = SocketJournal(memory: .seconds(3))
        var socket = KernelSocket(
            kind: .tcp,
            state: .synSent,
            local: .ipv4(.loopback, port: 40000),
            remote: .ipv4(.loopback, port: 8086),
            inode: 11,
            cookie: 1
        )
        let owner = OwningProcess(id: 7, name: "client", user: 0, started: nil)
        func take(_ sockets: [KernelSocket], at second: Int64) -> [SocketJournal.Change] {
            journal.take(sockets, at: .init(nanoseconds: second * 1_000_000_000)) {
                $0.inode == 11 ? owner : nil
            }
        }
        #expect(take([], at: 0).isEmpty)
        #expect(take([socket], at: 1).map(\.kind) == [.born])
        socket.state = .established
        #expect(take([socket], at: 2).map(\.from) == [.synSent])
        #expect(take([socket], at: 3).isEmpty)
        // Once as what it was, once as TIME_WAIT, in one listing.
        var wait = socket
        wait.state = .timeWait
        (wait.inode, wait.cookie) = (0, 2)
        let last = take([socket, wait], at: 4)
        #expect(last.map(\.from) == [.established] && last[0].entry.owner == owner)
        let gone = take([], at: 5)
        #expect(gone.map(\.kind) == [.gone] && gone[0].entry.course == [.synSent, .established])
        #expect(journal.entries.count == 1)
        #expect(take([], at: 9).isEmpty && journal.entries.isEmpty)
        // The same five values again are a new connection.
        #expect(take([socket], at: 10).map(\.kind) == [.born])
    }
}
