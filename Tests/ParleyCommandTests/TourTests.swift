import Foundation
import Testing

@testable import ParleyCommand

/// `parley tour`: what a newcomer runs first.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct TourTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    // MARK: What it shows

    @Test func `in a pipe the tour takes every step and ends well`() throws {
        let outcome = try Parley.run("tour", "--language", "en", in: try Folder())
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        for (index, step) in TourStep.all.enumerated() {
            #expect(outcome.output.contains("\n\(index + 1)/\(TourStep.all.count)  \(step.title.en)\n"))
            #expect(outcome.output.contains("\n\n\(step.seen.en)\n"))
        }
        // The main job, what it is for, and a layout.
        for text in [
            "  name     Li\n  math     99\n", "did the sender forget htonl?", "address already in use",
            "got no answer within 300ms", "3 questions, 3 answers", "receives at 127.0.0.1:",
            "memcpy from x86-64 to m68k",
        ] {
            #expect(outcome.output.contains(text), "\(text)")
        }
        #expect(!outcome.bytes.contains(0x1B), "no colour in a pipe")
    }

    @Test func `sentences of the tour fit a terminal of 80 columns`() {
        for step in TourStep.all {
            for line in (step.title.en + "\n" + step.seen.en).split(separator: "\n") {
                #expect(line.count <= 80, "\(line)")
            }
            // Characters of Chinese take two columns.
            for line in (step.title.zh + "\n" + step.seen.zh).split(separator: "\n") {
                #expect(line.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2000 ? 1 : 2) } <= 80, "\(line)")
            }
        }
    }

    @Test func `named steps are taken, each once, and an unknown one is answered with their names`() throws {
        let outcome = try Parley.run("tour", "layout", "layout", "--language", "en")
        #expect(outcome.output.contains("1/1  ") && !outcome.output.contains("parley receive"))
        let wrong = try Parley.run("tour", "nothing")
        #expect(wrong.status == 64 && wrong.output.isEmpty)
        for step in TourStep.all { #expect(wrong.errors.contains(step.name)) }
    }

    @Test(arguments: [
        ("LC_ALL= LC_MESSAGES= LANG=zh_CN.UTF-8", true), ("LC_ALL= LC_MESSAGES=zh_TW.utf8 LANG=C", true),
        ("LC_ALL= LC_MESSAGES= LANG=zh_CN.GBK", false), ("LC_ALL=C LANG=zh_CN.UTF-8", false),
    ])
    func `the language is that of the environment`(variables: String, isChinese: Bool) throws {
        let outcome = try Parley.shell("\(variables) parley tour layout")
        let step = try #require(TourStep.all.first { $0.name == "layout" })
        #expect(outcome.output.contains(isChinese ? step.seen.zh : step.seen.en))
        #expect(outcome.output.contains("memcpy from x86-64 to m68k"))
    }

    // MARK: The header

    @Test func `the header that the command carries is the shipped one`() throws {
        let shipped = Self.root.appending(path: TourHeader.place)
        #expect(try String(contentsOf: shipped, encoding: .utf8) == TourHeader.text)
    }

    @Test func `in the package the tour uses the package's header`() throws {
        let outcome = try Parley.shell("cd '\(Self.root.path)' && parley tour message")
        #expect(outcome.output.contains("$ grep -A 4 'struct msg_st' \(TourHeader.place)\nstruct msg_st {\n"))
        #expect(outcome.output.contains(" --as \(TourHeader.place):msg_st "))
    }

    @Test func `elsewhere it has the reader write one, under a name that is free`() throws {
        let folder = try Folder()
        let taken = try Parley.run("tour", "message", in: folder).output
        #expect(taken.contains("$ cat > score.h <<'END'\n"))
        try FileManager.default.removeItem(at: folder.url.appending(path: "proto.h"))
        #expect(try Parley.run("tour", "message", in: folder).output.contains("$ cat > proto.h <<'END'\n"))
        // Who has written it already sees it.
        try folder.write("proto.h", TourHeader.text)
        let again = try Parley.run("tour", "message", in: folder).output
        #expect(again.contains("$ grep -A 4 'struct msg_st' proto.h\n"))
    }

    // MARK: Copied into a shell

    @Test(arguments: TourStep.all.map(\.name))
    func `every line, copied into a shell, prints what the tour showed`(name: String) throws {
        let folder = try Folder()
        let outcome = try Parley.run("tour", name, "--language", "en", in: folder)
        #expect(outcome.status == 0)
        let step = try #require(TourStep.all.first { $0.name == name })
        let shown = TourCopy(outcome.output, until: step.seen.en)
        #expect(!shown.commands.isEmpty)
        try folder.write("copied.sh", shown.script)
        let copied = try Parley.shell("sh ./copied.sh", in: folder)
        #expect(
            copied.output.split(separator: "\n").map { FactsRun.comparable(String($0)) }
                == shown.output.map(FactsRun.comparable),
            "\(copied.output)"
        )
    }

    // MARK: What is left

    @Test func `a tour leaves no file, no process and no socket`() throws {
        let folder = try Folder()
        let outcome = try Parley.run("tour", in: folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["proto.h"])
        try expectNothing(of: outcome.output)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL], ["message", "port"])
    func `nor does one that is ended by a signal`(number: Int32, step: String) throws {
        let folder = try Folder()
        let tour = try Parley.start("tour", step, in: folder)
        let text = try tour.waitForOutput("receiving at")
        tour.signal(number)
        let status = try tour.outcome().status
        // It may have come to its end before.
        #expect([128 + number, -number, 0].contains(status))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["proto.h"])
        try expectNothing(of: text)
    }

    @Test func `nor does one whose reader has gone`() throws {
        let outcome = try Parley.shell("parley tour port | sed '/receiving at/q'")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        try expectNothing(of: outcome.output)
    }

    @Test(arguments: [
        "parley tour <&-", "env -i $(command -v parley) tour", "unset HOME; parley tour",
        "cd / && parley tour", "ulimit -n 32; parley tour", "(trap '' INT TERM PIPE; parley tour)",
        "parley tour 3</dev/null 2>&-",
    ])
    func `it needs nothing but loopback`(line: String) throws {
        let outcome = try Parley.shell(line)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        try expectNothing(of: outcome.output)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func `without loopback it shows why`() throws {
        let outcome = try Parley.shell("unshare -n parley tour --language en")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("ip link set lo up"))
        #expect(
            outcome.errors.contains(
                "4 of 6 steps did not show what they should: message, byte-order, stream, loss"
            )
        )
        #expect(outcome.output.contains("memcpy from x86-64 to m68k"), "the others are taken")
    }

    /// Nobody has the ports that a tour has named, and no process is about them.
    private func expectNothing(of output: String, _ location: SourceLocation = #_sourceLocation) throws {
        let ports = Set(output.matches(of: /(?:udp|tcp):\/\/127\.0\.0\.1:(\d+)/).map { String($0.1) })
        #expect(!ports.isEmpty, sourceLocation: location)
        let deadline = Date().addingTimeInterval(10)
        while true {
            let found = ports.filter { port in Self.processes.contains { $0.contains("127.0.0.1:\(port)") } }
            if found.isEmpty { break }
            try #require(Date() < deadline, "\(found)", sourceLocation: location)
            usleep(10_000)
        }
        for port in ports {
            let outcome = try Parley.run("ports", "--kind", "udp", "--port", port)
            #expect(!outcome.output.contains(":\(port)"), "\(outcome.output)", sourceLocation: location)
        }
    }

    private static var processes: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap {
            try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)
        }
    }
}

