import Glibc
import ParleyText
import ParleyTypes

/// `parley ports --matrix`: runs the truth table and prints it.
struct MatrixReport {
    let options: MatrixOptions
    let console: Console

    func run() throws {
        try checkNames()
        if options.markdown { return try console.write(MatrixPage.text) }
        if geteuid() != 0 { OwnNetwork.restart() }
        let only = options.only
        let run = MatrixRun(
            wants: { name in only.isEmpty || only.contains { MatrixCase.matches(name, $0) } },
            isSlow: options.slow
        )
        let start = ContinuousClock.now
        let result = try run.run()
        let seconds = start.duration(to: .now)
        let cases = result.cases
        if console.isJSON {
            try console.write(cases.map { "\(Self.line($0))\n" }.joined())
        } else {
            try console.write(MatrixTable(result, console.style).text)
        }
        note(result, cases, seconds)
        if let ending = Self.ending(cases) { throw ending }
    }

    /// What a kernel that contradicts the rules ends with.
    static func ending(_ cases: [MatrixCase]) -> Ending? {
        let wrong = cases.filter(\.isWrong)
        guard !wrong.isEmpty else { return nil }
        let shown = wrong.prefix(3).map { item in
            "\(item.name) is \(item.observed.map { "\($0)" } ?? "?"), not \(item.expected)"
        }
        let count = wrong.count == 1 ? "1 case differs" : "\(wrong.count) cases differ"
        return Ending(
            .failed,
            "\(count) from the rules: \(shown.joined(separator: "; "))\(wrong.count > 3 ? "; …" : "")",
            remedy: "This kernel has rules of its own; `parley ports` judges by those of Linux 5.0 and later."
        )
    }

    private func checkNames() throws(Ending) {
        for path in options.only where !MatrixRun.names.contains(where: { MatrixCase.matches($0, path) }) {
            throw Ending(
                .usage,
                "--only \(path): no such case",
                remedy: Nearest.hint(
                    for: path,
                    among: Self.groups,
                    listedBy: "parley ports --matrix"
                )
            )
        }
    }

    /// The paths that hold cases, without those of single cases.
    static let groups: [String] = {
        var groups: [String] = []
        for scene in MatrixScene.every {
            let group = scene.name.split(separator: "/").dropLast().joined(separator: "/")
            if !groups.contains(group) { groups.append(group) }
        }
        return BindGrid.Old.allCases.map(\.rawValue) + groups
    }()

    private func note(_ result: MatrixRun.Result, _ cases: [MatrixCase], _ time: Duration) {
        let place =
            result.isInOwnNetwork
            ? "in a network of its own"
            : "on this host's lo, where connections in TIME_WAIT stay for 60 seconds (no right to a "
                + "network of its own)"
        let tried = cases.count { $0.observed != nil }
        let wrong = cases.count(where: \.isWrong)
        let count = tried == 1 ? "1 case" : "\(tried) cases"
        let verdict = wrong == 0 ? (tried == 0 ? "" : ", as the rules say") : ", \(wrong) against the rules"
        console.note("\(count) tried in \(Self.text(time)) \(place)\(verdict)")
        var reasons: [(text: String, count: Int)] = []
        for case let obstacle? in cases.map(\.obstacle) {
            if let index = reasons.firstIndex(where: { $0.text == obstacle }) {
                reasons[index].count += 1
            } else {
                reasons.append((obstacle, 1))
            }
        }
        for reason in reasons { console.note("not tried: \(reason.count) (\(reason.text))") }
    }

    /// `0.41 s`
    private static func text(_ time: Duration) -> String {
        let hundredths = time / .milliseconds(10)
        let rest = Int(hundredths) % 100
        return "\(Int(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }

    /// `parley.reuse/1`
    static func line(_ item: MatrixCase) -> JSONLine {
        var members: [JSONValue.Member] = [
            .init("case", .string(item.name)), .init("question", .string(item.question)),
            .init("expected", .string("\(item.expected)")),
            .init("observed", item.observed.map { .string("\($0)") } ?? .null),
            .init("agrees", item.observed == nil ? .null : .bool(!item.isWrong)),
        ]
        if let obstacle = item.obstacle { members.append(.init("notTried", .string(obstacle))) }
        return JSONLine(schema: "parley.reuse/1", members)
    }
}
