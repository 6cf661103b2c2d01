import Foundation
import Glibc
import ParleyTypes
import Testing

@testable import ParleyCommand

/// No client's trouble is another's: clients that never read, never finish or say nothing, and services that are
/// made to answer each other.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct StrangerTests {
    // MARK: Datagrams

    @Test(arguments: [10, 8000, 60_000])
    func `a unixgram client that never reads holds up nobody, and its dropped answers are counted`(
        bytes: Int
    ) throws {
        let name = "parley-stranger-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let server = try Parley.start("serve", "echo", "unixgram://@\(name)")
        try server.waitForError("serving echo")
        let deaf = try Datagrams(name: name + "-deaf")
        let honest = try Datagrams(name: name + "-honest")
        let large = [UInt8](repeating: 7, count: bytes)
        for number in 0..<300 {
            deaf.send(large, to: name)
            let question = Array("are you there \(number)".utf8)
            honest.send(question, to: name)
            #expect(honest.receive() == question)
        }
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        #expect(errors.contains("it does not read what it was sent"), "\(errors)")
        let summary = try #require(
            errors.firstMatch(of: /served 600 datagrams, .*, dropped (\d+) answers that had no room/),
            "\(errors)"
        )
        #expect((Int(summary.1) ?? 0) <= 300, "\(errors)")
    }

    @Test func `the summary of --json has a number for everything that became of datagrams`() throws {
        let name = "parley-stranger-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let server = try Parley.start("serve", "echo", "unixgram://@\(name)", "--json")
        try server.waitForError("serving echo")
        let honest = try Datagrams(name: name + "-honest")
        for number in 0..<3 {
            honest.send([UInt8(number)], to: name)
            #expect(honest.receive() == [UInt8(number)])
        }
        // Whoever has no name cannot be answered.
        let nobody = try Datagrams(name: nil)
        nobody.send([1], to: name)
        honest.send([9], to: name)
        #expect(honest.receive() == [9])
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        let note =
            #/\{"schema":"parley.note\/1","note":"served 4 datagrams, .* messages\/s, 4 B, could not answer 1 of senders /#
        #expect(errors.contains(note), "\(errors)")
        let counts =
            #","datagrams":4,"answered":4,"dropped":0,"damped":0,"failed":0,"misfits":0,"nameless":1,"#
            + #""unread":0,"lostAtLeast":0,"bytes":4,"milliseconds":"#
        #expect(errors.contains(counts), "\(errors)")
    }

    @Test(arguments: [["echo", "echo"], ["stamp", "echo"], ["daytime", "stamp"]])
    func `two services that were introduced to each other stop by themselves`(services: [String]) throws {
        let first = try Parley.start("serve", services[0], "udp://127.0.0.1:0")
        let port = try first.port()
        // While the first stands still, somebody asks it from a port that the second then has.
        first.signal(SIGSTOP)
        usleep(300_000)
        let stranger = try Datagrams(port: 0)
        let peer = stranger.port
        for number in 0..<4 { stranger.send([UInt8(number)], toPort: port) }
        stranger.close()
        let second = try Parley.start("serve", services[1], "udp://127.0.0.1:\(peer)")
        _ = try second.port()
        first.signal(SIGCONT)
        let hasEnded = wait {
            first.errorText.contains("is not answered") || second.errorText.contains("is not answered")
        }
        #expect(hasEnded, "\(first.errorText)\(second.errorText)")
        first.signal(SIGTERM)
        second.signal(SIGTERM)
        var served = 0
        for one in [first, second] {
            let errors = try one.outcome().errors
            served += errors.firstMatch(of: /served (\d+) datagram/).flatMap { Int($0.1) } ?? 100_000
        }
        #expect((8...4000).contains(served), "\(served)")
    }

    @Test func `services whose answers differ each time stop as well`() throws {
        let first = try Parley.start("serve", "echo", "udp://127.0.0.1:0")
        // A service that counts its answers, and answers all that comes.
        let other = try Datagrams(port: 0)
        other.patience(milliseconds: 1500)
        other.send([0], toPort: try first.port())
        var count = 0
        while count < 100_000, other.answerNext(Array("answer \(count)".utf8)) { count += 1 }
        #expect((256...2000).contains(count), "\(count)")
        #expect(first.errorText.contains("what it says at once is not answered"), "\(first.errorText)")
        first.signal(SIGTERM)
        #expect(try first.outcome().errors.contains("of services and loops"))
    }

    @Test func `a client whose questions differ is answered each time, however many there are`() throws {
        let server = try Parley.start("serve", "echo", "udp://127.0.0.1:0")
        let client = try Datagrams(port: 0)
        client.hearOnly(try server.port())
        for number in 0..<5000 {
            let question = Array("question \(number)".utf8)
            client.send(question, toPort: try server.port())
            #expect(client.receive() == question)
        }
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        #expect(errors.contains("served 5000 datagrams") && !errors.contains("did not answer"), "\(errors)")
    }

    @Test func `a sender that is nobody is called what it is`() {
        var own = OwnAddresses(.ipv4(IPv4Address(127, 0, 0, 1), port: 4000))
        let now = MonotonicInstant(nanoseconds: 0)
        let senders: [(SocketAddress, OwnAddresses.Reason?)] = [
            (.ipv4(IPv4Address(127, 0, 0, 1), port: 4000), .own),
            (.ipv4(IPv4Address(127, 0, 0, 1), port: 4001), nil),
            (.ipv4(IPv4Address(127, 0, 0, 1), port: 0), .noPort),
            (.ipv4(IPv4Address(224, 0, 0, 1), port: 4000), .group),
            (.ipv4(IPv4Address(0, 0, 0, 0), port: 4000), .wildcard),
            (.ipv4(.broadcast, port: 4000), .broadcast),
        ]
        for (sender, reason) in senders {
            let found = own.reason(against: sender, at: now)
            #expect(found == reason)
        }
        #expect(Set(OwnAddresses.Reason.allCases.map(\.sentence)).count == 5)
    }

    @Test func `where the kernel does not tell, peers are answered and not remembered`() {
        var unread = UnreadAnswers(.unix(.abstract([1])), queueBytes: 400_000, list: { nil })
        for number in 0..<10_000 {
            let peer = SocketAddress.unix(.abstract([2, UInt8(number & 0xFF), UInt8(number >> 8)]))
            let hasRoom = unread.hasRoom(for: 100, to: peer)
            #expect(hasRoom)
            unread.note(100, to: peer)
            // Until the kernel is asked for the first time.
            #expect(unread.peersCount <= 30)
        }
        #expect(unread.peersCount == 0)
    }

    @Test func `a service never answers itself`() throws {
        // Who shares its port sends from its address.
        let server = try Parley.start("serve", "echo", "udp://127.0.0.1:0?reuse=loadBalanced")
        let port = try server.port()
        let sharer = try Datagrams(port: port)
        for number in 0..<20 { sharer.send([UInt8(number)], toPort: port) }
        let client = try Datagrams(port: 0)
        // The kernel spreads clients over both; one of several finds the server.
        var served = false
        for _ in 0..<50 where !served {
            let one = try Datagrams(port: 0)
            one.patience(milliseconds: 200)
            one.send([1], toPort: port)
            served = one.receive() == [1]
        }
        #expect(served)
        client.close()
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        // Its own datagrams went to one of the two sockets, all of them.
        if errors.contains("of services and loops") {
            #expect(errors.contains("it is this service's own address"), "\(errors)")
        }
        let count = errors.firstMatch(of: /served (\d+) datagram/).flatMap { Int($0.1) } ?? 1000
        #expect(count <= 70, "\(errors)")
    }

    @Test func `a client that repeats one question thousands of times is answered each time`() throws {
        let server = try Parley.start("serve", "echo", "udp://127.0.0.1:0")
        let port = try server.port()
        let client = try Datagrams(port: 0)
        for number in 0..<5000 {
            client.send([1, 2, 3], toPort: port)
            let answer = client.receive()
            guard answer == [1, 2, 3] else {
                Issue.record("\(number): \(String(describing: answer))")
                break
            }
        }
        server.signal(SIGTERM)
        #expect(!(try server.outcome().errors.contains("loops")))
    }

    // MARK: Connections

    @Test func `receive serves the next client when silent ones have been silent for the limit, and says so`()
        throws
    {
        let receiver = try Parley.start(
            "receive",
            "tcp://127.0.0.1:0",
            "--as",
            "lines",
            "--connections",
            "2",
            "--idle",
            "500ms",
            "--count",
            "1"
        )
        let port = try receiver.port()
        let silent = try (0..<3).map { _ in try Stream(port) }
        defer { silent.forEach { $0.close() } }
        let honest = try Stream(port)
        honest.send(Array("hello\r\n".utf8))
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("hello"))
        let full = outcome.errors.matches(of: /all 2 connections are taken, further ones wait/)
        #expect(!full.isEmpty, "\(outcome.errors)")
        #expect(outcome.errors.contains("next message was not there within"), "\(outcome.errors)")
        honest.close()
    }

    @Test func `receive resets who holds most of an unfinished message, and hears the others`() throws {
        let receiver = try Parley.start(
            "receive",
            "tcp://127.0.0.1:0",
            "--as",
            "hex",
            "--framing",
            "length",
            "--memory",
            "1M",
            "--count",
            "1"
        )
        let port = try receiver.port()
        let honest = try Stream(port)
        honest.send([0, 0, 0, 3, 1, 2])
        let large = try (0..<6).map { _ in try Stream(port) }
        for one in large { one.send([0, 0x80, 0, 0] + [UInt8](repeating: 9, count: 400_000)) }
        try receiver.waitForError("so it was reset")
        honest.send([3])
        let outcome = try receiver.outcome()
        #expect(outcome.output.contains("01 02 03"), "\(outcome.errors)")
        #expect(outcome.errors.contains(/reset \d clients? whose unfinished messages held too much/))
        for one in large + [honest] { one.close() }
    }

    @Test(arguments: ["serve", "receive"], ["0", "-1", "much", "1T"])
    func `a memory of nothing is wrong usage`(verb: String, size: String) throws {
        let service = verb == "serve" ? ["echo"] : []
        let outcome = try Running(Parley.path, [verb] + service + ["tcp://127.0.0.1:0", "--memory=\(size)"])
            .outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--memory"))
    }

    // MARK: Kit

    private func wait(_ condition: () -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(20)
        while Date() < deadline {
            if condition() { return true }
            usleep(5000)
        }
        return condition()
    }
}

