import Foundation
import ParleyCapture
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyCommand

/// `parley capture` on this host's loopback. Each test filters its own port and ends by itself.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct LiveCaptureTests {
    static let isRoot = geteuid() == 0

    static func capture(_ arguments: String, in folder: Folder? = nil) throws -> Running {
        let running = try Parley.startShell("parley capture \(arguments)", in: folder)
        try running.waitForError("capturing on")
        return running
    }

    /// Sends datagrams from a socket that nobody answers.
    private static func send(_ messages: [[UInt8]], to port: Int, segmentBytes: Int32 = 0) throws {
        let receiver = try bound(to: port)
        defer { close(receiver) }
        let sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(sender) }
        if segmentBytes > 0 {
            // UDP_SEGMENT
            var size = segmentBytes
            let result = unsafe setsockopt(sender, Int32(IPPROTO_UDP), 103, &size, 4)
            try #require(result == 0)
        }
        var address = Self.address(port)
        for message in messages {
            let count = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe sendto(sender, message, message.count, 0, pointer, 16)
                }
            }
            try #require(count == message.count)
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func bound(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = address(port)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, 16)
            }
        }
        try #require(result == 0)
        return descriptor
    }

    private static func score(_ math: UInt8) -> [UInt8] {
        Array("Li".utf8) + [UInt8](repeating: 0, count: 14) + [math, 0, 0, 0, 77]
    }

    // MARK: Messages

    @Test(.enabled(if: isRoot, "needs root")) func `a count holds within what the kernel has still to cut`()
        throws
    {
        let folder = try Folder()
        let port = try freeDatagramPort()
        let capture = try Self.capture(
            "--interface lo udp port \(port) --as proto.h:msg_st --json --count 3 --timeout 5s",
            in: folder
        )
        // One UDP_SEGMENT send of eight messages.
        let line =
            "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
            + "s.setsockopt(17, 103, 21); s.sendto(bytes(21 * 8), (\"127.0.0.1\", \(port)))'"
        let sender = try Parley.shell(line)
        guard sender.status == 0 else { return print("skipped: \(sender.errors)") }
        let outcome = try capture.outcome()
        #expect(outcome.status == 0 && outcome.lines.count == 3, "\(outcome.output) \(outcome.errors)")
    }

    @Test(.enabled(if: isRoot, "needs root"), arguments: ["lo", "any"])
    func `every datagram is a message with both peers, shown once`(_ interface: String) throws {
        let folder = try Folder()
        let port = try freeDatagramPort()
        let capture = try Self.capture(
            "--interface \(interface) udp port \(port) --as proto.h:msg_st --timeout 2s",
            in: folder
        )
        try Self.send([Self.score(1), Self.score(2), [1, 2, 3]], to: port)
        let outcome = try capture.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let heads = outcome.lines.filter { $0.hasPrefix("127.0.0.1:") }
        #expect(heads.count == 2 && heads.allSatisfy { $0.contains(" > 127.0.0.1:\(port)  ") })
        #expect(outcome.lines.filter { $0 == "  math     1" }.count == 1)
        #expect(outcome.errors.contains("no such message"))
        // The packets counted may include later fragments between others: their ports are not known.
        let counted = outcome.errors.firstMatch(of: /(\d+) packets: 2 messages, 1 more did not fit/)
        #expect(counted.flatMap { Int($0.1) } ?? 0 >= 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("none lost"))
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `lines of JSON have the members that docs promise`() throws {
        let port = try freeDatagramPort()
        let time = #""time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,9}Z""#
        let ends = #""source":"127\.0\.0\.1:\d+","destination":"127\.0\.0\.1:\#(port)","packet":"#
        let messages = try Self.capture("-i lo udp port \(port) --as 'id:u16' --json --count 2")
        let packets = try Self.capture("-i lo udp port \(port) --json --count 1")
        try Self.send([[0, 7], [0, 8]], to: port)
        let lines = try messages.outcome()
        try #expect(
            lines.output.wholeMatch(
                of: Regex(
                    #"\{"schema":"parley\.capture/1","fields":\{"id":7\},\#(time),\#(ends)1\}\n"#
                        + #"\{"schema":"parley\.capture/1","fields":\{"id":8\},\#(time),\#(ends)2\}\n"#
                )
            ) != nil,
            "\(lines.output)"
        )
        try #expect(
            lines.errors.contains(
                Regex(
                    #"\{"schema":"parley\.capture-summary/1","packets":2,"dropped":0,"messages":2,"misfits":0,"#
                        + #""datagrams":2,"segments":0,"others":0,"milliseconds":\d+\}"#
                )
            ),
            "\(lines.errors)"
        )
        let packet = try packets.outcome()
        try #expect(
            packet.output.wholeMatch(
                of: Regex(
                    #"\{"schema":"parley\.packet/1","protocol":"udp","size":2,\#(time),\#(ends)1\}\n"#
                )
            ) != nil,
            "\(packet.output)"
        )
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `datagrams in fragments are put together, though only the first has ports`() throws {
        let port = try freeDatagramPort()
        // 65527 bytes and two headers are more than loopback's MTU.
        let capture = try Self.capture("-i lo ip6 udp port \(port) --count 1 --timeout 10s")
        let receiver = try Parley.start("receive", "udp://[::1]:\(port)", "--count", "1", "--as", "raw", "-q")
        let sender = try Parley.shell(
            "sleep 0.5; head -c 65527 /dev/zero | parley send 'udp://[::1]:\(port)' --as raw -q"
        )
        #expect(sender.status == 0, "\(sender.errors)")
        receiver.signal(SIGTERM)
        _ = try receiver.outcome()
        let outcome = try capture.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("UDP  65527 bytes"), "\(outcome.output) \(outcome.errors)")
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `what the kernel has still to cut is shown and written as datagrams`() throws {
        let release = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard (numbers[0], numbers[1]) >= (6, 2) else { return print("skipped: needs Linux 6.2") }
        let folder = try Folder()
        let port = try freeDatagramPort()
        let capture = try Self.capture(
            "-i lo udp port \(port) --as proto.h:msg_st --json --count 11 --timeout 10s --write a.pcapng",
            in: folder
        )
        try Self.send([(1...10).flatMap { Self.score($0) } + [9, 9]], to: port, segmentBytes: 21)
        try Self.send([Self.score(11)], to: port)
        let outcome = try capture.outcome()
        #expect(outcome.lines.map { $0.firstMatch(of: /"math":(\d+)/)?.1 } == (1...11).map { "\($0)" })
        let decoded = try Parley.run("decode", "--as", "proto.h:msg_st", "--json", "a.pcapng", in: folder)
        let numbersSeen = decoded.lines.map { $0.firstMatch(of: /"packet":(\d+)/)?.1 }
        #expect(numbersSeen == outcome.lines.map { $0.firstMatch(of: /"packet":(\d+)/)?.1 })
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark") else { return }
        let theirs = try Parley.shell(
            "tshark -r a.pcapng -o udp.check_checksum:TRUE -T fields -e udp.length -e udp.checksum.status "
                + "-Y 'frame.number < 12'",
            in: folder
        )
        #expect(theirs.lines == Array(repeating: "29\t1", count: 10) + ["10\t1"], "\(theirs)")
    }

    // MARK: Connections

    @Test(.enabled(if: isRoot, "needs root"))
    func `a handshake and a close can be read, and a refusal`() throws {
        let port = try freeStreamPort()
        let capture = try Self.capture("-i lo tcp port \(port)")
        let refused = try Parley.run("call", "tcp://127.0.0.1:\(port)", "--as", "lines", "hello")
        #expect(refused.status == 3)
        let server = try Parley.start("serve", "echo", "tcp://127.0.0.1:\(port)")
        try server.waitForError(" at ")
        let call = try Parley.run("call", "tcp://127.0.0.1:\(port)", "--as", "lines", "hello")
        #expect(call.status == 0)
        try capture.waitForOutput("> CLOSED  ")
        server.signal(SIGTERM)
        _ = try server.outcome()
        capture.signal(SIGINT)
        let outcome = try capture.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains("segments in "))
        let text = outcome.output
        for part in [
            "SYN_SENT     > ?             [SYN] seq 0 len 0 win ", "CLOSED       < CLOSED        [RST ACK]",
            "  refused", "ESTABLISHED  < SYN_RECEIVED  [SYN ACK] seq 0 ack 1 len 0",
            "ESTABLISHED  > ESTABLISHED   [ACK] seq 1 ack 1 len 0", "[PSH ACK] seq 1 ack 1 len 7",
            "[FIN ACK]", "TIME_WAIT    > CLOSED ",
        ] {
            #expect(text.contains(part), "\(part) in\n\(text)")
        }
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `streams are cut into messages in both directions, segments beside them`() throws {
        let port = try freeStreamPort()
        let server = try Parley.start("serve", "echo", "tcp://127.0.0.1:\(port)")
        try server.waitForError(" at ")
        let messages = try Self.capture("-i lo tcp port \(port) --as 'id:u32' --json --count 4 --timeout 10s")
        let both = try Self.capture("-i lo tcp port \(port) --as 'id:u32' --json --segments --timeout 2s")
        let call = try Parley.shell(
            "printf '{\"id\":7}\\n{\"id\":8}\\n' | parley call tcp://127.0.0.1:\(port) --as 'id:u32' -q"
        )
        #expect(call.status == 0, "\(call.errors)")
        let outcome = try messages.outcome()
        #expect(outcome.status == 0)
        let to = "\"destination\":\"127.0.0.1:\(port)\""
        let ids = outcome.lines.map { ($0.firstMatch(of: /"id":(\d)/)?.1 ?? "", $0.contains(to)) }
        #expect(Set(ids.filter { $0.1 }.map(\.0)) == ["7", "8"])
        #expect(Set(ids.filter { !$0.1 }.map(\.0)) == ["7", "8"])
        let lines = try both.outcome().lines
        server.signal(SIGTERM)
        _ = try server.outcome()
        #expect(lines.filter { $0.contains("parley.capture/1") }.count == 4)
        let segment = try #require(lines.first)
        let pattern = try Regex(
            #"\{"schema":"parley\.segment/1","flags":\["SYN"\],"sequence":0,"size":0,"window":\d+,"#
                + #""sourceState":"SYN_SENT","destinationState":"UNKNOWN","remarks":\[\],"time":"[^"]+","#
                + #""source":"127\.0\.0\.1:\d+","destination":"127\.0\.0\.1:\#(port)","packet":1\}"#
        )
        #expect(segment.wholeMatch(of: pattern) != nil, "\(segment)")
        #expect(lines.contains { $0.contains(#""flags":["SYN","ACK"],"sequence":0,"acknowledgement":1,"#) })
    }

    // MARK: Files

    @Test(.enabled(if: isRoot, "needs root"), arguments: ["lo", "any"])
    func `a file is what others read, with the losses at its end`(_ interface: String) throws {
        let folder = try Folder()
        let port = try freeDatagramPort()
        let capture = try Self.capture(
            "-i \(interface) udp port \(port) --write a.pcapng --count 3",
            in: folder
        )
        try Self.send([Self.score(1), Self.score(2), Self.score(3)], to: port)
        let outcome = try capture.outcome()
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("3 packets in "), "\(outcome.errors)")
        let decoded = try Parley.run("decode", "--as", "proto.h:msg_st", "--json", "a.pcapng", in: folder)
        #expect(decoded.lines.count == 3 && decoded.status == 0, "\(decoded.errors)")
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark") else { return }
        let told = try Parley.shell(
            "tshark -r a.pcapng -T fields -e udp.dstport -e udp.length -e frame.interface_name",
            in: folder
        )
        #expect(told.lines == Array(repeating: "\(port)\t29\t\(interface)", count: 3), "\(told)")
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `a file may go to standard output, and is bounded`() throws {
        let folder = try Folder()
        let port = try freeDatagramPort()
        let capture = try Parley.startShell(
            "parley capture -i lo udp port \(port) --write - --size 1K --snaplen 64 > b.pcapng",
            in: folder
        )
        try capture.waitForError("capturing on")
        try Self.send((0..<40).map { _ in [UInt8](repeating: 1, count: 500) }, to: port)
        #expect(try capture.outcome().status == 0)
        let bytes = try Data(contentsOf: folder.url.appending(path: "b.pcapng"))
        #expect(bytes.count >= 1024 && bytes.count < 2048)
        let decoded = try Parley.run("decode", "--as", "hex", "b.pcapng", in: folder)
        #expect(decoded.errors.contains("the capture kept 22 of 500 bytes"), "\(decoded.errors)")
    }

    // MARK: Ends

    @Test func `without the right there is one sentence with what to do`() throws {
        let folder = try Folder()
        let line = "capture --interface lo udp port 1 --count 1"
        let outcome: Parley.Outcome
        if Self.isRoot {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
            outcome = try Parley.shell(
                "cp \(Parley.path) ./parley-copy && chmod 755 parley-copy && "
                    + "setpriv --reuid=65534 --regid=65534 --clear-groups ./parley-copy \(line)",
                in: folder
            )
        } else {
            outcome = try Parley.shell("parley \(line)", in: folder)
        }
        #expect(outcome.status == 77)
        #expect(
            outcome.errors.hasPrefix(
                "parley: capturing needs the right CAP_NET_RAW. Run it as root, or give"
            ),
            "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("setcap cap_net_raw+ep /") && outcome.errors.hasSuffix(".\n"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test func `wrong words, interfaces and options are usage errors that list what there is`() throws {
        let word = try Parley.run("capture", "upd", "port", "8089")
        #expect(word.status == 64)
        #expect(word.errors.contains("“upd” is no word of a filter. Its words are ip, ip6, arp, udp"))
        let name = try Parley.run("capture", "-i", "nowhere0")
        #expect(name.status == 64 || !Self.isRoot)
        if Self.isRoot { #expect(name.errors.contains("there is no interface nowhere0. This host has lo")) }
        for arguments in ["--count 0", "--snaplen 10", "--size 1M", "--buffer 1K", "-w - --json"] {
            #expect(try Parley.shell("parley capture \(arguments)").status == 64, "\(arguments)")
        }
        if Self.isRoot { #expect(try Parley.run("capture", "--promiscuous").status == 64) }
    }

    @Test(.enabled(if: isRoot, "needs root"))
    func `it ends on signals and in time, with a summary, and leaves nothing`() throws {
        func flags() throws -> String {
            try String(contentsOfFile: "/sys/class/net/lo/flags", encoding: .utf8)
        }
        let port = try freeDatagramPort()
        let before = try flags()
        let capture = try Self.capture("-i lo --promiscuous udp port \(port)")
        try Self.send([[1]], to: port)
        try capture.waitForOutput("UDP  1 byte\n")
        capture.signal(SIGTERM)
        let outcome = try capture.outcome()
        #expect(outcome.status == 143 && outcome.errors.contains("1 packet: 1 datagram in "))
        #expect(try flags() == before)
        let silent = try Parley.shell("parley capture -i lo udp port \(port) --timeout 100ms")
        #expect(silent.status == 2 && silent.errors.contains("nothing came within 100ms"))
        let head = try Self.capture("-i lo udp port \(port) | head -1")
        try Self.send([[1], [2]], to: port)
        #expect(try head.outcome().lines.count == 1)
    }
}
