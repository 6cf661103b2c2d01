import Foundation
import Glibc
import ParleyText
import ParleyTypes
import Testing

@testable import ParleyCommand

/// `parley options`, run as users run it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OptionsTests {
    @Test(arguments: OptionsCommand.examples)
    func `examples run`(_ example: String) throws {
        let outcome = try Parley.shell(example)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.output.isEmpty)
        #expect(try Parley.run("options", "--help").output.contains("  \(example)\n"))
    }

    @Test(arguments: SocketOption.Kind.allCases)
    func `a kind's options stand one a line, with or without the right to make the socket`(
        kind: SocketOption.Kind
    ) throws {
        let outcome = try Parley.run("options", kind.rawValue)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let options = SocketOption.options(of: [kind])
        #expect(outcome.lines.count == options.count + 1)
        for option in options { #expect(outcome.lines.contains { $0.hasPrefix(option.name + " ") }) }
        #expect(!outcome.output.contains("\u{1b}"))
    }

    @Test func `--ipv6 means the kind over IPv6`() throws {
        #expect(try Parley.run("options", "udp", "--ipv6").output.contains("\nIPV6_TCLASS "))
        #expect(try !Parley.run("options", "udp").output.contains("\nIPV6_TCLASS "))
        #expect(try Parley.run("options", "unix", "--ipv6").status == 64)
    }

    @Test func `an option's entry says all that is known of it`() throws {
        let text = try Parley.run("options", "tcp", "so_broadcast").output
        #expect(text.contains("tcp://:8089?SO_BROADCAST=…"))
        #expect(text.contains("Socket.allowsBroadcast"))
        #expect(text.contains("no effect   tcp, tcp6, mptcp, unix, seqpacket, vsock: "))
        let mark = try Parley.run("options", "mark").output
        #expect(mark.contains("needs       CAP_NET_ADMIN or CAP_NET_RAW"))
        #expect(try Parley.run("options", "raw", "ICMP_FILTER").output.contains("Socket.refusedMessages"))
    }

    @Test func `--set reports what the kernel made of a value`() throws {
        let outcome = try Parley.run("options", "udp", "--set", "SO_RCVBUF=65536", "--set", "rcvbuf=1")
        #expect(outcome.status == 0)
        #expect(outcome.lines[0].hasPrefix("SO_RCVBUF=65536: reads 131072 (was "))
        #expect(outcome.lines[0].hasSuffix("The kernel doubles it, to keep room for its own records."))
        #expect(
            outcome.lines[1]
                == "SO_RCVBUF=1: reads 2304 (was 131072). 2304 is the least that the kernel allows."
        )
        let most = try #require(SystemSetting.text("net.core.rmem_max").flatMap { Int($0) })
        let capped = try Parley.run("options", "udp", "--set", "SO_RCVBUF=2147483647")
        #expect(capped.lines[0].contains("reads \(most * 2) "))
        #expect(capped.lines[0].contains("net.core.rmem_max = \(most) caps it"))
        #expect(capped.lines[0].contains("sysctl -w net.core.rmem_max=2147483647"))
        #expect(capped.lines[0].contains("SO_RCVBUFFORCE, which takes CAP_NET_ADMIN"))
        let idle = try Parley.run("options", "tcp", "--set", "SO_BROADCAST=1")
        #expect(idle.lines[0].contains("reads 1 (was 0). No effect on tcp: "))
        #expect(try Parley.run("options", "tcp", "--set", "congestion=nosuch").status == 1)
    }

    @Test(arguments: ["net.core.rmem_max", "net.core.wmem_max"])
    func `a queue of twice the limit is capped, although it reads as what was asked for`(
        limit: String
    ) throws {
        let most = try #require(SystemSetting.text(limit).flatMap { Int($0) })
        let name = limit.contains("rmem") ? "SO_RCVBUF" : "SO_SNDBUF"
        for kind in ["udp", "tcp", "unix"] {
            let outcome = try Parley.run("options", kind, "--set", "\(name)=\(most * 2)")
            #expect(outcome.output.contains("\(name)=\(most * 2): reads \(most * 2) "), "\(outcome.output)")
            #expect(outcome.output.contains("\(limit) = \(most) caps it"), "\(outcome.output)")
            let exact = try Parley.run("options", kind, "--set", "\(name)=\(most)")
            #expect(exact.output.contains("The kernel doubles it"), "\(exact.output)")
        }
    }

    @Test func `a value that needs one and has none is wrong usage`() throws {
        for word in ["rcvbuf", "SO_RCVBUFFORCE", "SO_PRIORITY", "SO_LINGER", "SO_BINDTODEVICE"] {
            let outcome = try Parley.run("options", "udp", "--set", word)
            #expect(outcome.status == 64 && outcome.errors.contains("has no value"), "\(outcome.errors)")
        }
        #expect(try Parley.run("options", "udp", "--set", "SO_BROADCAST").status == 0)
    }

    @Test func `every command remarks once where the kernel gives less than a URL asks for`() throws {
        let most = try #require(SystemSetting.text("net.core.rmem_max").flatMap { Int($0) })
        let waiting = try #require(SystemSetting.text("net.core.somaxconn").flatMap { Int($0) })
        let (rmem, wmem) = ("net.core.rmem_max = \(most) caps it", "net.core.wmem_max = ")
        for command in [["receive"], ["serve", "echo"]] {
            let running = try Running(Parley.path, command + ["udp://127.0.0.1:0?rcvbuf=\(most * 4)"])
            let port = try running.port()
            for client in [["call"], ["send"]] {
                let place = "udp://127.0.0.1:\(port)?rcvbuf=\(most * 4)&sndbuf=2147483647"
                let outcome = try Running(
                    Parley.path,
                    client + [place, "hi", "--timeout", "100ms"]
                ).outcome()
                #expect(outcome.errors.components(separatedBy: rmem).count == 2, "\(outcome.errors)")
                #expect(outcome.errors.components(separatedBy: wmem).count == 2, "\(outcome.errors)")
            }
            running.signal(SIGTERM)
            let errors = try running.outcome().errors
            #expect(errors.components(separatedBy: rmem).count == 2, "\(errors)")
        }
        for scheme in ["tcp://127.0.0.1:0", "unix://@parley-backlog-\(getpid())"] {
            let running = try Parley.start("receive", "\(scheme)?backlog=\(waiting + 1)")
            try running.waitForError("listening at")
            running.signal(SIGTERM)
            let errors = try running.outcome().errors
            #expect(errors.contains("net.core.somaxconn = \(waiting) caps it"), "\(errors)")
        }
    }

    @Test func `an option without effect on an endpoint is remarked on, with the reason`() throws {
        let name = "@parley-idle-\(getpid())"
        for (place, said) in [
            (
                "unix://\(name)?rcvbuf=65536",
                "rcvbuf=65536: without effect here. Within a host only the sender"
            ),
            ("unixgram://\(name)?busypoll=5", "busypoll=5: without effect here. No network card"),
            (
                "udp://127.0.0.1:0?rcvlowat=5",
                "rcvlowat=5: without effect here. A message makes the socket readable"
            ),
        ] {
            let running = try Parley.start("receive", place)
            try running.waitForError(" at ")
            running.signal(SIGTERM)
            let errors = try running.outcome().errors
            #expect(errors.components(separatedBy: said).count == 2, "\(errors)")
        }
    }

    @Test func `a queue that the kernel gives whole, or more of, is no remark`() throws {
        let most = try #require(SystemSetting.text("net.core.rmem_max").flatMap { Int($0) })
        for size in [1, 2304, most] {
            let running = try Parley.start("receive", "udp://127.0.0.1:0?rcvbuf=\(size)")
            _ = try running.port()
            running.signal(SIGTERM)
            #expect(try !running.outcome().errors.contains("reads"))
        }
    }

    @Test func `JSON is frozen`() throws {
        let line = try Parley.run("options", "udp", "SO_BROADCAST", "--json").output
        #expect(
            line == #"{"schema":"parley.option/1","kind":"udp","name":"SO_BROADCAST","key":"broadcast","#
                + #""level":"SOL_SOCKET","levelNumber":1,"number":6,"property":"allowsBroadcast","#
                + #""access":"readWrite","range":"0 or 1","inURL":true,"default":"0","current":"0","#
                + #""error":null,"preset":null,"settings":[],"summary":"Whether sending to broadcast "#
                + #"addresses is allowed; receiving needs nothing.","effects":[],"noEffect":null,"#
                + #""right":null,"rightWhen":null,"since":null}"# + "\n"
        )
        let set = try Parley.run("options", "udp", "--set", "SO_BROADCAST", "--json").output
        #expect(
            set == #"{"schema":"parley.option-set/1","kind":"udp","name":"SO_BROADCAST","asked":"1","#
                + #""before":"0","after":"1","error":null,"right":null,"sentence":"As asked."}"# + "\n"
        )
        for kind in ["tcp", "packet"] {
            let lines = try Parley.run("options", kind, "--json").lines
            #expect(lines.allSatisfy { $0.hasPrefix(#"{"schema":"parley.option/1","kind":"\#(kind)","#) })
        }
        #expect(try Parley.run("options", "--json").lines.count == SocketOption.all.count)
    }

    @Test func `unknown names are answered with the known ones and the nearest`() throws {
        let option = try Parley.run("options", "tcp", "SO_RCVBUFF")
        #expect(option.status == 64)
        #expect(option.errors.hasPrefix("parley: “SO_RCVBUFF” is no option of tcp. Did you mean SO_RCVBUF? "))
        #expect(option.errors.contains("`parley options tcp` lists them."))
        #expect(!option.errors.contains("TCP_NODELAY"))
        let kind = try Parley.run("options", "upd")
        #expect(kind.status == 64)
        #expect(kind.errors.contains("Did you mean udp"))
        let other = try Parley.run("options", "unix", "TCP_NODELAY")
        #expect(other.status == 64 && other.errors.contains("those that do are tcp, tcp6, mptcp"))
        for arguments in [
            ["tcp", "--set", "SO_TYPE=1"], ["tcp", "--set", "SO_RCVBUF=much"], ["--set", "mark=1"],
            ["tcp", "udp"], ["tcp", "mark", "ttl"], ["tcp", "--set", "nonsense=1"],
        ] {
            let line = (["parley", "options"] + arguments).joined(separator: " ")
            #expect(try Parley.shell(line).status == 64, "\(line)")
        }
    }

    @Test func `URLs that receivers are given know the kernel's options`() throws {
        let outcome = try Parley.run("receive", "udp://:0?nonsense=1")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("`parley options udp`"))
        let near = try Parley.run("receive", "udp://:0?mtudiscovr=do")
        #expect(near.status == 64 && near.errors.contains("mtudiscover"), "\(near.errors)")
        let receiver = try Parley.run("receive", "udp://:0?mtudiscover=do&SO_PRIORITY=5", "--timeout", "50ms")
        #expect(receiver.status == 2, "\(receiver.errors)")
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: needs root to give it up"))
    func `without rights the rest works, and the missing one is named`() throws {
        let folder = URL(filePath: "/tmp/parley-options-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "parley").path
        try FileManager.default.copyItem(atPath: Parley.path, toPath: copy)
        let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \(copy) options"
        let mark = try Parley.shell("\(nobody) udp --set mark=5 --set priority=7 --set priority=6")
        #expect(mark.status == 77)
        #expect(mark.lines[0].contains("setting it needs CAP_NET_ADMIN or CAP_NET_RAW."))
        #expect(mark.lines[1].contains("setting it needs CAP_NET_ADMIN when above 6."))
        #expect(mark.lines[2].hasPrefix("SO_PRIORITY=6: reads 6 "))
        let raw = try Parley.shell("\(nobody) raw")
        #expect(raw.status == 0 && raw.errors.contains("CAP_NET_RAW"))
        #expect(try Parley.shell("\(nobody) raw --set mark=1").status == 77)
        // Every option that always needs a right, and none other, is refused.
        for kind in [SocketOption.Kind.tcp, .udp6, .unix, .netlink] {
            for option in SocketOption.options(of: [kind]) where option.isSettable && option.form == .flag {
                guard option.access == .readWrite else { continue }
                let outcome = try Parley.shell("\(nobody) \(kind.rawValue) --set \(option.name)=1")
                let needs = option.right != nil
                #expect(
                    (outcome.status == 77) == needs,
                    "\(option.name) of \(kind.rawValue): \(outcome.output)"
                )
            }
        }
    }

    @Test func `docs-options is what the command prints`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/options.md"), encoding: .utf8)
        #expect(page == OptionMarkdown.text, "parley options --markdown >docs/options.md")
        #expect(try Parley.run("options", "--markdown").output == page)
    }
}
