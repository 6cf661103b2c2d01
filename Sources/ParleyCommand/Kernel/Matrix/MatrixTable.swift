import ParleyKernel
import ParleyTypes

/// The truth table for people: grids that are alike are shown once, expected and observed side by side.
struct MatrixTable {
    let style: Style
    private(set) var text = ""

    init(_ result: MatrixRun.Result, _ style: Style) {
        self.style = style
        for old in BindGrid.Old.allCases {
            let grids = result.grids.filter { $0.plan.old == old }
            if !grids.isEmpty { add(old, grids) }
        }
        let groups = Self.groups(result.scenes)
        for (title, scenes) in groups { add(title, scenes) }
    }

    // MARK: Grids

    private mutating func add(_ old: BindGrid.Old, _ grids: [MatrixGrid]) {
        heading("\(old.title)  (--only \(old.rawValue))")
        let whole = grids.filter { $0.cases.count == 16 }
        var shown: [[MatrixCase]] = []
        for grid in whole {
            guard !shown.contains(where: { Self.areAlike($0, grid.cases) }) else { continue }
            shown.append(grid.cases)
            add(whole.filter { Self.areAlike($0.cases, grid.cases) })
        }
        for grid in grids where grid.cases.count < 16 { add(lines: grid.cases) }
    }

    /// One grid, which stands for all of these.
    private mutating func add(_ grids: [MatrixGrid]) {
        let users = grids.map(\.isOtherUser)
        if users.allSatisfy({ $0 }) || !users.contains(true) {
            wrapped(users[0] ? "another user: " : "same user: ", grids.map { $0.plan.pair.inWords })
        } else {
            let both = grids.filter { grid in
                grids.contains { $0.plan == grid.plan && $0.isOtherUser != grid.isOtherUser }
            }
            let only = grids.filter { grid in !both.contains { $0.plan == grid.plan } }
            wrapped("any user: ", both.filter { !$0.isOtherUser }.map { $0.plan.pair.inWords })
            wrapped("same user: ", only.filter { !$0.isOtherUser }.map { $0.plan.pair.inWords })
            wrapped("another user: ", only.filter(\.isOtherUser).map { $0.plan.pair.inWords })
        }
        let cases = grids[0].cases
        if let obstacle = cases[0].obstacle {
            text += "    not tried: \(obstacle)\n\n"
            return
        }
        let columns = ReuseFlags.every.map { Self.padded($0.spelled, 6) }.joined()
        text += style.faint("    old\\new  expected                  observed\n")
        text += style.faint("             \(columns)  \(columns)".trimmingEnd() + "\n")
        for (row, flags) in ReuseFlags.every.enumerated() {
            let line = cases[(row * 4)..<(row * 4 + 4)]
            let expected = line.map { Self.padded(Self.cell($0.expected), 6) }.joined()
            let observed = line.map { item in
                let cell = Self.padded(item.observed.map(Self.cell) ?? "?", 6)
                return item.isWrong ? style.error(cell) : cell
            }.joined()
            text += "    \(Self.padded(flags.spelled, 9))\(expected)  \(observed)".trimmingEnd() + "\n"
        }
        text += "\n"
    }

    private static func areAlike(_ first: [MatrixCase], _ second: [MatrixCase]) -> Bool {
        first.map(\.expected) == second.map(\.expected) && first.map(\.observed) == second.map(\.observed)
            && first.map(\.obstacle) == second.map(\.obstacle)
    }

    /// `ok`, `-` for EADDRINUSE, or what else it is.
    private static func cell(_ outcome: MatrixOutcome) -> String {
        switch outcome {
        case .succeeds: "ok"
        case .refused(.addressInUse): "-"
        default: "\(outcome)"
        }
    }

    // MARK: Lines

    private static func groups(_ scenes: [MatrixCase]) -> [(String, [MatrixCase])] {
        var groups: [(String, [MatrixCase])] = []
        for scene in scenes {
            let path = scene.name.split(separator: "/")
            let title = path.dropLast().joined(separator: "/")
            if groups.last?.0 == title {
                groups[groups.count - 1].1.append(scene)
            } else {
                groups.append((title, [scene]))
            }
        }
        return groups
    }

    private mutating func add(_ title: String, _ scenes: [MatrixCase]) {
        heading("\(Self.titles[title] ?? title)  (--only \(title))")
        add(lines: scenes)
    }

    private mutating func add(lines cases: [MatrixCase]) {
        for item in cases {
            text += "  \(item.question)\n"
            text += style.faint("    expected ") + Self.padded("\(item.expected)", 24)
            if let obstacle = item.obstacle {
                text += style.faint("not tried: ") + obstacle + "\n"
            } else {
                let observed = item.observed.map { "\($0)" } ?? "?"
                text += style.faint("observed ") + (item.isWrong ? style.error(observed) : observed) + "\n"
            }
        }
        text += "\n"
    }

    private static let titles = [
        "udp/receives": "UDP: who receives a datagram",
        "udp/hijack": "UDP: who takes other people's datagrams",
        "udp/multicast": "UDP: who hears a group",
        "udp/broadcast": "UDP: who hears a broadcast",
        "udp/order": "UDP: sockets of which some share",
        "tcp/receives": "TCP: who meets a client",
        "tcp/closes-first": "TCP: who closes first has the TIME_WAIT",
        "tcp": "TCP: more",
        "host": "What a host refuses, whoever is there",
    ]

    // MARK: Text

    private mutating func heading(_ title: String) {
        text += style.peer(title) + "\n"
    }

    /// A list over lines of 100 columns.
    private mutating func wrapped(_ label: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        var line = "  " + label
        for (index, item) in items.enumerated() {
            let part = index + 1 < items.count ? item + ", " : item
            if line.count + part.count > 100 {
                text += line.trimmingEnd() + "\n"
                line = "    "
            }
            line += part
        }
        text += line + "\n"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate func trimmingEnd() -> String {
        var copy = self
        while copy.hasSuffix(" ") || copy.hasSuffix(" \n") {
            copy = copy.hasSuffix("\n") ? String(copy.dropLast(2)) + "\n" : String(copy.dropLast())
        }
        return copy
    }
}
