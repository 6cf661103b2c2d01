import Foundation

/// Runs the rows of a page of facts, each in network and process namespaces of its own, in which the ports of
/// the page are free, and nothing that it starts outlives it.
///
/// What runs in the background is waited for until it says something or ends, and what it prints is shown
/// where the page waits for it ("wait"): otherwise it would depend on the scheduler under which command it stands.
enum FactsRun {
    static let isWriting = ProcessInfo.processInfo.environment["PARLEY_WRITE_PAGES"] != nil

    /// How a namespace is made: as root, or where users may, as root of a user namespace.
    private static let namespace: String? = {
        let ways = geteuid() == 0 ? ["unshare -npf --mount-proc"] : ["unshare -rnpf --mount-proc"]
        return ways.first { way in
            let test = try? Parley.shell("\(way) --kill-child ip link set lo up")
            return test?.status == 0
        }
    }()

    static func reasonToSkip(_ row: FactsRow) -> String? {
        for need in row.needs {
            switch need {
            case "root": if geteuid() != 0 { return "needs root" }
            // Root of the namespace has it.
            case "CAP_NET_RAW": continue
            default: if !isInstalled(need) { return "needs \(need)" }
            }
        }
        return namespace == nil && !isOffline(row) ? "needs a network namespace of its own" : nil
    }

    /// What each block's commands print.
    static func outputs(of row: FactsRow) throws -> [[[String]]] {
        let folder = try Folder()
        var script = "exec 2>&1\n\(path)\nif [ -n \"$1\" ]; then\n\(network)\nfi\n"
        for block in row.blocks {
            if let file = block.file {
                try folder.write(file, block.lines.joined(separator: "\n") + "\n")
            }
            for command in block.commands { script += lines(of: command.text) }
        }
        try folder.write("row.sh", script)
        let line =
            namespace.map { "timeout -k 1 20 \($0) --kill-child sh row.sh own" } ?? "timeout 20 sh row.sh"
        let output = try Parley.shell(line, in: folder).output.replacing(folder.url.path, with: "/tmp")
        var parts = output.components(separatedBy: mark).dropLast()[...]
        return row.blocks.map { block in
            defer { parts = parts.dropFirst(block.commands.count) }
            return parts.prefix(block.commands.count).map(trimmed)
        }
    }

    /// The command of this build, and the system's programs for every user.
    private static let path = """
        PATH=$(dirname $(command -v parley)):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        """

    private static let network = """
        ip link set lo up
        ip route add 224.0.0.0/4 dev lo src 127.0.0.1
        """

    private static let mark = "\u{1e}"

    /// The script's lines for a command.
    private static func lines(of command: String) -> String {
        var text = command
        // "program &", or "program & name=$!" where the process is needed later.
        if let match = text.wholeMatch(of: /(?s)(.*) &( \w+=\$!)?/) {
            let isCompound = match.1.hasPrefix("(") || match.1.contains(" | ")
            // What it redirects itself comes last and counts; behind brackets there is no other place.
            let line = isCompound ? "\(match.1) >$said 2>&1" : ">$said 2>&1 \(match.1)"
            text = """
                said=$(mktemp ./said.XXXXXX)
                \(line) &
                started=$!\(match.2.map { ";\($0)" } ?? "")
                turns=0
                while [ ! -s $said ] && [ $turns -lt 60 ] && kill -0 $started; do
                    sleep 0.05; turns=$((turns + 1))
                done 2>/dev/null
                all="$all $said"
                """
        } else if text.contains(/\bwait\b/) {
            text += "\n[ -z \"$all\" ] || cat $all; all="
        }
        return text + "\nprintf '\\036'\n"
    }

    private static func trimmed(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Whether what was printed is what the page says. In a block "```console counts" any number does for a
    /// number that is not alone in its line; in one "```console sample" anything, because it depends on
    /// how the kernel was built or set.
    static func matches(_ expected: [String], _ printed: [String], in fence: String) -> Bool {
        if fence.hasSuffix(" sample") { return expected.isEmpty == printed.isEmpty }
        guard fence.hasSuffix(" counts") else { return matches(expected[...], printed[...]) }
        let words = { (line: String) in
            guard Int(line) == nil else { return line }
            return comparable(line).replacing(/\d+/, with: "N").replacing(/\s+/, with: " ")
        }
        return matches(expected.map(words)[...], printed.map(words)[...])
    }

    private static func matches(_ expected: ArraySlice<String>, _ printed: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return printed.isEmpty }
        let rest = expected.dropFirst()
        if first == "…" {
            return (printed.startIndex...printed.endIndex).contains { matches(rest, printed[$0...]) }
        }
        guard let line = printed.first, matches(comparable(first), comparable(line)) else { return false }
        return matches(rest, printed.dropFirst())
    }

    private static func matches(_ pattern: String, _ line: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard parts.count > 1 else { return pattern == line }
        guard line.hasPrefix(parts[0]) else { return false }
        var rest = line.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }

    /// The line without what differs from run to run: ports that the system chooses, processes, times.
    static func comparable(_ line: String) -> String {
        line.replacing(/:(3[2-9]|[45]\d|60)\d{3}\b/, with: ":PORT")
            .replacing(/\bpid \d+/, with: "pid PID")
            .replacing(/\bkill \d+/, with: "kill PID")
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/, with: "TIME")
            .replacing(/\b\d\d:\d\d:\d\d\.\d+Z/, with: "TIME")
            .replacing(/\b(another|Wait) \d+ s\b/, with: "WAIT")
            .replacing(/\b(parley|python3|python3\.\d+)\/\d+/, with: "NAME/PID")
            .replacing(/\btime-wait \d+s/, with: "time-wait TIME")
            .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "TIME")
            .replacing(/[0-9.]+( [kM])? messages\/s/, with: "RATE")
            .replacing(/\bin [0-9.]+ ?(ms|us|s)\b/, with: "in DURATION")
            // The first number of a conversation is drawn, and what a network loses is not timed.
            .replacing(/^  n  \d+$/, with: "  n  NUMBER")
            .replacing(/sent again (once|\d+ times), .*$/, with: "sent again")
            .replacing(/served \d+ datagrams, .* of them came again and .*$/, with: "served")
    }

    private static func isInstalled(_ program: String) -> Bool {
        ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// Whether a row touches no network.
    private static func isOffline(_ row: FactsRow) -> Bool {
        let commands = row.blocks.flatMap(\.commands)
        return commands.allSatisfy { $0.text.contains(/^parley (encode|decode|layout)\b/) }
    }
}
