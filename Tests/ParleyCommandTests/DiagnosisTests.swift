import Foundation
import Testing

/// A user who meets an error of errno(3) learns from the command's own words what to do: one test each, on this kernel.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct DiagnosisTests {
    private static let isRoot = getuid() == 0
    /// A network namespace of its own for a line of shell; root alone may.
    private static let hasNamespaces: Bool = {
        guard isRoot, let outcome = try? Parley.shell("unshare -n true") else { return false }
        return outcome.status == 0
    }()
    private static let needsNamespaces: Comment = "needs root and unshare(1)"

    /// Runs a line of shell where nothing but lo is, and lo is up or down as it says itself.
    private func apart(_ line: String, in folder: Folder? = nil) throws -> Parley.Outcome {
        try Parley.shell("unshare -n sh -c '\(line)'", in: folder)
    }

    /// Runs the command as nobody, from a copy that nobody may read.
    private func asNobody(_ arguments: String, in folder: Folder) throws -> Parley.Outcome {
        let copy = folder.url.appending(path: "parley-copy").path
        if !FileManager.default.fileExists(atPath: copy) {
            try FileManager.default.copyItem(atPath: Parley.path, toPath: copy)
        }
        unsafe chmod(folder.url.path, 0o755)
        return try Parley.shell("setpriv --reuid=65534 --regid=65534 --clear-groups '\(copy)' \(arguments)")
    }

    // MARK: EADDRINUSE

    @Test(arguments: ["tcp", "udp"])
    func `EADDRINUSE names the process that holds the port, and how to get it`(_ transport: String) throws {
        let holder = try Parley.start("receive", "\(transport)://:0")
        let port = try holder.port()
        let outcome = try Parley.run("receive", "\(transport)://:\(port)")
        #expect(outcome.status == 4)
        let deed = transport == "tcp" ? "listens" : "receives"
        #expect(outcome.errors.contains("address already in use (EADDRINUSE). parley (pid "))
        #expect(outcome.errors.contains(", running since 2"))
        #expect(outcome.errors.contains("\(deed) at [::]:\(port)"), "\(outcome.errors)")
        #expect(outcome.errors.contains("Stop it (`kill ") && outcome.errors.contains("choose another port"))
        #expect(!outcome.errors.contains("ss -lnptu"))
    }

    @Test func `EADDRINUSE with --json has the holder as an object`() throws {
        let holder = try Parley.start("receive", "tcp://127.0.0.1:0")
        let port = try holder.port()
        let outcome = try Parley.run("receive", "tcp://127.0.0.1:\(port)", "--json")
        let line = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
        )
        #expect(line["schema"] as? String == "parley.error/1" && line["exit"] as? Int == 4)
        #expect((line["remedy"] as? String)?.contains("choose another port") == true)
        let diagnosis = try #require(line["diagnosis"] as? [String: Any])
        #expect((diagnosis["cause"] as? String)?.contains("listens at 127.0.0.1:\(port)") == true)
        let first = try #require((diagnosis["holders"] as? [[String: Any]])?.first)
        #expect(first["kind"] as? String == "tcp" && first["state"] as? String == "LISTEN")
        #expect(first["local"] as? String == "127.0.0.1:\(port)")
        #expect(first["reuseAddress"] as? Bool == true && first["reusePort"] as? Bool == false)
        let owner = try #require((first["owners"] as? [[String: Any]])?.first)
        #expect(owner["name"] as? String == "parley" && (owner["pid"] as? Int ?? 0) > 0)
        #expect(diagnosis["limits"] != nil)
    }

    @Test(.enabled(if: isRoot, "needs a user to become"))
    func `EADDRINUSE tells who is not root what only root may see`() throws {
        let folder = try Folder()
        let holder = try Parley.start("receive", "tcp://:0")
        let port = try holder.port()
        let outcome = try asNobody("receive tcp://:\(port)", in: folder)
        #expect(outcome.status == 4)
        #expect(
            outcome.errors.contains(
                "A process of user root (which one cannot be seen without root) listens at"
            )
        )
        #expect(outcome.errors.contains("(whether it does cannot be seen without root)"), "\(outcome.errors)")
    }

    @Test func `EADDRINUSE of a path names its server, or what stands there`() throws {
        let folder = try Folder()
        let holder = try Parley.start("receive", "unix:inbox.sock", in: folder)
        try holder.waitForError("listening at")
        let outcome = try Parley.run("receive", "unix:inbox.sock", in: folder)
        #expect(outcome.status == 4)
        let errors = outcome.errors
        #expect(errors.contains("parley (pid ") && errors.contains("listens there"), "\(errors)")
        let file = try Parley.run("receive", "unix:proto.h", in: folder)
        #expect(file.errors.contains("proto.h is a regular file (mode 0"), "\(file.errors)")
    }

    // MARK: EADDRNOTAVAIL

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `EADDRNOTAVAIL lists the addresses that the host has`() throws {
        let outcome = try apart("ip link set lo up; exec parley receive tcp://203.0.113.9:8086")
        #expect(outcome.status == 4)
        #expect(
            outcome.errors.contains(
                "203.0.113.9 is no address of this host, whose IPv4 address is 127.0.0.1 (lo)."
            ),
            "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("tcp://:8086"))
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `EADDRNOTAVAIL of a connect says that the local ports are used up, and how many there are`() throws {
        let outcome = try apart(
            """
            ip link set lo up; sysctl -qw net.ipv4.ip_local_port_range="40000 40001"
            parley receive tcp://127.0.0.1:8086 -q & server=$!
            for n in 1 2; do sleep 10 | parley call tcp://127.0.0.1:8086 --timeout 10s -q & calls="$calls $!"; done
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2
            parley send tcp://127.0.0.1:8086 hello 2>error && continue; grep -q EADDRNOTAVAIL error && break; done
            cat error >&2; kill $server $calls
            """,
            in: try Folder()
        )
        #expect(outcome.errors.contains("All 2 local ports that the system may choose"), "\(outcome.errors)")
        #expect(outcome.errors.contains("net.ipv4.ip_local_port_range = 40000 40001"))
    }

    // MARK: EACCES and EPERM

    @Test(.enabled(if: isRoot, "needs a user to become"))
    func `EACCES of a low port tells the border as it is now, and the right`() throws {
        let folder = try Folder()
        let border = try Parley.shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start").output
        let start = try #require(Int(border.trimmingCharacters(in: .whitespacesAndNewlines)))
        guard start > 80 else { return print("skipped: every port is free here") }
        let outcome = try asNobody("receive tcp://:80", in: folder)
        #expect(outcome.status == 77)
        #expect(outcome.errors.contains("Ports below \(start) (net.ipv4.ip_unprivileged_port_start)"))
        #expect(outcome.errors.contains("this process of user nobody") && outcome.errors.contains("setcap"))
    }

    @Test(.enabled(if: isRoot, "needs a user to become"))
    func `EACCES of a Unix socket tells the mode and the owner of what is in the way`() throws {
        let folder = try Folder()
        let server = try Parley.start("receive", "unix:inbox.sock", in: folder)
        try server.waitForError("listening at")
        let path = folder.url.appending(path: "inbox.sock").path
        unsafe chmod(path, 0o755)
        let closed = try asNobody("send unix://\(path) hello", in: folder)
        #expect(closed.status == 77)
        #expect(closed.errors.contains("\(path) (mode 0755, owner root) does not let user nobody write"))
        let refused = try asNobody("receive unix://\(folder.url.path)/other.sock", in: folder)
        #expect(refused.status == 77)
        #expect(refused.errors.contains("(mode 0755, owner root) does not let user nobody create files"))
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `EPERM names the chain of the firewall`() throws {
        guard try Parley.shell("command -v nft").status == 0 else { return print("skipped: no nft") }
        let outcome = try apart(
            """
            ip link set lo up; nft add table inet guard || { echo skipped >&2; exit; }
            nft "add chain inet guard leaving { type filter hook output priority 0; }"
            nft add rule inet guard leaving udp dport 8089 drop
            exec parley send udp://127.0.0.1:8089 hello
            """
        )
        guard !outcome.errors.contains("skipped") else { return print("skipped: no nftables here") }
        #expect(outcome.status == 77)
        #expect(
            outcome.errors.contains("(EPERM). The firewall of this host drops what goes to 127.0.0.1:8089")
        )
        #expect(outcome.errors.contains("“inet guard leaving”"), "\(outcome.errors)")
        #expect(outcome.errors.contains("nft list chain inet guard leaving"))
    }

    // MARK: Limits

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `ENOBUFS of a join tells the sysctl and its number`() throws {
        let outcome = try apart(
            """
            ip link set lo up; sysctl -qw net.ipv4.igmp_max_memberships=0
            exec parley receive "udp://239.1.2.3:8089?interface=lo"
            """
        )
        #expect(outcome.status == 4)
        #expect(
            outcome.errors.contains("(ENOBUFS). A socket may join 0 IPv4 groups here"),
            "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("sysctl -w net.ipv4.igmp_max_memberships="))
    }

    @Test func `EMSGSIZE tells how much fits, over IP and within the host`() throws {
        let datagram = try Parley.shell("head -c 70000 /dev/zero | parley send udp://127.0.0.1:9 --as raw")
        #expect(
            datagram.errors.contains("A UDP datagram holds at most 65507 bytes over IPv4"),
            "\(datagram.errors)"
        )
        #expect(datagram.errors.contains("tcp://"))
        let folder = try Folder()
        let server = try Parley.start("receive", "unixgram:inbox.sock", "--as", "raw", in: folder)
        try server.waitForError("receiving at")
        let message = try Parley.shell(
            "head -c 60000 /dev/zero | parley send 'unixgram:inbox.sock?sndbuf=8k' --as raw",
            in: folder
        )
        #expect(message.errors.contains("this socket's is 16384 bytes"), "\(message.errors)")
        #expect(message.errors.contains("?sndbuf="))
    }

    @Test func `EMFILE counts the descriptors, and tells the limits`() throws {
        let outcome = try Parley.shell("ulimit -Sn 32; exec parley receive 'udp://:0?loops=30'")
        #expect(outcome.errors.contains("(EMFILE). This process may have 32 descriptors (ulimit -n), and "))
        #expect(
            outcome.errors.contains("event descriptors") && outcome.errors.contains("`ulimit -n 1024`"),
            "\(outcome.errors)"
        )
    }

    // MARK: ENETUNREACH and ECONNREFUSED

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `ENETUNREACH tells what the routing table lacks and which interface is down`() throws {
        let outcome = try apart("exec parley send tcp://192.0.2.1:8086 hello")
        #expect(outcome.status == 3)
        #expect(
            outcome.errors.contains(
                "knows no way to 192.0.2.1: its IPv4 routing table is empty; its interfaces are lo"
            ),
            "\(outcome.errors)"
        )
        #expect(outcome.errors.contains("`ip link set lo up`"))
    }

    @Test func `ECONNREFUSED tells who holds the port by the other transport, or at another address`() throws
    {
        let receiver = try Parley.start("receive", "udp://127.0.0.1:0")
        let datagrams = try receiver.port()
        let stream = try Parley.run("send", "tcp://127.0.0.1:\(datagrams)", "hello")
        #expect(stream.status == 3)
        #expect(
            stream.errors.contains("receives at 127.0.0.1:\(datagrams) by UDP, and nobody by TCP. Use udp://")
        )
        let server = try Parley.start("receive", "tcp://127.0.0.1:0")
        let port = try server.port()
        let elsewhere = try Parley.run("send", "tcp://127.0.0.2:\(port)", "hello")
        #expect(
            elsewhere.errors.contains("listens at 127.0.0.1:\(port), and not at 127.0.0.2."),
            "\(elsewhere.errors)"
        )
        let nobody = try Parley.run("send", "tcp://127.0.0.1:\(try freeStreamPort())", "hello")
        #expect(nobody.errors.contains("at no address and by no other transport. Start the server"))
    }

    @Test func `ECONNREFUSED of a path says that the file is left over`() throws {
        let folder = try Folder()
        let server = try Parley.startShell("sh -c 'exec parley receive unix:inbox.sock'", in: folder)
        try server.waitForError("listening at")
        server.signal(SIGKILL)
        _ = try server.outcome()
        let outcome = try Parley.run("send", "unix:inbox.sock", "hello", in: folder)
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("has inbox.sock bound: the file is left over"), "\(outcome.errors)")
    }

    @Test(.enabled(if: hasNamespaces, needsNamespaces))
    func `a join without an interface or a route says so`() throws {
        let outcome = try apart("ip link set lo up; exec parley receive udp://239.1.2.3:8089")
        #expect(outcome.status == 4)
        #expect(outcome.errors.contains("No interface was named, and no route says"), "\(outcome.errors)")
        #expect(outcome.errors.contains("?interface="))
    }
}
