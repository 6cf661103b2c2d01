import Glibc
import ParleySockets
import ParleyTypes

/// Takes the steps: prints each line, runs it, and prints what it said.
struct TourRun {
    let steps: [TourStep]
    let language: TourLanguage
    let pause: KeyPause?
    let console: Console

    /// The header as the reader has it, and the line that shows or writes it.
    private let header: (path: String, line: TourLine)
    private var hasHeaderStood = false
    private var failures: [String] = []

    init(_ steps: [TourStep], in language: TourLanguage, pause: KeyPause?, console: Console) {
        self.steps = steps
        self.language = language
        self.pause = pause
        self.console = console
        header = Self.findHeader()
    }

    mutating func run() throws(Ending) {
        // For the commands that are run: they print into a pipe what a terminal would show.
        unsafe setenv(TourHeader.variable, header.line.text.hasPrefix("cat >") ? header.path : "", 1)
        for name in ["NO_COLOR", "FORCE_COLOR"] { unsafe unsetenv(name) }
        if console.style.isColored { unsafe setenv("FORCE_COLOR", "1", 1) }
        try say(Self.opening(steps.count).text(in: language))
        if let line = TourProgram.line { try show(line) }
        for (index, step) in steps.enumerated() {
            try take(step, number: index + 1)
            guard index + 1 < steps.count, let pause else { continue }
            guard try pause.goesOn(language, console) else { return }
        }
        guard failures.isEmpty else {
            throw Ending(
                .failed,
                "\(failures.count) of \(plural(steps.count, "step")) did not show what they should: "
                    + failures.joined(separator: ", "),
                remedy: "What their commands printed says why."
            )
        }
        try say(Self.closing.text(in: language))
    }

    // MARK: Steps

    private mutating func take(_ step: TourStep, number: Int) throws(Ending) {
        let title = "\(number)/\(steps.count)  \(step.title.text(in: language))"
        try console.write("\n\(console.style.strong(title))\n\n")
        if step.isOfHeader, !hasHeaderStood {
            hasHeaderStood = true
            try show(header.line)
        }
        do throws(Ending) {
            guard try perform(step) else { return failures.append(step.name) }
        } catch {
            if Stop.shared.reason != nil || error.message == nil { throw error }
            console.remark(error.message ?? "")
            return failures.append(step.name)
        }
        try say("\n" + step.seen.text(in: language))
    }

    /// Whether everything ended as it should.
    private func perform(_ step: TourStep) throws(Ending) -> Bool {
        for _ in 1..<Self.turns {
            let lines = step.lines(TourPlace(port: try Self.freePort(), header: header.path))
            if let isExpected = try perform(lines, isLast: false) { return isExpected }
        }
        let lines = step.lines(TourPlace(port: try Self.freePort(), header: header.path))
        return try perform(lines, isLast: true) ?? false
    }

    /// So often a port is looked for: somebody may take the one that was free a moment ago.
    private static let turns = 3

    /// - Parameter isLast: Whether a port that is taken is shown as it is.
    /// - Returns: Whether every line ended as it should; nil when nothing was shown because the port was taken.
    private func perform(_ lines: [TourLine], isLast: Bool) throws(Ending) -> Bool? {
        var background: TourProcess?
        for line in lines {
            switch line.kind {
            case .shell: try show(line)
            case .background:
                let process = try TourProcess(line.words, input: line.input)
                guard try process.waitForPlace() else {
                    let status = try process.waitForEnd()
                    if status == ExitStatus.couldNotBind.rawValue, !isLast { return nil }
                    try show(line, process.takeText())
                    return false
                }
                background = process
                try show(line, process.takeText())
            case .foreground(let status):
                let process = try TourProcess(line.words, input: line.input)
                let code = try process.waitForEnd()
                try show(line, process.takeText())
                guard code == status.rawValue else { return false }
            case .stop:
                background?.signal(SIGTERM)
                _ = try background?.waitForEnd()
                try show(line, background?.takeText() ?? [])
                background = nil
            }
        }
        guard let background else { return true }
        let code = try background.waitForEnd()
        try console.write(background.takeText())
        return code == ExitStatus.done.rawValue
    }

    /// A port of loopback that nobody has.
    private static func freePort() throws(Ending) -> UInt16 {
        do throws(SocketError) {
            let socket = try Socket(.ipv4, .datagram)
            try socket.bind(to: SocketAddress(.ipv4(.loopback), port: 0))
            return try socket.localAddress.port ?? 0
        } catch {
            throw Ending(error)
        }
    }

    // MARK: Words

    private func say(_ text: String) throws(Ending) { try console.write(text + "\n") }

    private func show(_ line: TourLine, _ output: [UInt8] = []) throws(Ending) {
        var text = line.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { console.style.strong(($0.offset == 0 ? "$ " : "") + $0.element) + "\n" }.joined()
        if case .shell(let output) = line.kind { text += output }
        try console.write(Array(text.utf8) + output)
    }

    private static func opening(_ count: Int) -> TourText {
        TourText(
            """
            \(plural(count, "step")), on this machine's loopback alone. What follows a $ is a command to copy,
            what stands below it is what it has printed just now.

            """,
            zh: """
                共 \(count) 步，只用本机的回环地址。$ 后面是可以照抄的命令，
                命令下面是它刚才的真实输出。

                """
        )
    }

    private static let closing = TourText(
        """

        Nothing is left running. Now with your own header: parley help receive, parley help layout.
        Programs in Swift are tested without a network: docs/simulation.md.
        """,
        zh: """

            没有留下任何进程。接下来换上你自己的头文件试试：parley help receive，parley help layout。
            用 Swift 写的程序可以不用网络做测试：docs/zh/simulation.md。
            """
    )

    // MARK: The header

    /// The package's header where the reader stands in the package, one that was written before, or a name that is
    /// free here.
    private static func findHeader() -> (path: String, line: TourLine) {
        let names = ["proto.h", "score.h", "parley-tour.h"]
        if let path = ([TourHeader.place] + names).first(where: TourHeader.isAt) {
            let start =
                TourHeader.text.firstRange(of: "struct msg_st")?.lowerBound ?? TourHeader.text.startIndex
            let lines = TourHeader.text[start...].split(separator: "\n").prefix(5)
            let line = TourLine.shell(
                "grep -A 4 'struct msg_st' \(path)",
                prints: lines.map { $0 + "\n" }.joined()
            )
            return (path, line)
        }
        let path = names.first { !Files.exists($0) } ?? names[2]
        return (path, .write(path, TourHeader.text))
    }
}