/// A datagram socket that waits 20 seconds for an answer at most.
final class Datagrams {
    private let descriptor: Int32
    private var isClosed = false
    let port: Int

    /// Within this host, under an abstract name or none.
    init(name: String?) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        port = 0
        patience(milliseconds: 20_000)
        guard let name else { return }
        let result = unsafe Self.withUnix(name) { unsafe bind(descriptor, $0, $1) }
        try #require(result == 0)
    }

    /// On loopback, sharing its port with whoever allows it.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var yes: Int32 = 1
        if port != 0 { unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, 4) }
        let own = descriptor
        let result = unsafe Self.withInternet(port) { unsafe bind(own, $0, $1) }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(own, $0, &size) }
        }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        patience(milliseconds: 20_000)
        try #require(result == 0)
    }

    deinit { close() }

    /// Once: the number may be another's by the second time.
    func close() {
        if !isClosed { Glibc.close(descriptor) }
        isClosed = true
    }

    func patience(milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: [UInt8], to name: String) {
        _ = unsafe Self.withUnix(name) { unsafe sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
    }

    func send(_ bytes: [UInt8], toPort port: Int) {
        _ = unsafe Self.withInternet(port) { unsafe sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
    }

    /// Lets in what comes from one port only, as clients do.
    func hearOnly(_ port: Int) {
        _ = unsafe Self.withInternet(port) { unsafe connect(descriptor, $0, $1) }
    }

    /// Answers the next datagram to whoever sent it; false if none comes.
    func answerNext(_ answer: [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 2000)
        var sender = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &sender) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard unsafe recvfrom(descriptor, &buffer, buffer.count, 0, $0, &size) >= 0 else {
                    return false
                }
                return unsafe sendto(descriptor, answer, answer.count, 0, $0, size) >= 0
            }
        }
    }

    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 70_000)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count >= 0 ? Array(buffer.prefix(count)) : nil
    }

    private static func withUnix<R>(_ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.dropFirst().copyBytes(from: name.utf8)
        }
        let size = socklen_t(2 + 1 + name.utf8.count)
        return unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
        }
    }

    private static func withInternet<R>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A TCP client that waits for nothing.
private final class Stream {
    private let descriptor: Int32

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let own = descriptor
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(own, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    /// As much as is taken; a reset is the other side's affair.
    func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor,
                    $0.baseAddress! + done,
                    bytes.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return }
            done += count
        }
    }

    func close() { Glibc.close(descriptor) }
}