/// What a tour has shown: its commands, and all that they printed.
private struct TourCopy {
    var commands: [String] = []
    var output: [String] = []

    init(_ text: String, until end: String) {
        let body = text.components(separatedBy: "\n" + end)[0]
        // From the first step on: the line for PATH is for the reader's shell.
        let lines = body.components(separatedBy: "\n").drop { !$0.hasPrefix("1/1  ") }.dropFirst()
        var isDocument = false
        for line in lines where !line.isEmpty || isDocument {
            if isDocument {
                commands[commands.count - 1] += "\n" + line
                isDocument = line != "END"
            } else if line.hasPrefix("$ ") {
                commands.append(String(line.dropFirst(2)))
                isDocument = line.hasSuffix("<<'END'")
            } else {
                output.append(line)
            }
        }
    }

    /// As a reader types them: a command in the background is let come to its first words, and what it says later is
    /// seen at the end.
    var script: String {
        var text = "exec 2>&1\n: >said\n"
        for command in commands {
            guard command.hasSuffix(" &") else {
                text += command + "\n" + (command == "kill $!" ? Self.rest : "")
                continue
            }
            text += """
                >said 2>&1 \(command)
                until grep -q ' at [ut][dc]p:' said; do sleep 0.02; done
                cat said; seen=$(wc -l <said)

                """
        }
        return text + (commands.contains { $0.hasSuffix(" &") } ? Self.rest : "")
    }

    private static let rest = "wait; tail -n +$((seen + 1)) said; seen=$(wc -l <said)\n"
}
