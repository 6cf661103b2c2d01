import Foundation
import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes
import Testing

@testable import ParleyCommand

/// `parley families` and `parley interfaces`.
@Suite(.ownThreads) struct LinkTests {
    // MARK: Families

    @Test func `families says of every shape what socket(2) says of it`() throws {
        let outcome = try Parley.run("families", "--json")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.lines.count == SocketSupport.known.count)
        for (line, (shape, verdict)) in zip(outcome.lines, try SocketSupport.survey()) {
            let object = try Self.object(line)
            #expect(
                object["numbers"] as? [Int32] == [
                    shape.family.rawValue, shape.kind.rawValue, shape.protocolNumber,
                ]
            )
            let expected =
                switch verdict {
                case .works: "works"
                case .lacksRight: "lacks-right"
                case .absent: "absent"
                }
            #expect(object["verdict"] as? String == expected, "\(line)")
        }
    }

    @Test func `families chooses by family and protocol, and types narrow the choice`() throws {
        for (names, expected) in [
            (["unix"], ["AF_UNIX"]), (["AF_INET", "ipv6"], ["AF_INET", "AF_INET6"]),
            (["unix", "sctp"], ["AF_INET", "AF_INET6", "AF_UNIX"]), (["tcp"], ["AF_INET", "AF_INET6"]),
            (["rdm"], ["AF_INET", "AF_INET6", "AF_UNIX", "AF_TIPC"]),
            (["SOCK_SEQPACKET", "local"], ["AF_UNIX"]),
        ] {
            let choice = try FamilyChoice(names)
            var families: [String] = []
            for shape in SocketSupport.known
            where choice.contains(shape) && !families.contains("\(shape.family)") {
                families.append("\(shape.family)")
            }
            #expect(families == expected, "\(names)")
        }
        let choice = try FamilyChoice(["inet6", "RAW"])
        #expect(
            SocketSupport.known.filter(choice.contains).allSatisfy { $0.kind == .raw && $0.family == .ipv6 }
        )
        let outcome = try Parley.run("families", "unix")
        #expect(outcome.lines[0].hasPrefix("AF_UNIX SOCK_STREAM") && outcome.lines[0].hasSuffix("  works"))
    }

    @Test func `an unknown family is told the nearest ones, and what lists them all`() throws {
        let outcome = try Parley.run("families", "inet7")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        for name in ["inet7 is no family, type or protocol", "inet or inet6", "`parley families`"] {
            #expect(outcome.errors.contains(name), "\(name)")
        }
    }

    @Test func `the table has what works, and names what brings the rest`() throws {
        let outcome = try Parley.run("families")
        #expect(outcome.status == 0 && !outcome.output.contains("\u{1b}"))
        #expect(
            outcome.lines[0] == "FAMILY       STREAM  DGRAM  SEQPACKET  RAW    RDM"
                || outcome.lines[0].hasPrefix("FAMILY ")
        )
        #expect(outcome.output.contains(/AF_UNIX +works +works +works/))
        #expect(outcome.output.contains(/IPPROTO_TCP +STREAM +works/))
        if case .absent = try SocketSupport.probe(SocketFamily(rawValue: 4), .datagram) {
            #expect(outcome.output.contains(/AF_IPX +CONFIG_IPX, gone since Linux 4.18/))
        }
        if case .absent = try SocketSupport.probe(.ipv4, .stream, .sctp) {
            #expect(outcome.output.contains(/IPPROTO_SCTP +STREAM +absent +\S+ +CONFIG_IP_SCTP/))
        }
    }

    @Test(.enabled(if: geteuid() == 0 && Self.canDrop, "needs root to give it up, and setpriv(1)"))
    func `without rights everything is still asked for, and the missing right has a name`() throws {
        let folder = try OpenFolder()
        let outcome = try Parley.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \(folder.parley) families raw packet"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.lines.filter { $0.hasPrefix("AF_PACKET") || $0.hasPrefix("AF_INET SOCK_RAW") }
        #expect(lines.isEmpty == false)
        for line in lines { #expect(line.contains("lacks a right: CAP_NET_RAW. Run as root"), "\(line)") }
        let json = try Parley.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups \(folder.parley) families packet --json"
        )
        #expect(
            json.lines.first == #"{"schema":"parley.families/1","family":"AF_PACKET","type":"SOCK_RAW","#
                + #""protocol":null,"numbers":[17,3,0],"verdict":"lacks-right","error":"EPERM","#
                + #""right":"CAP_NET_RAW","option":null,"goneSince":null}"#
        )
    }

    @Test func `the object of a family is exactly this`() {
        let error = SocketError(.open, .protocolNotSupported, subject: "AF_INET SOCK_STREAM IPPROTO_SCTP")
        let answer = FamilyAnswer(SocketShape(.ipv4, .stream, .sctp), .absent(error))
        #expect(
            "\(answer.json)" == #"{"schema":"parley.families/1","family":"AF_INET","type":"SOCK_STREAM","#
                + #""protocol":"IPPROTO_SCTP","numbers":[2,1,132],"verdict":"absent","error":"EPROTONOSUPPORT","#
                + #""right":null,"option":"CONFIG_IP_SCTP","goneSince":null}"#
        )
        let refused = SocketError(.open, .notPermitted, subject: "AF_VSOCK SOCK_STREAM")
        let sandboxed = FamilyAnswer(SocketShape(.virtual, .stream), .lacksRight(refused))
        #expect(sandboxed.right == nil && sandboxed.sentence.contains("seccomp"))
    }

    // MARK: Interfaces

    @Test func `interfaces shows lo with its address, and knows it by number`() throws {
        let outcome = try Parley.run("interfaces", "lo")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.lines[0].hasPrefix("1: lo  LOOPBACK") && outcome.lines[0].contains("mtu "))
        #expect(outcome.output.contains(/addresses +127.0.0.1\/8 +scope host/))
        #expect(outcome.output.contains(/received +\d+ packets +\d+ bytes +\d+ errors +\d+ dropped/))
        #expect(outcome.output.contains(/groups +224.0.0.1 +.*the kernel/))
        #expect(try Parley.run("interfaces", "1").lines[0] == outcome.lines[0])
    }

    @Test func `an unknown interface is told which ones there are`() throws {
        let outcome = try Parley.run("interfaces", "eth77")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("this host has no interface eth77. There are lo"))
        let json = try Parley.run("interfaces", "eth77", "--json")
        #expect(json.status == 64 && json.errors.contains(#""schema":"parley.error/1""#))
    }

    @Test func `every interface is an object a line`() throws {
        let outcome = try Parley.run("interfaces", "--json")
        let names = try outcome.lines.map { try Self.object($0)["name"] as? String ?? "" }
        #expect(outcome.status == 0 && names.contains("lo"))
    }

    @Test func `the object of an interface is exactly this`() {
        var record = InterfaceRecord(index: 4, name: "eth0", flags: [.up, .running, .lowerUp, .broadcast])
        record.packetBytesMax = 1400
        record.kind = "veth"
        record.hardwareAddress = HardwareAddress("02:fc:00:00:00:01")!
        record.counters.received.packets = 9
        record.counters.received.dropped = 3
        record.addresses = [
            .init(
                .ipv4(IPv4Address(192, 0, 2, 2)),
                prefixLength: 24,
                broadcast: IPv4Address(192, 0, 2, 255),
                flags: .secondary,
                validFor: .seconds(60)
            )
        ]
        record.groups = [
            .init(
                .ip(.ipv4(IPv4Address(239, 1, 2, 3))),
                users: 2,
                sources: [.init(.ipv4(IPv4Address(10, 9, 0, 9)), includes: 1, excludes: 0)]
            )
        ]
        record.groupProtocolVersion = 3
        let remark = InterfaceRemark(.down, "It is down.")
        let view = InterfaceView(record, [remark], InterfaceTable())
        let expected = [
            #"{"schema":"parley.interface/1","index":4,"name":"eth0","otherNames":[],"#,
            #""flags":["BROADCAST","UP","RUNNING","LOWER_UP"],"kind":"veth","mtu":1400,"#,
            #""hardwareAddress":"02:fc:00:00:00:01","hardwareBroadcast":null,"queue":0,"lowerIndex":null,"#,
            #""masterIndex":null,"addresses":[{"address":"192.0.2.2","prefix":24,"scope":"global","#,
            #""broadcast":"192.0.2.255","peer":null,"flags":["secondary"],"validSeconds":60}],"#,
            #""groups":[{"group":"239.1.2.3","users":2,"kernel":false,"sources":[{"source":"10.9.0.9","#,
            #""includes":1,"excludes":0}]}],"igmp":3,"received":{"packets":9,"bytes":0,"errors":0,"dropped":3,"#,
            #""groups":0,"missed":0,"unhandled":0,"forOthers":0},"sent":{"packets":0,"bytes":0,"errors":0,"#,
            #""dropped":0,"collisions":0,"carrierErrors":0},"remarks":[{"kind":"down","text":"It is down."}]}"#,
        ].joined()
        #expect("\(view.json)" == expected)
    }

    @Test(.enabled(if: Self.canDivide, "needs root, unshare(1) and ip(8)"))
    func `what keeps a group silent is said, and who joined it is counted`() throws {
        let folder = try OpenFolder()
        let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        let outcome = try Parley.shell(
            """
            exec unshare -n sh -c '
            ip link set lo up; ip link add name one type veth peer name two
            ip link set one multicast off; ip link set one up
            ip addr add 10.9.0.1/24 broadcast 10.9.0.255 dev one
            echo 1 >/proc/sys/net/ipv4/conf/one/rp_filter
            parley receive "udp://239.1.2.3:0?interface=one" --as lines & first=$!
            parley receive "udp://239.1.2.3:0?interface=one" --as lines & second=$!
            for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                grep -qE "0?30201EF +2 " /proc/thread-self/net/igmp && break; sleep 0.5
            done
            parley interfaces one
            \(nobody) \(folder.parley) interfaces one --json
            kill $first $second; wait
            parley interfaces one'
            """
        )
        let text = outcome.output
        #expect(text.contains(/10.9.0.1\/24 +broadcast 10.9.0.255/), "\(text)\(outcome.errors)")
        #expect(text.contains(/239.1.2.3 +2 sockets/), "\(text)")
        #expect(text.contains("other end two"), "\(text)")
        #expect(text.contains("the other end of the pair is down"), "\(text)")
        #expect(text.contains("No route leads to 224.0.0.0/4"), "\(text)")
        #expect(text.contains("It has no MULTICAST flag"), "\(text)")
        #expect(text.contains("rp_filter is 1"), "\(text)")
        #expect(text.contains("no socket has joined a group here"), "\(text)")
        let line = try #require(outcome.lines.first { $0.hasPrefix("{") })
        let object = try Self.object(line)
        let groups = object["groups"] as? [[String: Any]] ?? []
        #expect(groups.contains { $0["group"] as? String == "239.1.2.3" && $0["users"] as? Int == 2 })
        let kinds = (object["remarks"] as? [[String: Any]] ?? []).compactMap { $0["kind"] as? String }
        // What the kernel sends by itself may be lost besides.
        let silent = ["no-carrier", "no-multicast-flag", "no-group-route", "rp-filter"]
        #expect(Array(kinds.prefix(4)) == silent, "\(line)")
    }

    @Test(arguments: FamiliesCommand.examples + InterfacesCommand.examples)
    func `examples of help work`(_ example: String) throws {
        let outcome = try Parley.shell(example)
        #expect(outcome.status == 0 && !outcome.output.isEmpty, "\(outcome.errors)")
        let command = example.split(separator: " ")[1]
        #expect(try Parley.run(String(command), "--help").output.contains("  \(example)\n"))
    }

    private static func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private static func succeeds(_ line: String) -> Bool {
        (try? Parley.shell(line + " >/dev/null 2>&1"))?.status == 0
    }

    private static let canDrop = succeeds("setpriv --reuid=65534 --clear-groups true")
    private static let canDivide =
        geteuid() == 0 && canDrop && succeeds("unshare -n ip link add name one type veth peer name two")
}

/// The command where every user may run it.
private final class OpenFolder {
    let parley: String
    private let folder: URL

    init() throws {
        folder = URL(filePath: "/tmp/parley-open-\(UUID().uuidString.prefix(8))")
        parley = folder.appending(path: "parley").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try FileManager.default.copyItem(atPath: Parley.path, toPath: parley)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
