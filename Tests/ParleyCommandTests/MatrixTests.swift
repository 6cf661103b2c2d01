import Foundation
import ParleyKernel
import ParleyTypes
import Testing

@testable import ParleyCommand

/// The truth table: the rules against the kernel that runs here.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(2))) struct MatrixTests {
    @Test func `the kernel does what the rules say, in every case that can be tried`() throws {
        let result = try MatrixRun().run()
        let cases = result.cases
        for item in cases where item.isWrong {
            Issue.record("\(item.name) is \(item.observed!), not \(item.expected)")
        }
        for item in cases where item.observed == nil { #expect(item.obstacle != nil, "\(item.name)") }
        #expect(cases.map(\.name) == MatrixRun.names)
        #expect(cases.count { $0.observed != nil } > 1500)
        if result.isInOwnNetwork, geteuid() == 0 {
            let missed = cases.filter { $0.observed == nil }.map(\.name)
            #expect(missed == ["tcp/closes-first/how-long"], "\(missed.count)")
        }
    }

    @Test func `only the matrix moves to a network of its own`() throws {
        #expect(OwnNetwork.isRestarted(["parley", "ports", "--matrix", "--in-own-network"]))
        #expect(!OwnNetwork.isRestarted(["parley", "interfaces", "--in-own-network"]))
        #expect(!OwnNetwork.isRestarted(["parley", "ports", "--in-own-network", "--matrix"]))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root to make /proc read-only"))
    func `a network of its own that cannot be set up ends it with a sentence`() throws {
        let line =
            "unshare --mount sh -c 'mount --bind /proc /proc && mount -o remount,bind,ro /proc && "
            + "exec \"$0\" ports --matrix --only host --in-own-network' '\(Parley.path)'"
        let outcome = try Parley.shell(line)
        if outcome.errors.contains("unshare:") || outcome.errors.contains("mount:") {
            return print("skipped: \(outcome.errors)")
        }
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(outcome.errors.contains("/proc/self/uid_map cannot be written"), "\(outcome.errors)")
    }

    @Test func `no two cases have one name, and none is the beginning of another`() {
        let names = Set(MatrixRun.names)
        #expect(names.count == MatrixRun.names.count)
        for name in names {
            #expect(MatrixRun.names.count { MatrixCase.matches($0, name) } == 1, "\(name)")
        }
        #expect(MatrixReport.groups.allSatisfy { group in names.contains { MatrixCase.matches($0, group) } })
        for item in MatrixGrid.every.flatMap(\.cases) + MatrixScene.every.map(\.fresh) {
            if case .strange = item.expected { Issue.record("\(item.name) expects \(item.expected)") }
        }
    }

    @Test func `the page about shared ports is what the rules say`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/port-reuse.md")
        let page = MatrixPage()
        let isCurrent = try String(contentsOf: file, encoding: .utf8) == page.text
        #expect(isCurrent, "write it anew: parley ports --matrix --markdown > docs/port-reuse.md")
        let outcome = try Parley.run("ports", "--matrix", "--markdown")
        #expect(outcome.status == 0 && outcome.output == page.text)
        for path in page.paths {
            #expect(MatrixRun.names.contains { MatrixCase.matches($0, path) }, "\(path)")
        }
    }

    @Test func `every line that the page names as a proof proves it`() throws {
        for path in Set(MatrixPage().paths) {
            let outcome = try Parley.run("ports", "--matrix", "--only", path)
            #expect(outcome.status == 0, "\(path): \(outcome.errors)")
            #expect(outcome.output.contains("expected"), "\(path)")
        }
    }

    @Test func `one case is one object, and its members are frozen`() throws {
        let name = "tcp/time-wait/same/own-user/none:addr"
        let outcome = try Parley.run("ports", "--matrix", "--only", name, "--json")
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                {"schema":"parley.reuse/1","case":"tcp/time-wait/same/own-user/none:addr","question":"tcp: a closed \
                listener's connection in TIME_WAIT with neither option, then the same user binds with SO_REUSEADDR \
                (127.0.0.1 -> 127.0.0.1)","expected":"EADDRINUSE","observed":"EADDRINUSE","agrees":true}

                """
        )
        let slow = try Parley.run("ports", "--matrix", "--only", "tcp/closes-first/how-long", "--json")
        #expect(
            slow.output == """
                {"schema":"parley.reuse/1","case":"tcp/closes-first/how-long","question":"tcp: how long a port without \
                SO_REUSEADDR stays taken by TIME_WAIT","expected":"60 s","observed":null,"agrees":null,\
                "notTried":"needs --slow"}

                """
        )
        #expect(slow.errors.contains(#""note":"not tried: 1 (needs --slow)""#))
    }

    @Test func `a table shows what is expected and what is observed side by side`() throws {
        let outcome = try Parley.run("ports", "--matrix", "--only", "tcp/time-wait/same/own-user")
        #expect(
            outcome.output.contains(
                """
                    old\\new  expected                  observed
                             none  addr  port  both    none  addr  port  both
                    none     -     -     -     -       -     -     -     -
                    addr     -     ok    -     ok      -     ok    -     ok
                    port     -     -     ok    ok      -     -     ok    ok
                    both     -     ok    ok    ok      -     ok    ok    ok
                """
            ),
            "\(outcome.output)"
        )
        #expect(!outcome.output.contains("\u{1b}["))
    }

    @Test func `a kernel that contradicts the rules is an error that names the cases`() {
        var item = MatrixScene.every[0].fresh
        #expect(MatrixReport.ending([item]) == nil)
        item.observed = item.expected
        #expect(MatrixReport.ending([item]) == nil)
        item.observed = .one("older")
        let ending = MatrixReport.ending([item, item, item, item])
        #expect(ending?.code == 1)
        #expect(
            ending?.message?.hasPrefix("4 cases differ from the rules: udp/receives/newest is older, not ")
                == true
        )
        var table = MatrixRun.Result()
        table.scenes = [item]
        let text = MatrixTable(table, Style(isColored: false)).text
        #expect(text.contains("expected newer") && text.contains("observed older"), "\(text)")
        #expect(MatrixTable(table, Style(isColored: true)).text.contains("\u{1b}[1;31molder\u{1b}[0m"))
    }

    @Test(arguments: [
        ["--matrix", "--only", "tcp/nothing"], ["--matrix", "--only", ""], ["--only", "tcp/listen"],
        ["--slow"],
        ["--markdown"],
    ])
    func `what is no case, and what is nothing without the table, is wrong usage`(arguments: [String]) throws
    {
        let line = arguments.map { "'\($0)'" }.joined(separator: " ")
        let outcome = try Parley.shell("parley ports \(line)")
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        if arguments == ["--matrix", "--only", "tcp/nothing"] {
            #expect(outcome.errors.contains("tcp/nothing: no such case. `parley ports --matrix` lists them."))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to be another user"), arguments: ["", "unshare -n "])
    func `without rights it tries what it can and names the rest`(wrapper: String) throws {
        let folder = try Folder()
        let copy = folder.url.appending(path: "parley").path
        try FileManager.default.copyItem(atPath: Parley.path, toPath: copy)
        _ = try Parley.shell("chmod 755 \(folder.url.path) \(copy)")
        // With the wrapper: a network that it may not leave, as in a container.
        let user = wrapper.isEmpty ? "--reuid=65534 --clear-groups" : "--bounding-set=-all"
        let line =
            "\(wrapper)setpriv \(user) \(copy) ports --matrix --only tcp/time-wait/same --only udp/hijack"
        let outcome = try Parley.shell(
            wrapper.isEmpty ? line : "unshare -n sh -c 'ip link set lo up; \(line.dropFirst(11))'"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("needs root, to be another user"))
        if !wrapper.isEmpty { #expect(outcome.errors.contains("no right to a network of its own")) }
    }
}
