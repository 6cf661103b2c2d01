import ParleyKernel
import ParleyTypes

/// The truth table for people: grids that are alike are shown once, expected and observed side by side.
struct MatrixTable {
    let style: Style
    private(set) var text = ""

    init(_ result: MatrixRun.Result, _ style: Style) {
        self.style = style
        if !result.grids.isEmpty {
            text += style.faint(
                """
                Rows: what the old socket set before its bind. Columns: what the new one sets. addr is \
                SO_REUSEADDR, port
                SO_REUSEPORT; ok: the new bind succeeds, -: EADDRINUSE. Addresses: old -> new.

                """ + "\n"
            )
        }
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
        var last: [AddressPair] = []
        for grid in whole {
            guard !shown.contains(where: { Self.areAlike($0, grid.cases) }) else { continue }
            shown.append(grid.cases)
            let alike = whole.filter { Self.areAlike($0.cases, grid.cases) }
            name(alike, &last)
            add(grid.cases)
        }
        for grid in grids where grid.cases.count < 16 { add(lines: grid.cases) }
    }

    /// Says where and for whom a grid holds.
    private mutating func name(_ grids: [MatrixGrid], _ last: inout [AddressPair]) {
        let own = grids.filter { !$0.isOtherUser }.map(\.plan.pair)
        let others = grids.filter(\.isOtherUser).map(\.plan.pair)
        let both = own.filter(others.contains)
        for (label, pairs) in [
            ("any user", both), ("the same user", own.filter { !both.contains($0) }),
            ("another user", others.filter { !both.contains($0) }),
        ] where !pairs.isEmpty {
            wrapped("\(label): ", pairs == last ? ["at the same places"] : pairs.map(\.inWords))
            last = pairs
        }
    }

    private mutating func add(_ cases: [MatrixCase]) {
        if let obstacle = cases[0].obstacle {
            text += "    not tried: \(obstacle)\n\n"
            return
        }
        if cases.allSatisfy({ $0.expected == .succeeds && !$0.isWrong }) {
            text += "    expected ok whatever they set       observed ok in all 16 cases\n\n"
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
            let words = item.question.split(separator: ": ", maxSplits: 1).last ?? ""
            let name = item.name.split(separator: "/").last ?? ""
            text += "  \(name): \(words)\n"
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
        "tcp/several": "TCP: several sockets at one port",
        "policy/tcp-listen": "Parley's policies: the old socket listens",
        "policy/tcp-time-wait": "Parley's policies: a connection of the old socket waits in TIME_WAIT",
        "policy/udp": "Parley's policies: a unicast datagram socket",
        "policy/group": "Parley's policies: a group's address",
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
