import Foundation
import Glibc
import Testing

/// What a summary counts: what was served, by whom it came, and what nobody has seen.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct SummaryTests {
    private static let layout = "id:u16 score:u32"

    @Test func `peers are those of messages; those of what did not fit are counted apart`() throws {
        let receiver = try Parley.start("receive", "udp://127.0.0.1:0", "--as", Self.layout)
        let place = "udp://127.0.0.1:\(try receiver.port())"
        for _ in 0..<2 { _ = try Parley.run("send", place, "--as", "hex", "0001") }
        for id in 1...3 {
            _ = try Parley.run("send", "-q", place, "--as", Self.layout, "id=\(id)", "score=7")
        }
        try receiver.waitForOutput("3")
        receiver.signal(SIGTERM)
        let errors = try receiver.outcome().errors
        #expect(
            errors.contains(/3 messages from 3 peers in \S+, .+ B, 2 more did not fit \(from 2 peers\)/),
            "\(errors)"
        )
    }

    @Test func `peers of what did not fit are nobody's when no message came`() throws {
        let receiver = try Parley.start("receive", "udp://127.0.0.1:0", "--as", Self.layout)
        let place = "udp://127.0.0.1:\(try receiver.port())"
        _ = try Parley.run("send", place, "--as", "hex", "0001")
        try receiver.waitForError("no such message")
        receiver.signal(SIGTERM)
        let errors = try receiver.outcome().errors
        #expect(errors.contains(/0 messages in \S+, 1 more did not fit \(from 1 peer\)/), "\(errors)")
    }

    @Test func `what serve reply could not answer for its form is counted apart, and not as served`() throws {
        let server = try Parley.start("serve", "reply", "udp://127.0.0.1:0", "--as", Self.layout, "score=1")
        let place = "udp://127.0.0.1:\(try server.port())"
        for _ in 0..<2 { _ = try Parley.run("send", place, "--as", "hex", "0001") }
        let answered = try Parley.run("call", "-q", place, "--as", Self.layout, "id=1", "score=7")
        #expect(answered.status == 0, "\(answered.errors)")
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        #expect(errors.contains(/served 1 datagram, \d+ B, 2 more did not fit\n/), "\(errors)")
    }

    @Test func `clients without a name are counted by their connections, senders are not guessed`() throws {
        let name = "parley-nameless-\(getpid())"
        for (transport, said) in [("unix", "from 2 peers in"), ("seqpacket", "from 2 peers in")] {
            let receiver = try Parley.start("receive", "\(transport)://@\(name)", "--as", "lines")
            try receiver.waitForError("listening at")
            for word in ["one", "two"] {
                let place = "\(transport)://@\(name)"
                #expect(try Parley.run("send", place, "--as", "lines", word).status == 0)
                try receiver.waitForOutput(word)
            }
            receiver.signal(SIGTERM)
            let errors = try receiver.outcome().errors
            #expect(errors.contains("2 messages \(said)"), "\(errors)")
        }
        let receiver = try Parley.start("receive", "unixgram://@\(name)", "--as", "lines")
        try receiver.waitForError("receiving at")
        for word in ["one", "two"] {
            try Datagrams(name: nil).send(Array(word.utf8), to: name)
            try receiver.waitForOutput(word)
        }
        receiver.signal(SIGTERM)
        let errors = try receiver.outcome().errors
        #expect(errors.contains("2 messages from senders without a name in "), "\(errors)")
    }

    /// A command that stands still while a hundred datagrams come, and is then ended.
    private func overrun(_ arguments: [String]) throws -> Parley.Outcome {
        let running = try Running(Parley.path, arguments)
        let port = try running.port()
        running.signal(SIGSTOP)
        usleep(100_000)
        let lines = (1...100).map { "line \($0)\n" }.joined()
        let sent = try Parley.run("send", "udp://127.0.0.1:\(port)", "--as", "lines", "-", input: lines)
        #expect(sent.status == 0, "\(sent.errors)")
        running.signal(SIGTERM)
        running.signal(SIGCONT)
        return try running.outcome()
    }

    @Test(arguments: ["echo", "discard", "daytime", "reply"])
    func `every service accounts for each datagram: served, lost to the queue, or not looked at`(
        service: String
    ) throws {
        var arguments = ["serve", service, "udp://127.0.0.1:0?rcvbuf=2304"]
        if service == "reply" { arguments += ["--as", "text:text"] }
        let errors = try overrun(arguments).errors
        let told = try #require(
            errors.firstMatch(
                of:
                    /served (\d+) datagrams?, [^,]+, \d+ B(, (\d+) more came and w\w+ not looked at)?, at least (\d+) datagrams lost/
            ),
            "\(errors)"
        )
        let counts = [told.1, told.3 ?? "0", told.4].compactMap { Int($0) }
        #expect(counts.count == 3 && counts.reduce(0, +) == 100, "\(errors)")
    }

    @Test func `the summary of a service is an object with --json, its losses among the numbers`() throws {
        let errors = try overrun(["serve", "discard", "udp://127.0.0.1:0?rcvbuf=2304", "--json"]).errors
        let line = try #require(errors.split(separator: "\n").last { $0.contains(#""datagrams":"#) })
        let told = try #require(
            line.firstMatch(of: /"datagrams":(\d+),.*"unread":(\d+),"lostAtLeast":(\d+),"bytes"/),
            "\(line)"
        )
        #expect([told.1, told.2, told.3].compactMap { Int($0) }.reduce(0, +) == 100, "\(line)")
    }

    @Test func `a receiver prints what has come when a signal ends it, and counts the rest as lost`() throws {
        let outcome = try overrun(["receive", "udp://127.0.0.1:0?rcvbuf=2304", "--as", "lines"])
        let told = try #require(
            outcome.errors.firstMatch(of: /(\d+) messages from 1 peer in .*, at least (\d+) datagrams lost/),
            "\(outcome.errors)"
        )
        #expect(Int(told.1) == outcome.lines.count)
        #expect((Int(told.1) ?? 0) + (Int(told.2) ?? 0) == 100, "\(outcome.errors)")
    }

    @Test func `answers that were lost to the queue of a call are told at its end`() throws {
        let place = "udp://127.0.0.1:\(try freeDatagramPort())"
        // One question brings many answers while the caller stands still.
        let caller = try Running(
            "/bin/sh",
            ["-c", "(sleep 2; echo again) | parley call '\(place)?rcvbuf=2304' --as lines --timeout 3s -"]
        )
        let peer = try FloodingPeer(port: Int(place.split(separator: ":").last ?? "") ?? 0)
        defer { peer.close() }
        peer.answerEach(with: 200)
        let outcome = try caller.outcome()
        #expect(
            outcome.errors.contains(/at least \d+ datagrams? lost to a full receive queue/),
            "\(outcome.errors)"
        )
    }

    @Test func `a unixgram sender without a name is told once with its remedy, and counted apart`() throws {
        let name = "parley-summary-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let server = try Parley.start("serve", "echo", "unixgram://@\(name)")
        try server.waitForError("serving echo")
        for _ in 0..<3 {
            let line = "echo hi | socat -u - ABSTRACT-SENDTO:\(name)"
            guard try Parley.shell("command -v socat && \(line)").status == 0 else { return }
        }
        #expect(try Parley.run("call", "unixgram://@\(name)", "you").output == "you\n")
        server.signal(SIGTERM)
        let lines = try server.outcome().errors.split(separator: "\n")
        #expect(
            lines.count { $0.contains("its socket has no name") && $0.contains("must bind") } == 1,
            "\(lines)"
        )
        #expect(lines.last == "parley: served 1 datagram, 3 B, could not answer 3 of senders without a name")
    }
}

/// A UDP socket that answers each datagram many times.
private final class FloodingPeer: Sendable {
    private let descriptor: Int32

    init(port: Int) throws { descriptor = try unsafe LoopbackSocket.open(SOCK_DGRAM, port, by: bind) }

    func close() { Glibc.close(descriptor) }

    /// Answers one datagram.
    func answerEach(with count: Int) {
        var buffer = [UInt8](repeating: 0, count: 2000)
        var sender = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &sender) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe recvfrom(descriptor, &buffer, buffer.count, 0, pointer, &size) >= 0 else {
                    return
                }
                let answer = [UInt8](repeating: 0x61, count: 1000)
                for _ in 0..<count { _ = unsafe sendto(descriptor, answer, answer.count, 0, pointer, size) }
            }
        }
    }
}
