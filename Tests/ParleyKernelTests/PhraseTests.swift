import ParleyTypes
import Testing

@testable import ParleyKernel

@Suite struct PhraseTests {
    @Test func `a path in a suggested line is one word for a shell, or no path at all`() {
        #expect(Phrase.shellWord("/run/a.sock") == "/run/a.sock")
        #expect(Phrase.shellWord("/tmp/a b;c") == "'/tmp/a b;c'")
        #expect(Phrase.shellWord("it's $(x)") == #"'it'\''s $(x)'"#)
        #expect(Phrase.shellWord("-rf") == "./-rf")
        for path in ["/tmp/\u{1b}[31m", "a\nb", "", String(repeating: "x", count: 300)] {
            #expect(Phrase.shellWord(path) == "PATH")
        }
    }

    private func holder(
        _ state: KernelSocket.State,
        kind: KernelSocket.Kind = .tcp,
        reuse: ReuseFlags = .unknown
    )
        -> SocketHolder
    {
        let socket = KernelSocket(
            kind: kind,
            state: state,
            local: .ipv4(.any, port: 8086),
            remote: state == .listen ? nil : .ipv4(.loopback, port: 40000),
            timer: state == .timeWait ? .init(kind: .timeWait, remaining: .milliseconds(43_500)) : nil,
            inode: state == .timeWait ? 0 : 7,
            user: 0
        )
        let nginx = OwningProcess(
            id: 412,
            name: "nginx",
            user: 0,
            started: WallTime(secondsSince1970: 1_000_000_000)
        )
        return SocketHolder(
            socket,
            owners: state == .timeWait ? [] : [SocketOwner(process: nginx, descriptor: 3)],
            reuse: reuse
        )
    }

    @Test func `a listener is named with process, user and start, and the remedy with what is not known`() {
        let text = ObstacleExplanation([(holder(.listen), .listens)])
        #expect(
            text.cause
                == "nginx (pid 412, user root, running since 2001-09-09 01:46:40 UTC) listens at 0.0.0.0:8086; "
                + "only a listening socket blocks a restart."
        )
        #expect(
            text.remedy == "Stop it (`kill 412`), choose another port, or let both set SO_REUSEPORT "
                + "(?reuse=loadBalanced) under one user (whether nginx does cannot be seen \(Phrase.withoutRights))."
        )
    }

    @Test func `the remedy names the side that lacks the option`() {
        let set = holder(.listen, reuse: ReuseFlags(address: false, port: true))
        #expect(
            ObstacleExplanation([(set, .listens)]).remedy.hasSuffix("under the same user: nginx has set it.")
        )
        let unset = holder(.listen, reuse: .none)
        let remedy = ObstacleExplanation([(unset, .needsReusePort(ours: false, theirs: true))]).remedy
        #expect(remedy.contains("let nginx set SO_REUSEPORT too"))
    }

    @Test func `TIME_WAIT says its remaining seconds`() {
        let text = ObstacleExplanation([(holder(.timeWait), .needsReuseAddress(ours: true, theirs: true))])
        #expect(
            text.cause.contains("waits in TIME_WAIT at 0.0.0.0:8086 with 127.0.0.1:40000 for another 43 s")
        )
        #expect(text.remedy.hasPrefix("Wait 44 s, ") && text.remedy.contains("?reuse=restartable"))
    }

    @Test func `SO_REUSEADDR is never advised for a unicast datagram port`() {
        for reason in [
            BindVerdict.Reason.needsReusePort(ours: true, theirs: true),
            .needsReuseAddress(ours: true, theirs: true),
            .listens,
        ] {
            let text = ObstacleExplanation([(holder(.closed, kind: .udp), reason)])
            #expect(!text.remedy.contains("SO_REUSEADDR") && !text.cause.contains("SO_REUSEADDR"))
        }
    }

    @Test func `names that other processes chose cannot write to a terminal`() {
        #expect(Phrase.printable("a\u{1b}[2J\u{202e}b\n") == #"a\u{1b}[2J\u{202e}b\n"#)
        #expect(Phrase.printable(String(repeating: "x", count: 100)).count == 65)
        #expect(Phrase.list(["a", "b", "c"]) == "a, b and c" && Phrase.count(2, "entry") == "2 entries")
    }
}
